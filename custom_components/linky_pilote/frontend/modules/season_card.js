/** The Tempo season as a heat map: a row a month, a square a day, and the days left. */

import { find } from "./find.js";
import { make, write } from "./dom.js";
import { wordsFor } from "./words.js";

const COLORS = ["blue", "white", "red"];
const FIRST_MONTH = 9;
const MONTHS = 12;
const DAYS = 31;
const STYLE = `
  ha-card { padding: 12px 16px 16px; overflow-x: auto; }
  table { border-spacing: 2px; width: 100%; table-layout: fixed; min-width: 300px; }
  caption { text-align: start; padding-bottom: 6px; color: var(--primary-text-color); }
  th { font-weight: 400; font-size: 0.8em; color: var(--secondary-text-color); text-align: start; width: 3.2em; }
  td { height: 14px; padding: 0; border-radius: 2px; background: none; }
  td.unknown { background: radial-gradient(var(--divider-color) 1.5px, transparent 2px); }
  td.blue { background: #1e88e5; }
  td.white { background: #eceff1; box-shadow: inset 0 0 0 1px #607d8b; }
  td.red { background: #d32f2f; }
  td.today { outline: 2px solid var(--primary-text-color); outline-offset: -1px; }
  .said { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  dl { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 10px 0 0; }
  dl > div { display: flex; gap: 6px; }
  dt { color: var(--secondary-text-color); }
  dd { margin: 0; }
`;

/** @param {number} year in which a season begins */
export function monthsOf(year) {
  return Array.from({ length: MONTHS }, (_, number) => {
    const month = ((FIRST_MONTH - 1 + number) % MONTHS) + 1;
    return { year: month < FIRST_MONTH ? year + 1 : year, month };
  });
}

/** The days of a month as dates in ISO 8601. */
export function daysOf({ year, month }) {
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const two = (number) => String(number).padStart(2, "0");
  return Array.from({ length: count }, (_, day) => `${year}-${two(month)}-${two(day + 1)}`);
}

export class LinkyPiloteSeasonCard extends HTMLElement {
  #hass;
  #asked;
  #colors = new Map();

  setConfig() {}

  set hass(hass) {
    this.#hass = hass;
    const { grid } = find(hass);
    const states = grid ? [grid.grid_tempo_today, grid.grid_tempo_tomorrow] : [];
    const asked = JSON.stringify([hass.language, states.map((id) => hass.states[id]?.state)]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#ask(grid);
  }

  getCardSize() {
    return 5;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  static getStubConfig() {
    return {};
  }

  /** What the grid knows of the season; what is not known is shown as such. */
  async #ask(grid) {
    const day = this.#hass.states[grid?.grid_tempo_today]?.attributes.day;
    if (!day) return this.#draw(undefined, grid);
    const [year, month] = day.split("-").map(Number);
    const first = month < FIRST_MONTH ? year - 1 : year;
    try {
      const { response } = await this.#hass.callWS({
        type: "call_service",
        domain: "linky_pilote",
        service: "get_tempo_calendar",
        service_data: { start_date: `${first}-09-01`, end_date: `${first + 1}-08-31` },
        return_response: true,
      });
      this.#colors = new Map(response.days.map((one) => [one.day, one.color]));
    } catch {
      // asked again when a colour changes; what was known is still shown
    }
    return this.#draw({ first, today: day }, grid);
  }

  #draw(season, grid) {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const words = wordsFor(this.#hass.language);
    const content = season
      ? [this.#table(season, words), this.#left(grid, words)]
      : [make("p", {}, words.noSeason)];
    root.replaceChildren(make("style", {}, STYLE), make("ha-card", {}, ...content));
  }

  #table({ first, today }, words) {
    const name = new Intl.DateTimeFormat(this.#hass.language, { month: "short", timeZone: "UTC" });
    const rows = monthsOf(first).map((month) => {
      const days = daysOf(month);
      const head = make("th", { scope: "row" }, name.format(new Date(`${days[0]}T12:00:00Z`)));
      const cells = Array.from({ length: DAYS }, (_, at) => this.#day(days[at], today, words));
      return make("tr", {}, head, ...cells);
    });
    const caption = make("caption", {}, words.seasonOf(`${first}-${first + 1}`));
    return make("table", {}, caption, make("tbody", {}, ...rows));
  }

  #day(day, today, words) {
    if (!day) return make("td");
    const color = this.#colors.get(day);
    const said = `${Number(day.slice(8))} : ${words.colors[color] ?? words.notKnown}`;
    const looks = [color ?? "unknown", ...(day === today ? ["today"] : [])].join(" ");
    return make("td", { class: looks, title: said }, make("span", { class: "said" }, said));
  }

  #left(grid, words) {
    const counters = COLORS.map((color) => [color, this.#hass.states[grid[`grid_tempo_${color}_left`]]])
      .filter(([, state]) => state)
      .map(([color, state]) => {
        const value = make("dd");
        const count = Number(state.state);
        write(value, Number.isNaN(count) ? words.notKnown : words.left(count, state.attributes.of));
        return make("div", {}, make("dt", {}, words.daysLeft[color]), value);
      });
    return make("dl", {}, ...counters);
  }
}
