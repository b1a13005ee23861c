/** What the live card says, out of the states: pure, so that it can be tried alone. */

import { find } from "./find.js";

const MISSING = ["unknown", "unavailable", undefined];
const TONES = {
  running: "good",
  shed: "warning",
  reduced: "warning",
  not_following: "error",
  no_entity: "error",
};

/**
 * @typedef {import("./find.js").Hass} Hass
 * @typedef {import("./find.js").Load} Load
 * @typedef {import("./words.js").Words} Words
 *
 * @typedef {object} LoadModel
 * @property {string} deviceId
 * @property {string} entity of its state
 * @property {string} name
 * @property {string} text state, why, until
 * @property {string} tone
 * @property {string | undefined} power
 * @property {boolean} released nobody chose anything for it
 * @property {string | undefined} mode
 * @property {string | undefined} armed
 * @property {string | undefined} group
 */

/**
 * @param {Hass} hass
 * @param {{device_id?: string, loads_only?: boolean}} config
 * @param {Words} words
 */
export function model(hass, config, words) {
  const { meters, grid = {} } = find(hass);
  const meter = config.device_id
    ? meters.find(({ deviceId }) => deviceId === config.device_id)
    : meters[0];
  if (!meter) return undefined;
  const { ids, limit, name } = meter;
  const say = (id) => (known(hass, id) ? hass.formatEntityState(hass.states[id]) : undefined);
  return {
    name,
    power: config.loads_only ? undefined : power(hass, ids.apparent_power, limit, words),
    facts: config.loads_only
      ? []
      : [
          [words.headroom, ids.headroom],
          [words.house_surplus, above(hass, ids.house_surplus)],
          [words.tempo_today, grid.grid_tempo_today ?? ids.tempo_today],
          [words.tempo_tomorrow, grid.grid_tempo_tomorrow ?? ids.tempo_tomorrow],
        ]
          .filter(([, id]) => id)
          .map(([label, entity]) => ({ label, entity, text: say(entity) ?? words.notKnown })),
    shedding: shedding(hass, ids, words),
    loads: meter.loads.map((load) => loadModel(hass, load, say)),
  };
}

const known = (hass, id) => !MISSING.includes(hass.states[id]?.state);
const above = (hass, id) => (Number.parseFloat(hass.states[id]?.state) > 0 ? id : undefined);

function power(hass, entity, limit, words) {
  if (!known(hass, entity)) return undefined;
  const value = Number.parseFloat(hass.states[entity].state);
  return {
    entity,
    text: hass.formatEntityState(hass.states[entity]),
    label: limit ? words.powerOf(limit / 1000) : words.apparent_power,
    value,
    limit,
    tone: !limit || value < 0.8 * limit ? "good" : value < limit ? "warning" : "error",
  };
}

/** The button that cancels shedding, or takes it up again, while there is something to. */
function shedding(hass, ids, words) {
  const { house_shedding: shed, house_shedding_cancelled: cancelled } = ids;
  const button = ids.house_shedding_toggle;
  if (!button) return undefined;
  if (hass.states[cancelled]?.state === "on") return { button, label: words.resumeShedding };
  if (hass.states[shed]?.state === "on") return { button, label: words.heatAnyway };
  return undefined;
}

/**
 * @param {Hass} hass
 * @param {Load} load
 * @returns {LoadModel}
 */
function loadModel(hass, { deviceId, name, ids }, say) {
  const state = hass.states[ids.load_state];
  const attribute = (key) =>
    state?.attributes?.[key] ? hass.formatEntityAttributeValue(state, key) : undefined;
  const why = state?.state === "running" ? attribute("reason") : attribute("blocked_by");
  const mode = hass.states[ids.load_mode];
  return {
    deviceId,
    name,
    entity: ids.load_state,
    text: [say(ids.load_state), why, attribute("until_clock")].filter(Boolean).join(" · "),
    tone: TONES[state?.state] ?? "calm",
    power: say(ids.load_power),
    released: !mode || mode.state === "automatic",
    mode: ids.load_mode,
    armed: ids.load_armed,
    group: ids.load_group,
  };
}

/**
 * Groups after a load went one place up. Loads of one group take turns: to go before one
 * of them a load makes a group of its own, and those that follow move on by one.
 *
 * @param {number[]} groups in order
 * @param {number} place of the load, 1 or more
 */
export function movedUp(groups, place) {
  const [before, own] = [groups[place - 1], groups[place]];
  if (before !== own) {
    return groups.map((group, at) => (at === place ? before : at === place - 1 ? own : group));
  }
  return groups.map((group, at) => (at !== place && group >= own ? group + 1 : group));
}
