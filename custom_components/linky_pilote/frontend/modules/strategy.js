/**
 * Composes the dashboard: a view for each meter, of Home Assistant's own cards, with
 * what the meter has. Pure functions: the registries and states go in, cards come out.
 */

import { wordsFor } from "./words.js";

const PLATFORM = "linky_pilote";
const ADD_METER = `/config/integrations/dashboard/add?domain=${PLATFORM}`;
const HISTORY_HOURS = 12;
const ENERGY_DAYS = 7;
const PHASES = [1, 2, 3];

/** What only a meter has; other devices of the integration have no view. */
const METER_KEYS = ["apparent_power", "contract", "index_total"];

/** The indexes that share a day between them, with the colours of their bars. */
const PERIOD_COLORS = {
  index_off_peak: "light-blue",
  index_peak: "orange",
  index_normal: "blue",
  index_moving_peak: "red",
  index_blue_off_peak: "#64b5f6",
  index_blue_peak: "#1565c0",
  index_white_off_peak: "#cfd8dc",
  index_white_peak: "#78909c",
  index_red_off_peak: "#ef9a9a",
  index_red_peak: "#c62828",
};
const NUMBERED_INDEX = /^index_\d\d$/;

const TEMPO_COLORS = { blue: "blue", white: "light-grey", red: "red" };

/**
 * @typedef {object} Hass what we use of Home Assistant's object
 * @property {Record<string, {entity_id: string, platform?: string, device_id?: string,
 *   translation_key?: string, hidden?: boolean}>} entities those that are enabled
 * @property {Record<string, {name?: string | null, name_by_user?: string | null}>} devices
 * @property {Record<string, {state: string}>} states
 * @property {string} language
 *
 * @typedef {object} Meter
 * @property {string} deviceId
 * @property {string} name
 * @property {Record<string, string>} ids its entities by translation key
 * @property {number | undefined} limit subscribed power in VA, when it is known
 *
 * @typedef {Record<string, unknown>} Card
 * @typedef {import("./words.js").Words} Words
 */

/**
 * @param {Hass} hass
 * @returns {{views: object[]}} the configuration of the dashboard
 */
export function generate(hass) {
  const words = wordsFor(hass.language);
  const meters = findMeters(hass);
  return { views: meters.length ? meters.map((meter) => view(meter, words)) : [welcome(words)] };
}

/**
 * Tell whether another dashboard would come out. Cards follow the states by themselves;
 * the end of a scale does not.
 *
 * @param {Hass} before
 * @param {Hass} after
 */
export function shouldRegenerate(before, after) {
  return (
    ["entities", "devices", "language"].some((key) => before[key] !== after[key]) ||
    limits(before) !== limits(after)
  );
}

/** @param {Hass} hass */
const limits = (hass) => String(findMeters(hass).map(({ limit }) => limit));

/**
 * @param {Hass} hass
 * @returns {Meter[]} in the order in which they came: a new one moves no view
 */
