// The page: what comes in is sent to the service, and its answer drawn.

import { classify, describe, useToken } from "./api.js";
import { Details } from "./details.js";
import { byId, make } from "./dom.js";
import { Input } from "./input.js";
import { LABELS } from "./labels.js";
import { copyText, download } from "./output.js";
import { toCsv, wellFormed } from "./text.js";

const COPIED_FOR = 2000;

const input = new Input({ text: mark, problem: fail, news: say });
const details = new Details({ refused: fail });
const filter = new Set();
let answers = [];
let model = null;
let asking = null;
let refused = null;

async function mark() {
  const text = wellFormed(input.text);
  byId("error").hidden = true;
  if (!text.trim()) {
    byId("result").hidden = true;
    fail(new Error("There is no text to mark. Paste an article, drop a file, or try the example."));
    return;
  }
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  document.body.classList.add("busy");
  try {
    await introduce();
    const answer = await classify(text, mine.signal);
    if (!mine.signal.aborted) show(text, answer);
  } catch (error) {
    if (mine.signal.aborted) return;
    input.unfold();
    byId("result").hidden = true;
    fail(error, mark);
  } finally {
    if (asking === mine) document.body.classList.remove("busy");
  }
}

/** Learn once which model answers, and what the service offers. */
async function introduce() {
  model ??= await describe();
  byId("model").textContent = `Model ${model.name} of ${model.created.slice(0, 10)}.`;
}

function show(text, answer) {
  answers = answer.sentences;
  byId("result").hidden = false;
  input.fold();
  details.show(text, answers, model);
  byId("summary").textContent = answers.length === 1 ? "1 sentence" : `${answers.length} sentences`;
  byId("topic").textContent = answer.on_topic ? "on topic" : "off topic";
  const counts = drawFilters();
  say(`${byId("summary").textContent}, ${byId("topic").textContent}: ${counts.join(", ")}.`);
  scrollTo(0, 0);
  byId("summary").focus({ preventScroll: true });
}

/** Draw a button for each label, and one for what is to be reviewed; return the counts in words. */
function drawFilters() {
  filter.clear();
  const kinds = LABELS.map((label) => [label, answers.filter((each) => each.labels.includes(label.id))]);
  kinds.push([{ id: "review", letter: "", name: "for review" }, answers.filter((each) => !each.decided)]);
  const buttons = kinds.map(([{ id, letter, name }, found]) => {
    const button = make(
      "button",
      { type: "button", className: `filter ${id}`, "aria-pressed": false },
      make("span", { className: "letter", textContent: letter, "aria-hidden": true }),
      make("span", { className: "name", textContent: name }),
      " ",
      make("span", { className: "count", textContent: found.length }),
    );
    button.addEventListener("click", () => toggle(id, button));
    return button;
  });
  byId("filters").replaceChildren(...buttons);
  return kinds.map(([{ name }, found]) => `${found.length} ${name}`);
}

function toggle(id, button) {
  const turnedOn = !filter.delete(id);
  if (turnedOn) filter.add(id);
  button.setAttribute("aria-pressed", turnedOn);
  details.view.narrow(filter);
}

byId("copy").addEventListener("click", async () => {
  const copied = await copyText(toCsv(answers));
  if (copied) say("The rows are on the clipboard.");
  else fail(new Error("The browser doesn't allow copying here. Download the file instead."));
  byId("copy").classList.toggle("done", copied);
  setTimeout(() => byId("copy").classList.remove("done"), COPIED_FOR);
});

byId("download").addEventListener("click", () => {
  download(toCsv(answers), "sentences.csv");
  say("The rows are in sentences.csv.");
});

function say(message) {
  byId("status").textContent = message;
}

/** Show what went wrong; where a token is wanted, ask for it, and do after that what was refused. */
function fail(error, again = null) {
  say("");
  byId("error").textContent = error.message;
  byId("error").hidden = false;
  if (error.status === 401) {
    refused = again;
    byId("login").hidden = false;
    byId("token").focus();
  }
  byId("messages").scrollIntoView({ block: "nearest" });
}

byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  useToken(byId("token").value);
  byId("token").value = "";
  byId("login").hidden = true;
  byId("error").hidden = true;
  await begin();
  if (model) refused?.();
});

async function begin() {
  try {
    await introduce();
  } catch (error) {
    fail(error, refused);
  }
}

begin();
