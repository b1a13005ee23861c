/** As much of a browser as the modules need. */

const elements = new Map();

globalThis.window = globalThis;
globalThis.document = { documentElement: { lang: "fr" } };
globalThis.HTMLElement = class {};
globalThis.customElements = {
  get: (name) => elements.get(name),
  define(name, element) {
    if (elements.has(name)) throw new Error(`${name} is already defined`);
    elements.set(name, element);
  },
};
