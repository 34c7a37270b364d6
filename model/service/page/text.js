// Texts: places counted in code points, paragraphs, and rows of CSV.

import { LABELS, NONE } from "./labels.js";

const COLUMNS = ["sentence_index", "start", "end", "sentence", "label", "labels", "decided"];
const FORMULA = /^[=+\-@\t\r]/;
const LINE_INSIDE = /\S[^\S\n]*\n[^\S\n]*\S/;
const BLANK_LINE = /\n[^\S\n]*\n/;

/** Return a function that cuts a text by places that count code points, as the service's do. */
export function cutter(text) {
  const units = [0];
  for (const character of text) units.push(units.at(-1) + character.length);
  return (start, end) => text.slice(units[start], units[end]);
}

/** Replace halves of characters, which no encoding of Unicode can carry. */
export function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Return paragraphs, each a list of strings (text between sentences) and numbers (of sentences).
 *
 * A line break ends a paragraph; in a text whose lines are wrapped, only a blank line does.
 */
export function paragraphs(text, sentences) {
  const cut = cutter(text);
  const wrapped = sentences.some((each) => LINE_INSIDE.test(each.sentence));
  const found = [[]];
  let last = 0;
  const gap = (end) => {
    const between = cut(last, end);
    const breaks = wrapped ? BLANK_LINE.test(between) : between.includes("\n");
    if (between.trim()) found.at(-1).push(between);
    if (breaks && found.at(-1).length) found.push([]);
    else if (between && !between.trim() && found.at(-1).length) found.at(-1).push(" ");
  };
  sentences.forEach((each, index) => {
    gap(each.start);
    found.at(-1).push(index);
    last = each.end;
  });
  gap(undefined);
  return found.filter((parts) => parts.length);
}

/** Return all sentences as CSV (RFC 4180) with a header; the columns are those of the command. */
export function toCsv(sentences) {
  const rows = sentences.map((each, index) => [
    index,
    each.start,
    each.end,
    unarmed(each.sentence),
    each.label,
    each.labels.join(";") || NONE,
    each.decided ? "True" : "False",
    ...LABELS.map((label) => each.probabilities[label.id]),
  ]);
  const header = [...COLUMNS, ...LABELS.map((label) => `p_${label.id}`)];
  return [header, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** Put an apostrophe before what a spreadsheet would run as a formula. */
function unarmed(text) {
  return FORMULA.test(text) ? `'${text}` : text;
}

function cell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
