// The four labels, in the order of the service, and how people read them.

export const LABELS = [
  { id: "layoff", letter: "L", name: "layoff" },
  { id: "investment", letter: "I", name: "investment" },
  { id: "political_response", letter: "P", name: "political response" },
  { id: "cause", letter: "C", name: "cause" },
];

export const NONE = "none";

const NAMES = new Map(LABELS.map((label) => [label.id, label.name]));

/** Name labels in one phrase: "layoff, cause", or "no label". */
export function phrase(labels) {
  return labels.map((label) => NAMES.get(label)).join(", ") || "no label";
}
