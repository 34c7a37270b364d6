// What comes in: typed, pasted, dropped, opened, or the example.

import { byId } from "./dom.js";
import { FileError, readFile } from "./files.js";

const LARGEST_FILE = 5_000_000;

/** The box and its buttons. It tells `on.text` (mark what is in the box), `on.problem` and `on.news`. */
export class Input {
  constructor(on) {
    this.on = on;
    this.form = byId("input");
    this.box = byId("text");
    this.before = "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      on.text();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) on.text();
    });
    byId("edit").addEventListener("click", () => this.open());
    byId("restore").addEventListener("click", () => this.restore());
    byId("example").addEventListener("click", () => this.example());
    byId("file").addEventListener("change", (event) => {
      this.files([...event.target.files]);
      event.target.value = "";
    });
    this.listenToPastes();
    this.listenToDrops();
  }

  get text() {
    return this.box.value;
  }

  /** Show the box, as at the beginning. */
  unfold() {
    this.form.hidden = false;
    byId("edit").hidden = true;
  }

  /** Show the box and go to it. */
  open() {
    this.unfold();
    this.box.focus();
    this.form.scrollIntoView({ block: "nearest" });
  }

  /** Fold the box away; its text stays in it. */
  fold() {
    this.form.hidden = true;
    byId("edit").hidden = false;
  }

  /** Put a text into the box, in place of one that can be brought back, and have it marked. */
  take(text, source) {
    if (!text.trim()) return;
    const before = this.box.value;
    this.box.value = text;
    const replaced = Boolean(before.trim()) && before !== this.box.value;
    if (replaced) this.before = before;
    byId("replacer").textContent = `${source} took the place of the text before.`;
    byId("replaced").hidden = !replaced;
    this.on.text();
  }

  restore() {
    this.box.value = this.before;
    byId("replaced").hidden = true;
    this.open();
  }

  async example() {
    try {
      const response = await fetch("page/example.txt");
      if (!response.ok) throw new Error(response.status);
      this.take(await response.text(), "The example");
    } catch {
      this.on.problem(new Error("The example can't be fetched. Is the service still running?"));
    }
  }

  async files([file, ...others]) {
    if (!file) return;
    try {
      this.take(await readFile(file, LARGEST_FILE), file.name);
      if (others.length) this.on.news(`One article at a time: only ${file.name} was read.`);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.on.problem(error);
    }
  }

  listenToPastes() {
    this.box.addEventListener("paste", () => {
      const isWhole = this.box.selectionEnd - this.box.selectionStart === this.box.value.length;
      if (isWhole) setTimeout(this.on.text);
    });
    document.addEventListener("paste", (event) => {
      if (event.target.closest?.("input, textarea")) return;
      this.take(event.clipboardData.getData("text/plain"), "What you pasted");
    });
  }

  listenToDrops() {
    const mark = (isOver) => document.body.classList.toggle("dropping", isOver);
    for (const kind of ["dragenter", "dragover"]) {
      document.addEventListener(kind, (event) => {
        if (!this.concerns(event)) return;
        event.preventDefault();
        mark(true);
      });
    }
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) mark(false);
    });
    document.addEventListener("drop", (event) => {
      mark(false);
      if (!this.concerns(event)) return;
      event.preventDefault();
      if (event.dataTransfer.files.length) this.files([...event.dataTransfer.files]);
      else this.take(event.dataTransfer.getData("text/plain"), "What you dropped");
    });
  }

  /** Tell whether something dragged is for the page; text dragged into the box is the box's own. */
  concerns(event) {
    const kinds = event.dataTransfer?.types ?? [];
    return kinds.includes("Files") || (kinds.includes("text/plain") && event.target !== this.box);
  }
}
