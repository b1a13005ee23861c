/**
 * Composes the dashboard: a view for each meter, of Home Assistant's own cards, with
 * what there is. Pure functions: the registries and states go in, cards come out.
 */

import { link, row, section, tiles } from "./cards.js";
import { find, signature } from "./find.js";
import { days, ecowatt, origin, season } from "./grid.js";
import { drawing, house, loads } from "./loads.js";
import { about, energy, history, hourly, now } from "./meter.js";
import { wordsFor } from "./words.js";

const ADD_METER = "/config/integrations/dashboard/add?domain=linky_pilote";

/**
 * @typedef {import("./find.js").Hass} Hass
 * @typedef {import("./find.js").Meter} Meter
 * @typedef {import("./find.js").Ids} Ids
 * @typedef {import("./words.js").Words} Words
 */

/**
 * @param {Hass} hass
 * @returns {{views: object[]}} the configuration of the dashboard
 */
export function generate(hass) {
  const words = wordsFor(hass.language);
  const { meters, grid = {} } = find(hass);
  return {
    views: meters.length
      ? meters.map((meter) => view(meter, grid, words))
      : [welcome(grid, words)],
  };
}

/**
 * Tell whether another dashboard would come out. Cards follow the states by themselves;
 * the end of a scale and the order of the loads do not.
 *
 * @param {Hass} before
 * @param {Hass} after
 */
export function shouldRegenerate(before, after) {
  return (
    ["entities", "devices", "language"].some((key) => before[key] !== after[key]) ||
    (before.states !== after.states && signature(before) !== signature(after))
  );
}

/**
 * @param {Meter} meter
 * @param {Ids} grid
 * @param {Words} words
 */
function view(meter, grid, words) {
  const wide = meter.loads.length ? { column_span: 2 } : {};
  return sections(meter.name, [
    section([
      [words.now, "mdi:flash", [...now(meter, words), ...drawing(meter)]],
      [words.history, "mdi:chart-line", history(meter, words)],
      [words.hourly, "mdi:chart-bar-stacked", hourly(meter, words)],
    ]),
    section(
      [
        [words.house, "mdi:home-lightning-bolt-outline", house(meter, words)],
        [words.loads, "mdi:power-plug-outline", loads(meter, words)],
      ],
      wide,
    ),
    section([
      [words.tariff, "mdi:clock-outline", row(tiles(meter.ids, words, ["tariff_period"]))],
      ...announced(meter.ids, grid, words),
    ]),
    section([[words.season, "mdi:calendar-month", season(grid)]]),
    section([[words.origin, "mdi:transmission-tower", origin(grid, words)]]),
    section([
      [words.energy, "mdi:chart-bar", energy(meter, words)],
      [words.about, "mdi:meter-electric-outline", about(meter, words)],
    ]),
  ]);
}

/** The days to come, and the hours in which to save. */
function announced(meter, grid, words) {
  return [
    [words.days, "mdi:calendar-today", days(meter, grid, words)],
    [words.ecowatt, "mdi:transmission-tower-export", ecowatt(grid, words)],
  ];
}

/**
 * Without a meter: how to add one, and what the grid says already.
 *
 * @param {Ids} grid
 * @param {Words} words
 */
function welcome(grid, words) {
  const cards = [
    { type: "markdown", content: words.noMeterHelp },
    ...row([link(words.addMeter, "mdi:plus", ADD_METER)]),
  ];
  return sections(words.title, [
    section([[words.noMeter, "mdi:meter-electric-outline", cards]]),
    section(announced({}, grid, words)),
    section([[words.origin, "mdi:transmission-tower", origin(grid, words)]]),
  ]);
}

function sections(title, all) {
  return {
    type: "sections",
    title,
    dense_section_placement: true,
    sections: all.filter(({ cards }) => cards.length),
  };
}
