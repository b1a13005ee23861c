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
const FULL_WIDTH = { grid_options: { columns: "full" } };

/** What only a meter has; other devices of the integration have no view. */
const METER_KEYS = ["apparent_power", "contract", "index_total"];

/** The indexes that may be shares of a day, with the colours of their bars. */
const PERIOD_COLORS = {
  index_base: "blue",
  index_off_peak: "light-blue",
  index_peak: "orange",
  index_normal: "light-blue",
  index_moving_peak: "red",
  index_blue_off_peak: "light-blue",
  index_blue_peak: "blue",
  index_white_off_peak: "light-grey",
  index_white_peak: "grey",
  index_red_off_peak: "pink",
  index_red_peak: "red",
  index_weekend: "teal",
};
const NUMBERED_INDEX = /^index_(\d\d)$/;

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
 * Tell whether another dashboard would come out: cards follow states by themselves, the
 * end of a gauge's scale does not.
 *
 * @param {Hass} before
 * @param {Hass} after
 */
export function shouldRegenerate(before, after) {
  return (
    ["entities", "devices", "language"].some((key) => before[key] !== after[key]) ||
    (before.states !== after.states && limits(before) !== limits(after))
  );
}

/** @param {Hass} hass */
const limits = (hass) => String(findMeters(hass).map((meter) => meter.limit));

/**
 * @param {Hass} hass
 * @returns {Meter[]} sorted by name
 */
function findMeters(hass) {
  const devices = new Map();
  for (const { entity_id, platform, device_id, translation_key, hidden } of Object.values(
    hass.entities,
  )) {
    if (platform !== PLATFORM || !device_id || !translation_key || hidden) continue;
    if (!devices.has(device_id)) devices.set(device_id, {});
    devices.get(device_id)[translation_key] = entity_id;
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
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function view(meter, words) {
  const sections = [
    [[words.now, "mdi:flash", now(meter, words)]],
    [
      [words.tariff, "mdi:clock-outline", tariff(meter, words)],
      [words.energy, "mdi:chart-bar", energy(meter, words)],
    ],
    [[words.history, "mdi:chart-line", history(meter, words)]],
    [[words.about, "mdi:meter-electric-outline", about(meter, words)]],
  ];
  return {
    type: "sections",
    title: meter.name,
    sections: sections.map(section).filter(({ cards }) => cards.length),
  };
}

/** @param {[string, string, Card[]][]} blocks each a title, its icon and its cards */
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
  const power = ids.apparent_power;
  const phases = PHASES.filter((phase) => `apparent_power_phase_${phase}` in ids);
  return [
    ...(ids.overload ? [overloadAlert(ids.overload, words)] : []),
    ...(power && limit ? [gauge(power, limit, words)] : tiles(ids, words, ["apparent_power"])),
    ...phases.map((phase) => ({
      ...tile(ids[`apparent_power_phase_${phase}`], words.phase(phase)),
      ...(limit && {
        features: [{ type: "bar-gauge", min: 0, max: limit / phases.length }],
        features_position: "inline",
      }),
      ...FULL_WIDTH,
    })),
    ...(ids.headroom
      ? [
          {
            ...tile(ids.headroom, phases.length ? words.headroomOfPhases : words.headroom),
            ...FULL_WIDTH,
          },
        ]
      : []),
    ...tiles(ids, words, ["injected_power"]).map((card) => ({
      ...card,
      color: "amber",
      ...FULL_WIDTH,
    })),
    ...inPairs(tiles(ids, words, ["current", "voltage"])),
    ...byPhase(ids, words),
  ];
}

function overloadAlert(entity, words) {
  return {
    type: "alert",
    entity,
    name: words.overload,
    alert_color: "red",
    pulse: true,
    ...FULL_WIDTH,
    visibility: [{ condition: "state", entity, state: "on" }],
  };
}

/** Currents and voltages of three phases: a row of each, their units tell which. */
function byPhase(ids, words) {
  const entities = ["current", "voltage"].flatMap((key) =>
    PHASES.map((phase) => ({
      entity: ids[`${key}_phase_${phase}`],
      name: words.phase(phase),
    })).filter(({ entity }) => entity),
  );
  return entities.length
    ? [{ type: "glance", columns: PHASES.length, show_icon: false, entities }]
    : [];
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

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function tariff({ ids }, words) {
  const { tempo_today: today, tempo_tomorrow: tomorrow } = ids;
  return [
    ...tiles(ids, words, ["tariff_period"]).map((card) => ({ ...card, ...FULL_WIDTH })),
    ...(today ? tempo(today, words.tempo_today) : []),
    ...(tomorrow ? tempo(tomorrow, words.tempo_tomorrow, words.tempoUnknown) : []),
  ];
}

/**
 * A tile has one colour: there is one for each colour of the day, and one for when there
 * is none. Only one of them shows.
 */
function tempo(entity, name, unknown) {
  const when = (condition) => ({ visibility: [{ condition: "state", entity, ...condition }] });
  const colors = Object.keys(TEMPO_COLORS);
  return [
    ...colors.map((state) => ({
      ...tile(entity, name),
      color: TEMPO_COLORS[state],
      ...when({ state }),
    })),
    ...(unknown
      ? [
          { ...tile(entity, unknown), hide_state: true, ...FULL_WIDTH, ...when({ state: "unknown" }) },
          { ...tile(entity, name), ...when({ state_not: [...colors, "unknown"] }) },
        ]
      : [{ ...tile(entity, name), ...when({ state_not: colors }) }]),
  ];
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
  return [parts.length ? parts : [total], [injected]]
    .map((bars) => bars.filter(({ entity }) => entity))
    .filter((bars) => bars.length)
    .map(energyGraph);
}

function energyGraph(entities) {
  return {
    type: "statistics-graph",
    entities,
    stat_types: ["change"],
    chart_type: "bar-stack",
    period: "day",
    days_to_show: ENERGY_DAYS,
  };
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
  return entities.length
    ? [
        {
          type: "history-graph",
          hours_to_show: HISTORY_HOURS,
          entities,
          min_y_axis: 0,
          ...(limit && { max_y_axis: limit, fit_y_data: true }),
        },
      ]
    : [];
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
function about({ deviceId, ids }, words) {
  return [
    ...tiles(ids, words, ["contract"]).map((card) => ({ ...card, ...FULL_WIDTH })),
    ...inPairs([
      ...tiles(ids, words, ["subscribed_power", "cutoff_power"]),
      {
        type: "shortcut",
        label: words.device,
        icon: "mdi:arrow-right",
        tap_action: { action: "navigate", navigation_path: `/config/devices/device/${deviceId}` },
      },
    ]),
  ];
}

/** @param {Words} words */
function welcome(words) {
  return {
    type: "sections",
    title: words.title,
    sections: [
      {
        type: "grid",
        cards: [
          { type: "heading", heading: words.noMeter, icon: "mdi:meter-electric-outline" },
          {
            type: "markdown",
            content: `${words.noMeterHelp}\n\n[${words.addMeter}](${ADD_METER})`,
          },
        ],
      },
    ],
  };
}

function tile(entity, name) {
  return { type: "tile", entity, name };
}

/** The entities of some keys, those that the meter has, each as a tile. */
function tiles(ids, words, keys) {
  return keys.filter((key) => key in ids).map((key) => tile(ids[key], words[key]));
}

/** Cards of half the width; the last one has all of it when it would be alone. */
function inPairs(cards) {
  return cards.map((card, place) =>
    place % 2 === 0 && place === cards.length - 1 ? { ...card, ...FULL_WIDTH } : card,
  );
}
