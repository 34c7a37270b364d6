// The article with its sentences marked: what is drawn, and moving about in it.

import { make } from "./dom.js";
import { LABELS, phrase } from "./labels.js";
import { paragraphs } from "./text.js";
import { segments } from "./words.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const NO_WORDS = new Map();

/**
 * The article. It tells `on.hover` (an index or null), `on.keep` (an index) and `on.enter` (an index).
 *
 * Only one sentence can be reached by the tab key, the others from there by arrow keys.
 */
export class ArticleView {
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.sentences = [];
    this.shown = null;
    this.pointed = null;
    this.filter = new Set();
    this.pressed = false;
    this.quiet = false;
    root.addEventListener("pointermove", (event) => this.moved(event));
    root.addEventListener("pointerleave", () => this.point(null));
    root.addEventListener("pointerdown", () => (this.pressed = true));
    document.addEventListener("pointerup", () => setTimeout(() => (this.pressed = false)));
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("focusin", (event) => this.focused(event));
    root.addEventListener("keydown", (event) => this.key(event));
  }

  /** Draw an article anew; each sentence is `{answer, saved}`. */
  show(text, sentences) {
    this.sentences = sentences;
    this.filter = new Set();
    this.shown = null;
    this.pointed = null;
    this.elements = sentences.map((_, index) =>
      make("span", { className: "sentence", tabIndex: -1, role: "button", "data-index": index, "aria-controls": "panel" }),
    );
    const drawn = paragraphs(
      text,
      sentences.map((each) => each.answer),
    ).map((parts) => make("p", {}, ...parts.map((part) => (typeof part === "number" ? this.elements[part] : part))));
    sentences.forEach((_, index) => this.paint(index));
    this.reach(0);
    this.root.replaceChildren(...drawn);
  }

  /** Leave the marks of these labels (and of sentences "for review"); an empty set leaves all. */
  narrow(filter) {
    this.filter = filter;
    this.sentences.forEach((_, index) => this.paint(index));
    const wanted = this.wanted();
    if (wanted.length && !wanted.includes(this.reached)) this.reach(wanted[0]);
  }

  /** Show which sentence the details are of, or null, with the words that decided. */
  expand(index, words = NO_WORDS) {
    const before = this.shown;
    this.shown = index;
    this.words = words;
    for (const each of new Set([before, index])) {
      if (each !== null) this.paint(each);
    }
  }

  /** Focus a sentence; quietly, that is, without keeping its details open, if `quiet`. */
  focus(index, quiet = false) {
    this.quiet = quiet;
    this.elements[index].focus();
    this.quiet = false;
  }

  /** Return where a sentence is drawn. */
  place(index) {
    return this.elements[index].getBoundingClientRect();
  }

  paint(index) {
    const { answer, saved } = this.sentences[index];
    const element = this.elements[index];
    const matches = this.matches(answer);
    const visible = matches ? answer.labels.filter((label) => this.showsLabel(label)) : [];
    const words = index === this.shown ? this.words : NO_WORDS;
    let inner = segments(answer.sentence, words).map(({ text, label }) =>
      label ? make("mark", { className: label, textContent: text }) : text,
    );
    visible.forEach((label, level) => {
      inner = [make("span", { className: `line ${label} level${level}` }, ...inner)];
    });
    const review = matches && !answer.decided;
    element.replaceChildren(...inner, ...letters(answer, visible), ...(saved ? [tick()] : []));
    element.classList.toggle("review", review);
    element.classList.toggle("dim", !matches);
    element.classList.toggle("current", index === this.shown);
    element.setAttribute("aria-expanded", index === this.shown);
    element.setAttribute("aria-label", spoken(this.sentences[index]));
  }

  matches(answer) {
    if (!this.filter.size) return true;
    return (this.filter.has("review") && !answer.decided) || answer.labels.some((label) => this.filter.has(label));
  }

  showsLabel(label) {
    const chosen = LABELS.filter(({ id }) => this.filter.has(id));
    return !chosen.length || this.filter.has(label);
  }

  wanted() {
    return this.sentences.flatMap(({ answer }, index) => (this.matches(answer) ? [index] : []));
  }

  reach(index) {
    if (this.elements[this.reached]) this.elements[this.reached].tabIndex = -1;
    if (this.elements[index]) this.elements[index].tabIndex = 0;
    this.reached = index;
  }

  moved(event) {
    if (event.pointerType !== "touch" && !event.buttons) this.point(indexOf(event.target));
  }

  point(index) {
    if (index === this.pointed) return;
    this.pointed = index;
    this.on.hover(index);
  }

  clicked(event) {
    const index = indexOf(event.target);
    if (index === null || !getSelection().isCollapsed) return;
    this.reach(index);
    this.on.keep(index);
  }

  focused(event) {
    const index = indexOf(event.target);
    this.reach(index);
    if (!this.quiet && !this.pressed) this.on.keep(index);
  }

  key(event) {
    const index = indexOf(event.target);
    if (index === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.next(index, event.key);
    if (event.key === "Enter" || event.key === " ") this.on.enter(index);
    else if (next !== undefined) this.focus(next);
    else return;
    event.preventDefault();
  }

  next(index, key) {
    const wanted = this.wanted();
    if (key === "Home") return wanted[0];
    if (key === "End") return wanted.at(-1);
    if (STEPS[key] === 1) return wanted.find((each) => each > index) ?? index;
    if (STEPS[key] === -1) return wanted.findLast((each) => each < index) ?? index;
    return undefined;
  }
}

/** Return what a screen reader says of a sentence. */
function spoken({ answer, saved }) {
  const context = answer.through_context.length ? `; only through context: ${phrase(answer.through_context)}` : "";
  const review = answer.decided ? "" : "; for review";
  const said = saved ? `; saved: ${phrase(saved)}` : "";
  return `${answer.sentence} (${phrase(answer.labels)}${context}${review}${said})`;
}

function letters(answer, visible) {
  return LABELS.filter(({ id }) => visible.includes(id)).map(({ id, letter }) =>
    make("sup", { className: id, textContent: answer.through_context.includes(id) ? `${letter}*` : letter }),
  );
}

function tick() {
  return make("sup", { className: "saved", textContent: "✓" });
}

function indexOf(target) {
  const element = target.closest(".sentence");
  return element ? Number(element.dataset.index) : null;
}
