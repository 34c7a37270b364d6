// Rows leave the page: to the clipboard, or as a file.

import { make } from "./dom.js";

/** Copy a text; tell whether it could be done. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByCommand(text);
  }
}

/** Copy where the clipboard's own interface is missing, as on an address without https. */
function copiedByCommand(text) {
  const before = document.activeElement;
  const box = make("textarea", { className: "hidden", value: text });
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  before?.focus({ preventScroll: true });
  return copied;
}

/** Offer a text as a file of this name. */
export function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
