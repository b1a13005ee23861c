/** The cards of what is regulated: the house's mode, and each load with its reasons. */

import { link, row, tile, tiles, when } from "./cards.js";

const ADD_LOAD = "/config/integrations/integration/linky_pilote";
const UNKNOWN = ["unknown", "unavailable"];

/**
 * @typedef {import("./find.js").Meter} Meter
 * @typedef {import("./find.js").Load} Load
 * @typedef {import("./words.js").Words} Words
 */

/**
 * @param {Meter} meter
 * @param {Words} words
 */
export function house({ ids }, words) {
  const { climate, house_mode: mode, house_last_decision: last } = ids;
  return [
    ...(climate ? [{ type: "thermostat", entity: climate }] : []),
    ...row(confirmed(ids, "house_shedding_toggle", ["next", "cost_text"], words)),
    ...row(confirmed(ids, "house_emergency", ["cost_text"], words)),
    ...(mode
      ? row([
          {
            ...tile(mode, words.house_mode),
            features: [{ type: "select-options" }],
            features_position: "inline",
          },
        ])
      : []),
    ...(last
      ? row([
          when(last, { state_not: UNKNOWN }, {
            ...tile(last, words.house_last_decision),
            state_content: ["load", "state", "last_changed"],
          }),
        ])
      : []),
  ];
}

/** A button that says what it costs, and asks once more. */
function confirmed(ids, key, state_content, words) {
  const confirmation = { text: words.confirm[key] };
  const press = (target) => ({
    action: "perform-action",
    perform_action: "button.press",
    target,
    confirmation,
  });
  return tiles(ids, words, [key], { state_content }).map((card) => ({
    ...card,
    tap_action: press({ entity_id: card.entity }),
    icon_tap_action: press({ entity_id: card.entity }),
  }));
}

/**
 * Each load with its state, reason and buttons is more than a card of Home Assistant can
 * show at once: they are in one of ours. Below, who had the sun and the grid of today.
 * Without a load, how to add it.
 *
 * @param {Meter} meter
 * @param {Words} words
 */
export function loads({ deviceId, loads: all }, words) {
  if (all.length) {
    return [
      { type: "custom:linky-pilote-card", device_id: deviceId, loads_only: true },
      { ...link(words.changeOrder, "mdi:tune", ADD_LOAD), grid_options: { columns: "full" } },
      ...shares(all, "load_energy_sun", words.sunByLoad),
      ...shares(all, "load_energy_grid", words.gridByLoad),
    ];
  }
  return [
    { type: "markdown", content: words.noLoadHelp },
    ...row([link(words.addLoad, "mdi:plus", ADD_LOAD)]),
  ];
}

/**
 * What draws, at a glance.
 *
 * @param {Meter} meter
 */
export function drawing({ loads: all }) {
  return shares(all, "load_power");
}

/** Who has how much of something; nothing while nobody has any. */
function shares(all, key, heading) {
  const entities = all
    .filter(({ ids }) => ids[key])
    .map(({ ids, name }) => ({ entity: ids[key], name }));
  if (!entities.length) return [];
  const some = ({ entity }) => ({ condition: "numeric_state", entity, above: 0 });
  const visibility = [{ condition: "or", conditions: entities.map(some) }];
  const bar = { type: "distribution", entities };
  if (!heading) return [{ ...bar, visibility }];
  const title = { type: "heading", heading, heading_style: "subtitle" };
  const stack = { type: "vertical-stack", cards: [title, bar], visibility };
  return [{ ...stack, grid_options: { columns: 12 } }];
}
