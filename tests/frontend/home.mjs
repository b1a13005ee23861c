/** Homes as the pages see them, made up. */

export const HISTORICAL = [
  "apparent_power", "headroom", "current", "overload", "tariff_period",
  "index_peak", "index_off_peak", "index_total", "contract",
];
export const STANDARD = [...HISTORICAL, "voltage", "cutoff_power"];
export const TEMPO = ["blue", "white", "red"].flatMap((color) =>
  ["off_peak", "peak"].map((period) => `index_${color}_${period}`),
);
export const THREE_PHASES = ["apparent_power", "current", "voltage"].flatMap((key) =>
  [1, 2, 3].map((phase) => `${key}_phase_${phase}`),
);

export const HOUSE = ["house_mode", "house_last_decision", "house_surplus", "house_trip_risk"];
export const LOAD = [
  "load_state", "load_mode", "load_armed", "load_power", "load_group",
  "load_energy_sun", "load_energy_grid",
];
export const GRID = [
  "grid_tempo_today", "grid_tempo_tomorrow", "grid_ecowatt_now", "grid_ecowatt_today",
  "grid_ecowatt_tomorrow", "grid_carbon_consumption", "grid_carbon_production",
  "grid_share_low_carbon", "grid_share_nuclear", "grid_share_wind", "grid_home_carbon",
  "grid_home_carbon_today", "grid_tempo_red_left",
];

/**
 * A home whose entity ids say nothing: only the translation keys count. `loads` are
 * ranks by name; they hang on the first meter.
 */
export function home(
  meters,
  { language = "fr", kva = "9.0", change = {}, loads = {}, grid = [] } = {},
) {
  const hass = {
    language,
    devices: {},
    states: {},
    entities: { "light.lamp": { entity_id: "light.lamp", platform: "other", device_id: "lamp" } },
  };
  const add = (name, keys, values = {}, via = null) => {
    const device = `device-${name}`;
    hass.devices[device] = { name, via_device_id: via };
    for (const key of keys) {
      const domain = { overload: "binary_sensor", climate: "climate" }[key] ?? "sensor";
      const id = `${domain}.x${Object.keys(hass.entities).length}`;
      hass.entities[id] = {
        entity_id: id, platform: "linky_pilote", device_id: device,
        translation_key: key === "climate" ? undefined : key, ...change[key],
      };
      hass.states[id] = { state: values[key] ?? "1" };
    }
  };
  for (const [name, keys] of Object.entries(meters)) {
    add(name, [...keys, "subscribed_power"], { subscribed_power: kva });
  }
  const first = Object.keys(hass.devices)[0];
  for (const [name, rank] of Object.entries(loads)) {
    add(name, LOAD, { load_group: rank }, first);
  }
  if (grid.length) add("Réseau", grid);
  return hass;
}
