// Elements, made without a line of HTML: text from outside can never become markup.

/** Make an element; properties that begin with "data-" or "aria-", and "role", are attributes. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (/^(aria-|data-|role$)/.test(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Find the one element with this id. */
export function byId(id) {
  return document.getElementById(id);
}
