/**
 * Makes the dashboard known to Home Assistant: to whoever shows it, and to the dialog
 * that adds one. Home Assistant loads this module on every page, perhaps twice.
 */

import { generate, shouldRegenerate } from "./strategy.js";
import { wordsFor } from "./words.js";

const TYPE = "linky-pilote";
const ELEMENT = `ll-strategy-dashboard-${TYPE}`;

/** Home Assistant only calls what is static; the element itself is never shown. */
class LinkyPiloteDashboardStrategy extends HTMLElement {
  static noEditor = true;

  static async generate(_config, hass) {
    return generate(hass);
  }

  static shouldRegenerate(_config, before, after) {
    return shouldRegenerate(before, after);
  }

  static getCreateSuggestions(hass) {
    return { title: wordsFor(hass.language).title, icon: "mdi:home-lightning-bolt-outline" };
  }
}

if (!customElements.get(ELEMENT)) {
  customElements.define(ELEMENT, LinkyPiloteDashboardStrategy);
  const words = () => wordsFor(document.documentElement.lang || navigator.language);
  window.customStrategies ??= [];
  window.customStrategies.push({
    type: TYPE,
    strategyType: "dashboard",
    // read whenever the dialog opens: the language may have changed since
    get name() {
      return words().dashboard;
    },
    get description() {
      return words().description;
    },
  });
}
