/** Elements without a library: what our own cards need of one. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} options attributes; functions listen to events
 * @param {...(Node | string)} children
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else set(element, name, value);
  }
  element.append(...children);
  return element;
}

/** Set an attribute where it is another one; true is an empty one, false takes it away. */
export function set(element, name, value) {
  const wanted = value === true ? "" : value;
  if (wanted === false || wanted === undefined || wanted === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(wanted)) element.setAttribute(name, wanted);
}

/** Set the text where it is another one: a screen reader says what changed only. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Let Home Assistant do something that pages ask for by an event. */
export function fire(element, type, detail) {
  element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
