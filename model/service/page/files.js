// Files that are dropped or opened, as plain text.

const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;
const BLOCKS = new Set(
  "ADDRESS ARTICLE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE H1 H2 H3 H4 H5 H6 LI MAIN OL P PRE SECTION TABLE TR UL".split(" "),
);
const NO_TEXT = "script, style, noscript, template, nav, aside, form, footer, svg, iframe, button, select";

/** A file that can't be read; the message is for people. */
export class FileError extends Error {}

/**
 * Read a text, Markdown or HTML file.
 *
 * Throws a FileError if it is larger than so many bytes, of another kind, binary, or empty.
 */
export async function readFile(file, mostBytes) {
  if (file.size > mostBytes) {
    throw new FileError(`${file.name} is too large: ${megabytes(file.size)}, and at most ${megabytes(mostBytes)} can be read.`);
  }
  const text = decode(new Uint8Array(await contents(file)));
  if (BINARY.test(text)) {
    throw new FileError(`${file.name} isn't text. Text, Markdown and HTML files can be read; of others, paste the text.`);
  }
  const isHtml = /\.x?html?$/i.test(file.name) || file.type === "text/html";
  const plain = isHtml ? textOfHtml(text) : text;
  if (!plain.trim()) throw new FileError(`${file.name} holds no text.`);
  return plain;
}

async function contents(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new FileError(`${file.name} can't be read. Is it a folder, or was it moved?`);
  }
}

/** Decode UTF-8 or UTF-16; what is neither is taken as Windows-1252, as the command does. */
function decode(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Return the text of an HTML page's article, or of its body; nothing in it is loaded or run. */
export function textOfHtml(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of page.querySelectorAll(NO_TEXT)) element.remove();
  const parts = [];
  collect(page.querySelector("article") ?? page.querySelector("main") ?? page.body, parts);
  return parts
    .join("")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function collect(node, parts) {
  if (node.nodeType === Node.TEXT_NODE) {
    parts.push(node.textContent.replace(/\s+/g, " "));
  } else if (node.nodeName === "BR") {
    parts.push("\n");
  } else {
    const edge = BLOCKS.has(node.nodeName) ? "\n\n" : "";
    parts.push(edge);
    for (const child of node.childNodes) collect(child, parts);
    parts.push(edge);
  }
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
