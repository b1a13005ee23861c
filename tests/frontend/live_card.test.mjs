import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { HISTORICAL, HOUSE, home } from "./home.mjs";

const MODULES = "../../custom_components/linky_pilote/frontend/modules";
const { model, movedUp } = await import(`${MODULES}/live_model.js`);
const { daysOf, monthsOf } = await import(`${MODULES}/season_card.js`);
const { wordsFor } = await import(`${MODULES}/words.js`);

const FRENCH = wordsFor("fr");
const HEATING = ["house_shedding", "house_shedding_cancelled", "house_shedding_toggle"];

/** A home that says states and attributes in words of its own. */
function speaking(meters, options) {
  const hass = home(meters, options);
  hass.formatEntityState = ({ state }) => `<${state}>`;
  hass.formatEntityAttributeValue = ({ attributes }, key) => `<${attributes[key]}>`;
  return hass;
}

function idOf(hass, key, place = 0) {
  return Object.values(hass.entities).filter((one) => one.translation_key === key)[place].entity_id;
}

test("loads in the order of their ranks, with state, reason and end", () => {
  const loads = { Ballon: "2.0", Salon: "1.0" };
  const hass = speaking({ Linky: HISTORICAL }, { loads });
  const attributes = { reason: "surplus", blocked_by: "overload", until_clock: "→ 22:00" };
  hass.states[idOf(hass, "load_state", 0)] = { state: "shed", attributes };
  hass.states[idOf(hass, "load_state", 1)] = { state: "running", attributes };
  const [salon, ballon] = model(hass, {}, FRENCH).loads;
  assert.deepEqual([salon.name, salon.text, salon.tone],
    ["Salon", "<running> · <surplus> · <→ 22:00>", "good"]);
  assert.deepEqual([ballon.name, ballon.text, ballon.tone],
    ["Ballon", "<shed> · <overload> · <→ 22:00>", "warning"]);
});

test("a load that somebody forced can be given back", () => {
  const hass = speaking({ Linky: HISTORICAL }, { loads: { Ballon: "1" } });
  const set = (state) => (hass.states[idOf(hass, "load_mode")] = { state, attributes: {} });
  for (const [state, released] of [["automatic", true], ["forced", false], ["unknown", false]]) {
    set(state);
    assert.equal(model(hass, {}, FRENCH).loads[0].released, released, state);
  }
});

test("power against the subscribed power; what is not known is no number", () => {
  const hass = speaking({ Linky: HISTORICAL }, { kva: "6.0" });
  const id = idOf(hass, "apparent_power");
  const at = (state) => {
    hass.states[id] = { state };
    return model(hass, {}, FRENCH).power;
  };
  assert.deepEqual(["3000", "5000", "6500"].map((state) => at(state).tone),
    ["good", "warning", "error"]);
  assert.equal(at("3000").label, "Puissance, sur 6 kVA");
  assert.equal(at("unavailable"), undefined);
  const { facts } = model(hass, {}, FRENCH);
  assert.deepEqual(facts.map(({ label }) => label), ["Puissance encore disponible"]);
  hass.states[idOf(hass, "headroom")] = { state: "unknown" };
  assert.equal(model(hass, {}, FRENCH).facts[0].text, "Pas encore connu.");
});

test("shedding can be cancelled while it lasts, and taken up again", () => {
  const hass = speaking({ Linky: [...HISTORICAL, ...HOUSE, ...HEATING] });
  const at = (shed, cancelled) => {
    hass.states[idOf(hass, "house_shedding")] = { state: shed };
    hass.states[idOf(hass, "house_shedding_cancelled")] = { state: cancelled };
    return model(hass, {}, FRENCH).shedding?.label;
  };
  assert.equal(at("off", "off"), undefined);
  assert.equal(at("on", "off"), "Chauffer quand même");
  assert.equal(at("off", "on"), "Reprendre le délestage");
});

test("the appliances alone; another meter; none", () => {
  const hass = speaking({ Maison: HISTORICAL, Atelier: HISTORICAL }, { loads: { Salon: "1" } });
  const alone = model(hass, { loads_only: true }, FRENCH);
  assert.deepEqual([alone.power, alone.facts, alone.loads.length], [undefined, [], 1]);
  assert.equal(model(hass, { device_id: "device-Atelier" }, FRENCH).name, "Atelier");
  assert.equal(model(hass, { device_id: "gone" }, FRENCH), undefined);
  assert.equal(model(speaking({}), {}, FRENCH), undefined);
});

test("a load moves up before one of another group, or of its own", () => {
  assert.deepEqual(movedUp([1, 2, 3], 1), [2, 1, 3]);
  assert.deepEqual(movedUp([1, 2, 2, 5], 2), [1, 3, 2, 6]);
  assert.deepEqual(movedUp([1, 1], 1), [2, 1]);
});

test("a season has all its days, the leap day too", () => {
  const days = (year) => monthsOf(year).flatMap(daysOf);
  assert.deepEqual([days(2026)[0], days(2026).at(-1)], ["2026-09-01", "2027-08-31"]);
  assert.equal(days(2026).length, 365);
  assert.equal(days(2027).length, 366);
  assert.ok(days(2027).includes("2028-02-29"));
});
