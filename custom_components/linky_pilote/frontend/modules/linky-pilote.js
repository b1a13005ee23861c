/**
 * Makes the dashboard and the cards known to Home Assistant: to whoever shows them, and
 * to the dialogs that add one. Home Assistant loads this module on every page, perhaps
 * twice.
 */

import { LinkyPiloteCard } from "./live_card.js";
import { LinkyPiloteSeasonCard } from "./season_card.js";
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

const CARDS = [
  [`${TYPE}-card`, LinkyPiloteCard, "card"],
  [`${TYPE}-season-card`, LinkyPiloteSeasonCard, "seasonCard"],
];
const words = () => wordsFor(document.documentElement.lang || navigator.language);

for (const [type, element, text] of CARDS) {
  if (customElements.get(type)) continue;
  customElements.define(type, element);
  window.customCards ??= [];
  window.customCards.push({
    type,
    preview: true,
    documentationURL: "https://github.com/linky-pilote/linky_pilote",
    get name() {
      return words()[text];
    },
    get description() {
      return words()[`${text}Description`];
    },
  });
}

if (!customElements.get(ELEMENT)) {
  customElements.define(ELEMENT, LinkyPiloteDashboardStrategy);
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
