// The details of one sentence: probabilities, the words that decided, and a person's own judgement.

import { make } from "./dom.js";
import { LABELS, phrase } from "./labels.js";

const REVIEW = "For review: fewer than nine in ten such answers were right.";

/** The panel. It tells `on.save` (a sentence and its right labels) and `on.close`. */
export class Panel {
  constructor(root, body, on) {
    this.root = root;
    this.body = body;
    this.on = on;
  }

  /** Show a sentence: `{answer, saved, draft}`, its number among so many, and what the service offers. */
  show(sentence, index, total, { thresholds, corrections }) {
    this.sentence = sentence;
    this.rows = new Map(LABELS.map((label) => [label.id, row(label, sentence.answer, thresholds[label.id])]));
    this.note = make("p", { className: "note" });
    this.body.replaceChildren(
      this.head(index, total),
      ...notes(sentence.answer),
      make("ul", { className: "bars" }, ...this.rows.values()),
      this.note,
      ...(corrections ? [this.form()] : []),
    );
    this.root.classList.add("open");
  }

  /** Add the words that decided, label by label, and the probabilities of the sentence alone. */
  explain(words, explanations) {
    const { answer } = this.sentence;
    for (const [id, list] of words) {
      if (answer.through_context.includes(id)) this.rows.get(id).append(context(explanations[id]));
      if (list.length) this.rows.get(id).append(chips(id, list));
    }
  }

  /** Say why there are no words. */
  complain(message) {
    this.note.textContent = message;
  }

  /** Show what a person may do here. */
  hide() {
    this.sentence = null;
    this.root.classList.remove("open");
    this.body.replaceChildren();
  }

  focus() {
    this.title.focus();
  }

  holdsFocus() {
    return this.root.contains(document.activeElement);
  }

  head(index, total) {
    this.title = make("h3", { tabIndex: -1, textContent: phrase(this.sentence.answer.labels) });
    const hidden = make("span", { className: "hidden", textContent: "sentence " });
    const number = make("span", { className: "which" }, hidden, `${index + 1} of ${total}`);
    const close = make("button", { type: "button", className: "close", textContent: "×", "aria-label": "Close" });
    close.addEventListener("click", () => this.on.close());
    return make("div", { className: "head" }, this.title, number, close);
  }

  form() {
    const { sentence } = this;
    const draft = new Set(sentence.draft ?? sentence.saved ?? sentence.answer.labels);
    const boxes = LABELS.map((label) => choice(label, draft.has(label.id)));
    const said = make("p", { className: "said", role: "status" });
    const button = make("button", { type: "submit", className: "primary" });
    const form = make(
      "form",
      { className: "judge" },
      make("fieldset", {}, make("legend", { textContent: "Which labels are right?" }), ...boxes),
      make("div", { className: "actions" }, button, said),
    );
    const chosen = () => LABELS.map(({ id }) => id).filter((id) => draft.has(id));
    const refresh = () => {
      const stored = sentence.saved && same(sentence.saved, chosen());
      button.textContent = stored ? "Saved ✓" : same(sentence.answer.labels, chosen()) ? "Confirm" : "Save correction";
      button.setAttribute("aria-disabled", Boolean(stored));
      said.textContent = sentence.saved ? outcome(sentence) : "";
    };
    form.addEventListener("change", (event) => {
      if (event.target.checked) draft.add(event.target.value);
      else draft.delete(event.target.value);
      sentence.draft = chosen();
      refresh();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", true);
      const problem = await this.on.save(sentence, chosen());
      refresh();
      if (problem) said.textContent = problem;
    });
    refresh();
    return form;
  }
}

function notes(answer) {
  const lines = [];
  if (!answer.recognised) lines.push(make("p", { className: "note", textContent: "The model knows none of its words." }));
  if (!answer.decided) lines.push(make("p", { className: "note undecided", textContent: REVIEW }));
  return lines;
}

function row({ id, letter, name }, answer, threshold) {
  const probability = answer.probabilities[id];
  const holds = answer.labels.includes(id);
  const from = `It holds from ${threshold.toFixed(2)} on`;
  const bar = make(
    "span",
    { className: "bar", title: from, "aria-hidden": true },
    make("span", { className: "fill" }),
    make("span", { className: "threshold" }),
  );
  bar.style.setProperty("--probability", probability);
  bar.style.setProperty("--threshold", threshold);
  return make(
    "li",
    { className: holds ? `${id} holds` : id },
    make("span", { className: "letter", textContent: letter, "aria-hidden": true }),
    make("span", { className: "name", textContent: name }),
    bar,
    make("span", { className: "number", textContent: probability.toFixed(2) }),
    make("span", { className: "hidden", textContent: `${holds ? "Holds" : "Doesn't hold"}. ${from}.` }),
  );
}

function context({ probability }) {
  const text = `only through the context; alone ${probability.toFixed(2)}`;
  return make("span", { className: "context", textContent: text });
}

function chips(id, list) {
  const words = list.map(({ text, weight }) =>
    make("li", {}, make("mark", { className: id, textContent: text }), ` +${weight.toFixed(1)}`),
  );
  return make("ul", { className: "words", "aria-label": "Words that decided" }, ...words);
}

function choice({ id, letter, name }, checked) {
  return make(
    "label",
    { className: `choice ${id}` },
    make("input", { type: "checkbox", name: "label", value: id, checked }),
    make("span", { className: "letter", textContent: letter, "aria-hidden": true }),
    make("span", { textContent: name }),
  );
}

function outcome({ answer, saved }) {
  return same(answer.labels, saved) ? "You confirmed it." : `You corrected it to: ${phrase(saved)}.`;
}

function same(first, second) {
  return first.length === second.length && first.every((label) => second.includes(label));
}
