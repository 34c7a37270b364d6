// Which sentence's details are shown: one pointed at for a moment, or one that is kept.

import { correct, explain } from "./api.js";
import { ArticleView } from "./article.js";
import { byId } from "./dom.js";
import { Panel } from "./panel.js";
import { decidingWords } from "./words.js";

const HOVER_AFTER = 80;
const HOVER_UNTIL = 200;
const GAP = 12;

/** The article and the panel beside it. It tells `on.refused` (an error, where a token is wanted). */
export class Details {
  constructor(on) {
    this.on = on;
    this.explanations = new Map();
    this.sentences = [];
    this.kept = null;
    this.pointed = null;
    this.view = new ArticleView(byId("article"), {
      hover: (index) => this.hover(index),
      keep: (index) => this.keep(index),
      enter: (index) => this.enter(index),
    });
    this.panel = new Panel(byId("panel"), byId("details"), {
      save: (sentence, labels) => this.save(sentence, labels),
      close: () => this.close(),
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    byId("panel").addEventListener("pointerenter", () => this.reachPanel());
    byId("panel").addEventListener("pointerleave", () => this.hover(null));
    byId("panel").addEventListener("focusin", () => this.hold());
  }

  /** Draw an answer of the service. */
  show(text, answers, model) {
    clearTimeout(this.timer);
    this.offers = { thresholds: model.thresholds.in_context, corrections: model.corrections };
    this.sentences = answers.map((answer) => ({ answer, saved: null, draft: null }));
    this.kept = null;
    this.pointed = null;
    this.panel.hide();
    this.view.show(text, this.sentences);
  }

  hover(index) {
    clearTimeout(this.timer);
    if (this.panel.holdsFocus()) return;
    const point = () => {
      if (this.pointed === index) return;
      this.pointed = index;
      this.refresh();
    };
    this.timer = setTimeout(point, index === null ? HOVER_UNTIL : HOVER_AFTER);
  }

  /** Hold still while the pointer is on the panel; a sentence that is kept comes first. */
  reachPanel() {
    clearTimeout(this.timer);
    if (this.kept === null || this.pointed === null) return;
    this.pointed = null;
    this.refresh();
  }

  /** Keep the sentence whose details somebody works with. */
  hold() {
    this.kept ??= this.pointed;
    this.pointed = null;
  }

  keep(index) {
    clearTimeout(this.timer);
    this.pointed = null;
    this.kept = index;
    this.refresh();
    this.uncover(index);
  }

  enter(index) {
    this.keep(index);
    this.panel.focus();
  }

  close() {
    clearTimeout(this.timer);
    const { kept } = this;
    const hadFocus = this.panel.holdsFocus();
    this.kept = null;
    this.pointed = null;
    this.refresh();
    if (hadFocus && kept !== null) this.view.focus(kept, true);
  }

  async refresh() {
    const index = this.pointed ?? this.kept;
    const turn = {};
    this.turn = turn;
    this.view.expand(index);
    if (index === null) {
      this.panel.hide();
      return;
    }
    const sentence = this.sentences[index];
    this.panel.show(sentence, index, this.sentences.length, this.offers);
    try {
      const found = await this.explained(sentence.answer.sentence);
      if (this.turn !== turn) return;
      const words = decidingWords(sentence.answer, found);
      this.panel.explain(words, found);
      this.view.expand(index, words);
      if (index === this.kept) this.uncover(index);
    } catch (error) {
      if (this.turn === turn) this.panel.complain(`The words that decided are missing. ${error.message}`);
      if (error.status === 401) this.on.refused(error);
    }
  }

  /** Ask once for each sentence; a failure isn't remembered. */
  explained(sentence) {
    if (!this.explanations.has(sentence)) {
      const answer = explain(sentence);
      answer.catch(() => this.explanations.delete(sentence));
      this.explanations.set(sentence, answer);
    }
    return this.explanations.get(sentence);
  }

  /** Scroll so that a sheet at the bottom of the window doesn't cover the sentence. */
  uncover(index) {
    const { top, bottom } = this.view.place(index);
    const sheet = byId("panel");
    const edge = sheet.getBoundingClientRect().top;
    if (getComputedStyle(sheet).position !== "fixed" || bottom + GAP < edge) return;
    scrollBy(0, Math.min(bottom + GAP - edge, top - GAP));
  }

  /** Store a judgement; return what is wrong, if it can't be stored. */
  async save(sentence, labels) {
    try {
      await correct(sentence.answer.sentence, sentence.answer.labels, labels);
    } catch (error) {
      if (error.status === 401) this.on.refused(error);
      return `Not saved. ${error.message}`;
    }
    sentence.saved = labels;
    const index = this.sentences.indexOf(sentence);
    if (index >= 0) this.view.paint(index);
    return "";
  }
}
