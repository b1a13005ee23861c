/** How Home Assistant's own cards are configured. */

/**
 * @typedef {Record<string, unknown>} Card
 * @typedef {[heading: string, icon: string, cards: Card[]]} Block
 */

/** @param {Block[]} blocks those without a card are left out */
export function section(blocks, options = {}) {
  return {
    type: "grid",
    cards: blocks.flatMap(([heading, icon, cards]) =>
      cards.length ? [{ type: "heading", heading, icon }, ...cards] : [],
    ),
    ...options,
  };
}

export function link(label, icon, path) {
  const tap_action = { action: "navigate", navigation_path: path };
  return { type: "shortcut", label, icon, tap_action };
}

export function tile(entity, name) {
  return { type: "tile", entity, name };
}

/** The entities of some keys, those that are there, each as a tile. */
export function tiles(ids, names, keys, options = {}) {
  return keys
    .filter((key) => key in ids)
    .map((key) => ({ ...tile(ids[key], names[key]), ...options }));
}

/** Cards that share the width of a section. */
export function row(cards) {
  return cards.map((card) => ({ ...card, grid_options: { columns: 12 / cards.length } }));
}

/** A card that shows when something is true of an entity. */
export function when(entity, condition, card) {
  const kind = "above" in condition ? "numeric_state" : "state";
  return { ...card, visibility: [{ condition: kind, entity, ...condition }] };
}

/**
 * A tile has one colour and one content: there is one for each look, and a plain one for
 * all other states, of which one shows.
 *
 * @param {Card} plain
 * @param {[states: string[], options: Card][]} looks
 * @param {string[]} others states that something else is shown for
 */
export function tileByState(plain, looks, others = []) {
  const known = [...looks.flatMap(([states]) => states), ...others];
  const { entity } = plain;
  return [
    ...looks.map(([state, options]) => when(entity, { state }, { ...plain, ...options })),
    when(entity, { state_not: known }, plain),
  ];
}
