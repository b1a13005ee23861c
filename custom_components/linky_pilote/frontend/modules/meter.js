/** The cards of what a meter says. */

import { link, row, tile, tiles, when } from "./cards.js";

const HISTORY_HOURS = 12;
const ENERGY_DAYS = 7;
const PHASES = [1, 2, 3];

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

/**
 * @typedef {import("./find.js").Meter} Meter
 * @typedef {import("./words.js").Words} Words
 */

/**
 * @param {Meter} meter
 * @param {Words} words
 */
export function now({ ids, limit }, words) {
  const phases = PHASES.filter((phase) => `apparent_power_phase_${phase}` in ids);
  const power = drawn(ids);
  const headroom = hasPhases(ids) ? words.headroomOfPhases : words.headroom;
  return [
    ...(ids.overload ? overload(ids.overload, words) : []),
    ...(ids.house_trip_risk ? tripRisk(ids.house_trip_risk, words) : []),
    ...(power && limit
      ? [gauge(power, limit, words)]
      : row(power ? [tile(power, words.apparent_power)] : [])),
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
    ...(ids.house_surplus ? surplus(ids.house_surplus, words) : []),
    ...row(tiles(ids, words, ["current", "voltage"])),
    ...byPhase(ids, words),
  ];
}

/** A clamp may know watts only. */
function drawn(ids) {
  return ids.apparent_power ?? ids.active_power_estimated;
}

/** A meter in historical mode sends the currents of its phases, not their powers. */
function hasPhases(ids) {
  return PHASES.some(
    (phase) => `current_phase_${phase}` in ids || `apparent_power_phase_${phase}` in ids,
  );
}

/** Nothing, unless too much is drawn. */
function overload(entity, words) {
  const alert = { type: "alert", entity, name: words.overload, alert_color: "red", pulse: true };
  return row([when(entity, { state: "on" }, alert)]);
}

/** Seconds to a cut, while there are any. */
function tripRisk(entity, words) {
  const risk = { ...tile(entity, words.house_trip_risk), color: "red" };
  return row([when(entity, { state_not: ["unknown", "unavailable"] }, risk)]);
}

/** A home without sun has none to show. */
function surplus(entity, words) {
  return row([when(entity, { above: 0 }, { ...tile(entity, words.house_surplus), color: "amber" })]);
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
export function energy({ ids }, words) {
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
    .map((entities) => barGraph(entities, { period: "day", days_to_show: ENERGY_DAYS }));
}

/**
 * The scale ends at the subscribed power: the room above the line is what is left. When
 * heating was shed is a bar below.
 *
 * @param {Meter} meter
 * @param {Words} words
 */
export function history({ ids, limit }, words) {
  const entities = [
    [ids.apparent_power ? "apparent_power" : "active_power_estimated", words.apparent_power],
    ...PHASES.map((phase) => [`apparent_power_phase_${phase}`, words.phase(phase)]),
    ["injected_power", words.injected_power],
    ["house_shedding", words.house_shedding],
  ]
    .filter(([key]) => key in ids)
    .map(([key, name]) => ({ entity: ids[key], name }));
  const scale = { min_y_axis: 0, ...(limit && { max_y_axis: limit, fit_y_data: true }) };
  return entities.length
    ? [{ type: "history-graph", hours_to_show: HISTORY_HOURS, entities, ...scale }]
    : [];
}

/**
 * A day by the hour and by origin; a home without sun has the grid alone.
 *
 * @param {Meter} meter
 * @param {Words} words
 */
export function hourly({ ids, sun }, words) {
  if (!ids.index_total) return [];
  const entities = [
    ...(sun ? [{ entity: ids.house_energy_sun, name: words.fromSun, color: "amber" }] : []),
    { entity: ids.index_total, name: words.fromGrid, color: "blue" },
  ];
  return [barGraph(entities, { period: "hour", days_to_show: 1 })];
}

/** How much of each, stacked. */
function barGraph(entities, options) {
  return {
    type: "statistics-graph",
    entities,
    stat_types: ["change"],
    chart_type: "bar-stack",
    ...options,
  };
}

/**
 * @param {Meter} meter
 * @param {Words} words
 */
export function about({ deviceId, ids }, words) {
  const entities = ["contract", "subscribed_power", "cutoff_power", "link_quality"]
    .filter((key) => key in ids)
    .map((key) => ({ entity: ids[key], name: words[key] }));
  return [
    ...(entities.length ? [{ type: "entities", entities }] : []),
    ...row([link(words.device, "mdi:arrow-right", `/config/devices/device/${deviceId}`)]),
  ];
}