function findMeters(hass) {
  /** @type {Map<string, Record<string, string>>} */
  const devices = new Map();
  for (const entity of Object.values(hass.entities)) {
    const { device_id: deviceId, translation_key: key } = entity;
    if (entity.platform !== PLATFORM || entity.hidden || !deviceId || !key) continue;
    devices.set(deviceId, { ...devices.get(deviceId), [key]: entity.entity_id });
  }
  return [...devices]
    .filter(([, ids]) => METER_KEYS.some((key) => key in ids))
    .map(([deviceId, ids]) => {
      const device = hass.devices[deviceId];
      const kva = Number.parseFloat(hass.states[ids.subscribed_power]?.state);
      return {
        deviceId,
        name: device?.name_by_user || device?.name || "Linky",
        ids,
        limit: kva > 0 ? kva * 1000 : undefined,
      };
    });
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function view(meter, words) {
  const sections = [
    [
      [words.now, "mdi:flash", now(meter, words)],
      [words.history, "mdi:chart-line", history(meter, words)],
    ],
    [
      [words.tariff, "mdi:clock-outline", tariff(meter, words)],
      [words.energy, "mdi:chart-bar", energy(meter, words)],
    ],
    [[words.about, "mdi:meter-electric-outline", about(meter, words)]],
  ];
  return {
    type: "sections",
    title: meter.name,
    sections: sections.map(section).filter(({ cards }) => cards.length),
  };
}

/** @param {[heading: string, icon: string, cards: Card[]][]} blocks */
function section(blocks) {
  return {
    type: "grid",
    cards: blocks.flatMap(([heading, icon, cards]) =>
      cards.length ? [{ type: "heading", heading, icon }, ...cards] : [],
    ),
  };
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function now({ ids, limit }, words) {
  const phases = PHASES.filter((phase) => `apparent_power_phase_${phase}` in ids);
  const headroom = hasPhases(ids) ? words.headroomOfPhases : words.headroom;
  return [
    ...(ids.overload ? overload(ids.overload, words) : []),
    ...(ids.apparent_power && limit
      ? [gauge(ids.apparent_power, limit, words)]
      : row(tiles(ids, words, ["apparent_power"]))),
    ...phases.flatMap((phase) =>
      row([
        {
          ...tile(ids[`apparent_power_phase_${phase}`], words.phase(phase)),
          ...(limit && {
            features: [{ type: "bar-gauge", min: 0, max: limit / PHASES.length }],
            features_position: "inline",
          }),
        },
      ]),
    ),
    ...row(tiles(ids, { headroom }, ["headroom"])),
    ...row(tiles(ids, words, ["injected_power"], { color: "amber" })),
    ...row(tiles(ids, words, ["current", "voltage"])),
    ...byPhase(ids, words),
  ];
}

/** A meter in historical mode sends the currents of its phases, not their powers. */
function hasPhases(ids) {
  return PHASES.some(
    (phase) => `current_phase_${phase}` in ids || `apparent_power_phase_${phase}` in ids,
  );
}

/** Nothing, unless too much is drawn. */
function overload(entity, words) {
  const visibility = [{ condition: "state", entity, state: "on" }];
  return row([
    { type: "alert", entity, name: words.overload, alert_color: "red", pulse: true, visibility },
  ]);
}

/**
 * The scale goes on beyond the subscribed power: the meter lets it be exceeded for a
 * while, and that has to be seen.
 */
function gauge(entity, limit, words) {
  return {
    type: "gauge",
    entity,
    name: words.powerOf(limit / 1000),
    min: 0,
    max: limit * 1.2,
    needle: true,
    severity: { green: 0, yellow: limit * 0.8, red: limit },
  };
}

/** Currents and voltages of three phases: a row of each, their units tell which. */
function byPhase(ids, words) {
  const entities = ["current", "voltage"].flatMap((key) =>
    PHASES.map((phase) => ({ entity: ids[`${key}_phase_${phase}`], name: words.phase(phase) })),
  );
  const known = entities.filter(({ entity }) => entity);
  return known.length
    ? [{ type: "glance", columns: PHASES.length, show_icon: false, entities: known }]
    : [];
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function tariff({ ids }, words) {
  return [
    ...row(tiles(ids, words, ["tariff_period"])),
    ...(ids.tempo_today ? tempo(ids.tempo_today, words.tempo_today) : []),
    ...(ids.tempo_tomorrow
      ? tempo(ids.tempo_tomorrow, words.tempo_tomorrow, words.tempoUnknown)
      : []),
  ];
}

/**
 * A tile has one colour: there is one for each colour of the day, and one for when there
 * is none, of which one shows.
 *
 * @param {string} entity
 * @param {string} name
 * @param {string} [unknown] what to say of a colour that is still to be announced
 */
function tempo(entity, name, unknown) {
  const when = (condition, card) => ({
    ...card,
    visibility: [{ condition: "state", entity, ...condition }],
  });
  const plain = tile(entity, name);
  const colors = Object.keys(TEMPO_COLORS);
  const cards = colors.map((state) => when({ state }, { ...plain, color: TEMPO_COLORS[state] }));
  if (unknown === undefined) {
    cards.push(when({ state_not: colors }, plain));
  } else {
    const waiting = {
      type: "shortcut",
      label: name,
      description: unknown,
      icon: "mdi:calendar-question",
      color: "grey",
      tap_action: { action: "more-info", entity },
    };
    cards.push(when({ state_not: [...colors, "unknown"] }, plain));
    cards.push(when({ state: "unknown" }, waiting));
  }
  return cards.flatMap((card) => row([card]));
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function energy({ ids }, words) {
  const periods = Object.keys(PERIOD_COLORS)
    .filter((key) => key in ids)
    .map((key) => ({ entity: ids[key], name: words[key], color: PERIOD_COLORS[key] }));
  const numbered = Object.keys(ids)
    .filter((key) => NUMBERED_INDEX.test(key))
    .sort()
    .map((key) => ({ entity: ids[key], name: words.index(Number(key.slice(-2))) }));
  const total = { entity: ids.index_total, name: words.index_total, color: "blue" };
  const injected = { entity: ids.index_injected, name: words.index_injected, color: "amber" };
  const parts = [...periods, ...numbered];
  return [parts.length > 1 || !total.entity ? parts : [total], [injected]]
    .map((bars) => bars.filter(({ entity }) => entity))
    .filter((bars) => bars.length)
    .map((entities) => ({
      type: "statistics-graph",
      entities,
      stat_types: ["change"],
      chart_type: "bar-stack",
      period: "day",
      days_to_show: ENERGY_DAYS,
    }));
}

/**
 * The scale ends at the subscribed power: the room above the line is what is left.
 *
 * @param {Meter} meter
 * @param {Words} words
 */
function history({ ids, limit }, words) {
  const entities = [
    ["apparent_power", words.apparent_power],
    ...PHASES.map((phase) => [`apparent_power_phase_${phase}`, words.phase(phase)]),
    ["injected_power", words.injected_power],
  ]
    .filter(([key]) => key in ids)
    .map(([key, name]) => ({ entity: ids[key], name }));
  const scale = { min_y_axis: 0, ...(limit && { max_y_axis: limit, fit_y_data: true }) };
  return entities.length
    ? [{ type: "history-graph", hours_to_show: HISTORY_HOURS, entities, ...scale }]
    : [];
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function about({ deviceId, ids }, words) {
  const entities = ["contract", "subscribed_power", "cutoff_power"]
    .filter((key) => key in ids)
    .map((key) => ({ entity: ids[key], name: words[key] }));
  return [
    ...(entities.length ? [{ type: "entities", entities }] : []),
    ...row([link(words.device, "mdi:arrow-right", `/config/devices/device/${deviceId}`)]),
  ];
}

/** @param {Words} words */
function welcome(words) {
  const cards = [
    { type: "markdown", content: words.noMeterHelp },
    ...row([link(words.addMeter, "mdi:plus", ADD_METER)]),
  ];
  return {
    type: "sections",
    title: words.title,
    sections: [section([[words.noMeter, "mdi:meter-electric-outline", cards]])],
  };
}

function link(label, icon, path) {
  const tap_action = { action: "navigate", navigation_path: path };
  return { type: "shortcut", label, icon, tap_action };
}

function tile(entity, name) {
  return { type: "tile", entity, name };
}

/** The entities of some keys, those that the meter has, each as a tile. */
function tiles(ids, names, keys, options = {}) {
  return keys
    .filter((key) => key in ids)
    .map((key) => ({ ...tile(ids[key], names[key]), ...options }));
}

/** Cards that share the width of a section. */
function row(cards) {
  return cards.map((card) => ({ ...card, grid_options: { columns: 12 / cards.length } }));
}
