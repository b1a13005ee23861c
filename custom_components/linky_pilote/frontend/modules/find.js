/** What there is to show: meters, their loads, and the grid, from the registries. */

const PLATFORM = "linky_pilote";

/** What only a meter has; other devices of the integration have no view. */
const METER_KEYS = ["apparent_power", "active_power_estimated", "contract", "index_total"];
const THERMOSTAT = "climate";

/**
 * @typedef {object} Hass what we use of Home Assistant's object
 * @property {Record<string, {entity_id: string, platform?: string, device_id?: string,
 *   translation_key?: string, hidden?: boolean}>} entities those that are enabled
 * @property {Record<string, {name?: string | null, name_by_user?: string | null,
 *   via_device_id?: string | null}>} devices
 * @property {Record<string, {state: string}>} states
 * @property {string} language
 *
 * @typedef {Record<string, string>} Ids entities by translation key
 *
 * @typedef {object} Meter
 * @property {string} deviceId
 * @property {string} name
 * @property {Ids} ids its entities, and those of its house
 * @property {number | undefined} limit subscribed power in VA, when it is known
 * @property {boolean} sun it is known what the home uses of the sun
 * @property {Load[]} loads the first is served first
 *
 * @typedef {object} Load
 * @property {string} deviceId
 * @property {string} name
 * @property {number} rank
 * @property {Ids} ids
 */

/**
 * @param {Hass} hass
 * @returns {{meters: Meter[], grid: Ids | undefined}} meters in the order in which they
 *   came: a new one moves no view
 */
export function find(hass) {
  const devices = entitiesByDevice(hass);
  const loads = devices.filter(([, ids]) => "load_state" in ids);
  const meters = devices
    .filter(([, ids]) => METER_KEYS.some((key) => key in ids))
    .map(([deviceId, ids]) => meter(hass, deviceId, ids, loads));
  return { meters, grid: devices.find(([, ids]) => "grid_tempo_today" in ids)?.[1] };
}

/**
 * What of the states decides about the cards; they follow the rest by themselves.
 *
 * @param {Hass} hass
 */
export function signature(hass) {
  const { meters } = find(hass);
  return JSON.stringify(meters.map(({ limit, sun, loads }) => [limit, sun, loads]));
}

/** The last answer by registry: states come many a second, entities hardly ever. */
const remembered = new WeakMap();

/** @param {Hass} hass */
function entitiesByDevice(hass) {
  if (!remembered.has(hass.entities)) remembered.set(hass.entities, group(hass));
  return remembered.get(hass.entities);
}

function group(hass) {
  /** @type {Map<string, Ids>} */
  const devices = new Map();
  for (const entity of Object.values(hass.entities)) {
    const { device_id: deviceId, entity_id: id } = entity;
    // a thermostat has no name of its own, nor a key
    const key = id.startsWith(`${THERMOSTAT}.`) ? THERMOSTAT : entity.translation_key;
    if (entity.platform !== PLATFORM || entity.hidden || !deviceId || !key) continue;
    devices.set(deviceId, { ...devices.get(deviceId), [key]: id });
  }
  return [...devices];
}

function meter(hass, deviceId, ids, loads) {
  const number = (key) => Number.parseFloat(hass.states[ids[key]]?.state);
  const kva = number("subscribed_power");
  return {
    deviceId,
    name: nameOf(hass, deviceId) || "Linky",
    ids,
    limit: kva > 0 ? kva * 1000 : undefined,
    sun: !Number.isNaN(number("house_energy_sun")),
    loads: loads
      .filter(([id]) => hass.devices[id]?.via_device_id === deviceId)
      .map(([id, own]) => load(hass, id, own))
      .sort((one, other) => one.rank - other.rank),
  };
}

function load(hass, deviceId, ids) {
  const rank = Number.parseFloat(hass.states[ids.load_group]?.state);
  return {
    deviceId,
    name: nameOf(hass, deviceId) || "",
    rank: Number.isNaN(rank) ? Infinity : rank,
    ids,
  };
}

const nameOf = (hass, deviceId) =>
  hass.devices[deviceId]?.name_by_user || hass.devices[deviceId]?.name;
