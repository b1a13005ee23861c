/** The cards of what the grid announces: colours, EcoWatt, origin and carbon. */

import { row, tile, tileByState, tiles, when } from "./cards.js";

const TEMPO_LOOKS = [
  [["blue"], { color: "blue" }],
  [["white"], { color: "light-grey" }],
  [["red"], { color: "red" }],
];
const ECOWATT_COLORS = {
  green_low_carbon: "#00c853",
  green: "#4caf50",
  orange: "#fb8c00",
  red: "#d32f2f",
};
const ECOWATT_LOOKS = Object.entries(ECOWATT_COLORS).map(([state, color]) => [
  [state],
  { color },
]);
const ORIGIN_COLORS = {
  nuclear: "#f9a825",
  hydro: "#1e88e5",
  wind: "#26a69a",
  solar: "#ffd54f",
  biomass: "#7cb342",
  geothermal: "#8d6e63",
  gas: "#ef6c00",
  oil: "#6d4c41",
  coal: "#424242",
  storage: "#ab47bc",
  unknown: "#9e9e9e",
};
const CARBON_HOURS = 24;

/**
 * @typedef {import("./find.js").Ids} Ids
 * @typedef {import("./words.js").Words} Words
 */

/**
 * The grid knows the meter's colours and more: it speaks for both where it is there.
 *
 * @param {Ids} meter
 * @param {Ids} grid none: empty
 * @param {Words} words
 */
export function days(meter, grid, words) {
  const today = grid.grid_tempo_today ?? meter.tempo_today;
  const tomorrow = grid.grid_tempo_tomorrow ?? meter.tempo_tomorrow;
  const unknown = grid.grid_tempo_tomorrow ? words.tempoUnknownOnline : words.tempoUnknown;
  return [
    ...(today ? tempo(today, words.tempo_today) : []),
    ...(tomorrow ? tempo(tomorrow, words.tempo_tomorrow, unknown) : []),
  ];
}

/** The colours of the season, which only the grid knows. */
export function season(grid) {
  return grid.grid_tempo_today ? [{ type: "custom:linky-pilote-season-card" }] : [];
}

/**
 * @param {string} entity
 * @param {string} name
 * @param {string} [unknown] what to say of a colour that is still to be announced
 */
function tempo(entity, name, unknown) {
  const others = unknown === undefined ? [] : ["unknown"];
  const cards = tileByState(tile(entity, name), TEMPO_LOOKS, others);
  if (unknown !== undefined) {
    const waiting = {
      type: "shortcut",
      label: name,
      description: unknown,
      icon: "mdi:calendar-question",
      color: "grey",
      tap_action: { action: "more-info", entity },
    };
    cards.push(when(entity, { state: "unknown" }, waiting));
  }
  return cards.flatMap((card) => row([card]));
}

/**
 * @param {Ids} grid
 * @param {Words} words
 */
export function ecowatt(grid, words) {
  const { grid_ecowatt_now: now } = grid;
  if (!now) return [];
  const known = ["today", "tomorrow"].filter((day) => `grid_ecowatt_${day}` in grid);
  const content = [
    ...known.map((day) => squares(grid[`grid_ecowatt_${day}`], words[`tempo_${day}`])),
    warnings(now, words),
  ];
  return [
    ...tileByState(tile(now, words.ecowattNow), ECOWATT_LOOKS).flatMap((card) => row([card])),
    { type: "markdown", content: content.join("\n\n") },
  ];
}

/** A template that makes a square of each hour, twelve a line. */
function squares(entity, day) {
  return [
    `**${day}**`,
    `{%- set colors = ${JSON.stringify(ECOWATT_COLORS)} %}`,
    `{%- for level in state_attr('${entity}', 'hours') or [] %}`,
    "{% if loop.index0 % 12 == 0 %}<br>{{ '%02d' % loop.index0 }} h {% endif %}",
    "<font color=\"{{ colors.get(level, '#9e9e9e') }}\">",
    '<ha-icon icon="mdi:square"></ha-icon></font>',
    "{%- endfor %}",
  ].join("");
}

/** A template that says when to save, for who does not see colours. */
function warnings(now, words) {
  return [
    `{%- set levels = ${JSON.stringify(words.ecowattLevels)} %}`,
    `{%- set days = {0: '${words.tempo_today}', 1: '${words.tempo_tomorrow}'} %}`,
    `{%- if states('${now}') in ['unknown', 'unavailable'] %}${words.notKnown}{% else %}`,
    `{%- for span in state_attr('${now}', 'coming') or [] if span.level in levels %}`,
    "{%- set start = as_datetime(span.start) | as_local %}",
    "{%- set end = as_datetime(span.end) | as_local %}",
    "\n- **{{ levels[span.level] }}** · ",
    "{{ days.get((start.date() - now().date()).days, start.strftime('%d/%m')) }}, ",
    "{{ start.strftime('%H:%M') }} – {{ end.strftime('%H:%M') }}",
    `{%- else %}${words.ecowattCalm}{% endfor %}{% endif %}`,
  ].join("");
}

/**
 * @param {Ids} grid
 * @param {Words} words
 */
export function origin(grid, words) {
  const shares = Object.keys(ORIGIN_COLORS)
    .filter((name) => `grid_share_${name}` in grid)
    .map((name) => ({
      entity: grid[`grid_share_${name}`],
      name: words.origins[name],
      color: ORIGIN_COLORS[name],
    }));
  const carbon = grid.grid_carbon_consumption ?? grid.grid_carbon_production;
  return [
    ...(shares.length ? [{ type: "distribution", entities: shares }] : []),
    ...row([
      ...(carbon ? [tile(carbon, words.carbon)] : []),
      ...tiles(grid, words, ["grid_share_low_carbon"]),
    ]),
    ...row(tiles(grid, words, ["grid_home_carbon", "grid_home_carbon_today"])),
    ...(carbon
      ? [
          {
            type: "history-graph",
            hours_to_show: CARBON_HOURS,
            entities: [{ entity: carbon, name: words.carbon }],
          },
        ]
      : []),
  ];
}
