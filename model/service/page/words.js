// The words that decided, taken from what the service explains.

import { LABELS } from "./labels.js";

const MOST = 6;
const NEAR = 0.1;
const LEAST = 0.05;

/**
 * Return for each label that holds or comes near the words that spoke for it, the strongest first.
 *
 * Places count code points of the sentence.
 */
export function decidingWords(answer, explanations) {
  const found = new Map();
  for (const { id } of LABELS) {
    if (!answer.labels.includes(id) && answer.probabilities[id] < NEAR) continue;
    found.set(id, strongest(answer.sentence, explanations[id].contributions));
  }
  return found;
}

/** Return the strongest words; the first letters of a word, which the model also knows, count with the word. */
function strongest(sentence, contributions) {
  const characters = Array.from(sentence);
  const words = new Map();
  for (const { weight, places } of contributions) {
    const whole = places.map(([start, end]) => [start, endOfWord(characters, end)]);
    const text = characters.slice(...whole[0]).join("");
    const word = words.get(text) ?? { text, weight: 0, places: whole };
    word.weight += weight;
    words.set(text, word);
  }
  return [...words.values()]
    .filter((word) => word.weight >= LEAST)
    .sort((first, second) => second.weight - first.weight)
    .slice(0, MOST);
}

function endOfWord(characters, end) {
  while (end < characters.length && /[\p{L}\p{N}_]/u.test(characters[end])) end += 1;
  return end;
}

/** Cut a sentence where words begin and end: a list of texts, each with the label it spoke for most, or null. */
export function segments(sentence, words) {
  const characters = Array.from(sentence);
  const strength = characters.map(() => ({ label: null, weight: 0 }));
  for (const [label, list] of words) {
    for (const { weight, places } of list) {
      for (const [start, end] of places) {
        for (let at = start; at < end; at += 1) {
          if (weight > strength[at].weight) strength[at] = { label, weight };
        }
      }
    }
  }
  const parts = [];
  characters.forEach((character, at) => {
    const { label } = strength[at];
    if (parts.length && parts.at(-1).label === label) parts.at(-1).text += character;
    else parts.push({ text: character, label });
  });
  return parts;
}
