import assert from "node:assert/strict";
import { test } from "node:test";

import "./browser.mjs";
import { GRID, HISTORICAL, HOUSE, STANDARD, TEMPO, THREE_PHASES, home } from "./home.mjs";

const MODULES = "../../custom_components/linky_pilote/frontend/modules";
const { generate, shouldRegenerate } = await import(`${MODULES}/strategy.js`);
const { wordsFor } = await import(`${MODULES}/words.js`);

const cardsOf = (view) => view.sections.flatMap(({ cards }) => cards);
const ofType = (view, type) => cardsOf(view).filter((card) => card.type === type);
const keyOf = (hass, id) => hass.entities[id].translation_key;
const keysOf = (hass, cards) => cards.map(({ entity }) => keyOf(hass, entity));

/** Every entity that a view shows, wherever. */
function shown(hass, view) {
  const ids = JSON.stringify(view).match(/(binary_)?sensor\.x\d+/g) ?? [];
  return [...new Set(ids)].map((id) => keyOf(hass, id));
}

test("a clamp that knows watts only", () => {
  const hass = home({ Linky: ["active_power_estimated", "headroom", "subscribed_power"] });
  const [view] = generate(hass).views;
  assert.equal(view.title, "Linky");
  const [gauge] = ofType(view, "gauge");
  assert.equal(keyOf(hass, gauge.entity), "active_power_estimated");
  const [history] = ofType(view, "history-graph");
  assert.deepEqual(keysOf(hass, history.entities), ["active_power_estimated"]);
});

test("historical, one phase", () => {
  const hass = home({ "Linky 1234": HISTORICAL });
  const { views } = generate(hass);
  assert.equal(views.length, 1);
  const [view] = views;
  assert.equal(view.type, "sections");
  assert.equal(view.title, "Linky 1234");
  const [gauge] = ofType(view, "gauge");
  assert.equal(keyOf(hass, gauge.entity), "apparent_power");
  assert.deepEqual(gauge.severity, { green: 0, yellow: 7200, red: 9000 });
  assert.ok(gauge.max > 9000 && gauge.needle);
  assert.equal(gauge.name, "Puissance, sur 9 kVA");
  assert.deepEqual(keysOf(hass, ofType(view, "tile")), ["headroom", "current", "tariff_period"]);
  const [overload] = ofType(view, "alert");
  assert.deepEqual(overload.visibility, [
    { condition: "state", entity: overload.entity, state: "on" },
  ]);
  const [, energy] = ofType(view, "statistics-graph");
  assert.deepEqual(keysOf(hass, energy.entities), ["index_off_peak", "index_peak"]);
  assert.equal(ofType(view, "history-graph")[0].max_y_axis, 9000);
  assert.equal(
    ofType(view, "shortcut").at(-1).tap_action.navigation_path,
    "/config/devices/device/device-Linky 1234",
  );
});

test("Tempo has a tile for each colour, and words for a colour that is not known", () => {
  const hass = home({ Linky: ["apparent_power", ...TEMPO, "tempo_today", "tempo_tomorrow"] });
  const [view] = generate(hass).views;
  const tiles = ofType(view, "tile").filter((card) => card.visibility);
  assert.deepEqual(
    tiles.map(({ color, visibility: [{ state, state_not: not }] }) => color && state ? state : not),
    [
      ["blue"], ["white"], ["red"], ["blue", "white", "red"],
      ["blue"], ["white"], ["red"], ["blue", "white", "red", "unknown"],
    ],
  );
  const unknown = ofType(view, "shortcut").find(({ visibility }) => visibility);
  assert.equal(unknown.description, "Couleur pas encore connue (vers 20 h)");
  assert.equal(unknown.visibility[0].state, "unknown");
  const [energy] = ofType(view, "statistics-graph");
  assert.equal(new Set(energy.entities.map(({ color }) => color)).size, TEMPO.length);
});

test("without Tempo nothing speaks of it", () => {
  const [view] = generate(home({ Linky: STANDARD })).views;
  assert.doesNotMatch(JSON.stringify(view), /Demain|Aujourd|calendar|EcoWatt|Origine/);
});

test("loads are in the live card, with a way to their settings; what draws is seen at a glance", () => {
  const loads = { Ballon: "2.0", Salon: "1.0", Nouveau: "unavailable" };
  const hass = home({ Linky: [...HISTORICAL, ...HOUSE] }, { loads });
  const [view] = generate(hass).views;
  const [card] = ofType(view, "custom:linky-pilote-card");
  assert.deepEqual([card.device_id, card.loads_only], ["device-Linky", true]);
  assert.match(JSON.stringify(view), /Changer l’ordre/);
  const [drawing] = ofType(view, "distribution");
  assert.deepEqual(drawing.entities.map(({ name }) => name), ["Salon", "Ballon", "Nouveau"]);
  assert.equal(drawing.visibility[0].conditions.length, 3);
  assert.equal(view.sections.find(({ column_span: span }) => span === 2).cards[0].heading, "Pilotage");
});

test("the house: its mode, its last order; surplus and risk while there are any", () => {
  const hass = home({ Linky: [...HISTORICAL, ...HOUSE] }, { loads: { Salon: "1.0" } });
  const [view] = generate(hass).views;
  const of = (key) => ofType(view, "tile").find(({ entity }) => keyOf(hass, entity) === key);
  assert.equal(of("house_mode").features[0].type, "select-options");
  assert.ok(of("house_last_decision").state_content.includes("load"));
  assert.deepEqual(of("house_surplus").visibility[0].above, 0);
  assert.equal(of("house_surplus").visibility[0].condition, "numeric_state");
  assert.ok(of("house_trip_risk").visibility[0].state_not.includes("unknown"));
});

test("when heating was shed is seen beside the power; the link beside the contract", () => {
  const hass = home({ Linky: [...HISTORICAL, "house_shedding", "link_quality"] });
  const [view] = generate(hass).views;
  assert.deepEqual(keysOf(hass, ofType(view, "history-graph")[0].entities),
    ["apparent_power", "house_shedding"]);
  assert.ok(keysOf(hass, ofType(view, "entities")[0].entities).includes("link_quality"));
});

test("a day by the hour and by origin; of the sun nothing while nothing tells of it", () => {
  const hass = home({ Linky: [...HISTORICAL, "house_energy_sun"] });
  const [graph] = ofType(generate(hass).views[0], "statistics-graph");
  assert.deepEqual([graph.period, graph.days_to_show, graph.chart_type], ["hour", 1, "bar-stack"]);
  assert.deepEqual(keysOf(hass, graph.entities), ["house_energy_sun", "index_total"]);
  assert.deepEqual(graph.entities.map(({ name }) => name), ["Soleil", "Réseau"]);

  const id = graph.entities[0].entity;
  const dark = { ...hass, states: { ...hass.states, [id]: { state: "unknown" } } };
  assert.ok(shouldRegenerate(hass, dark));
  const [grid] = ofType(generate(dark).views[0], "statistics-graph");
  assert.deepEqual(keysOf(hass, grid.entities), ["index_total"]);

  const clamp = home({ Linky: ["active_power_estimated", "house_energy_sun"] });
  assert.equal(ofType(generate(clamp).views[0], "statistics-graph").length, 0);
});

test("who had the sun and the grid of today, while somebody had any", () => {
  const hass = home({ Linky: HISTORICAL }, { loads: { Ballon: "2.0", Salon: "1.0" } });
  const found = ofType(generate(hass).views[0], "vertical-stack");
  assert.deepEqual(found.map(({ cards: [{ heading }] }) => heading),
    ["Soleil d’aujourd’hui, par appareil", "Réseau d’aujourd’hui, par appareil"]);
  const [sun, grid] = found.map(({ cards: [, card] }) => card);
  assert.deepEqual(keysOf(hass, sun.entities), ["load_energy_sun", "load_energy_sun"]);
  assert.deepEqual(keysOf(hass, grid.entities), ["load_energy_grid", "load_energy_grid"]);
  assert.deepEqual(sun.entities.map(({ name }) => name), ["Salon", "Ballon"]);
  const [{ condition, conditions }] = found[0].visibility;
  assert.deepEqual([condition, conditions.length, conditions[0].above], ["or", 2, 0]);
});

test("a thermostat of the home comes with its card", () => {
  const with_ = home({ Linky: [...HISTORICAL, "climate"] });
  const [thermostat] = ofType(generate(with_).views[0], "thermostat");
  assert.match(thermostat.entity, /^climate\./);
  assert.equal(ofType(generate(home({ Linky: HISTORICAL })).views[0], "thermostat").length, 0);
});

test("loads of another meter are not shown, and no load says how to add one", () => {
  const hass = home({ Maison: HISTORICAL, Atelier: HISTORICAL }, { loads: { Salon: "1.0" } });
  const [house, workshop] = generate(hass).views;
  assert.match(JSON.stringify(house), /Salon/);
  assert.equal(ofType(house, "custom:linky-pilote-card").length, 1);
  assert.doesNotMatch(JSON.stringify(house), /Aucun appareil/);
  assert.equal(ofType(workshop, "custom:linky-pilote-card").length, 0);
  assert.doesNotMatch(JSON.stringify(workshop), /Salon/);
  assert.match(JSON.stringify(workshop), /Aucun appareil/);
  assert.match(JSON.stringify(workshop), /integrations\/integration\/linky_pilote/);
});

test("a load that gets another rank moves, and only that makes the page anew", () => {
  const before = home({ Linky: HISTORICAL }, { loads: { Salon: "1.0", Ballon: "2.0" } });
  const set = (key, state) => {
    const id = Object.values(before.entities).find((one) => one.translation_key === key).entity_id;
    return { ...before, states: { ...before.states, [id]: { state } } };
  };
  assert.ok(!shouldRegenerate(before, set("load_state", "shed")));
  const after = set("load_group", "3.0");
  assert.ok(shouldRegenerate(before, after));
  const [drawing] = ofType(generate(after).views[0], "distribution");
  assert.deepEqual(drawing.entities.map(({ name }) => name), ["Ballon", "Salon"]);
});

test("the grid speaks for the meter's colours; EcoWatt by hour, origin and carbon", () => {
  const hass = home({ Linky: [...HISTORICAL, "tempo_today", "tempo_tomorrow"] }, { grid: GRID });
  const [view] = generate(hass).views;
  const keys = shown(hass, view);
  assert.ok(!keys.includes("tempo_today") && keys.includes("grid_tempo_today"));
  const { content } = ofType(view, "markdown").find((card) => /hours/.test(card.content));
  for (const part of ["Aujourd’hui", "Demain", "coming", "Rouge, coupures possibles"]) {
    assert.ok(content.includes(part), part);
  }
  const [origin] = ofType(view, "distribution");
  assert.deepEqual(origin.entities.map(({ name }) => name), ["Nucléaire", "Éolien"]);
  const carbon = ofType(view, "history-graph").at(-1).entities;
  assert.deepEqual(keysOf(hass, carbon), ["grid_carbon_consumption"]);
});

test("the grid without a key: no EcoWatt, the carbon of the production", () => {
  const grid = ["grid_tempo_today", "grid_tempo_tomorrow", "grid_carbon_production"];
  const hass = home({ Linky: HISTORICAL }, { grid });
  const [view] = generate(hass).views;
  assert.doesNotMatch(JSON.stringify(view), /EcoWatt/);
  assert.ok(shown(hass, view).includes("grid_carbon_production"));
  assert.equal(ofType(view, "distribution").length, 0);
});

test("the season is shown where the grid is", () => {
  const of = (grid) => ofType(generate(home({ Linky: HISTORICAL }, { grid })).views[0],
    "custom:linky-pilote-season-card").length;
  assert.deepEqual([of(GRID), of([])], [1, 0]);
});

test("the grid without a meter", () => {
  const { views } = generate(home({}, { grid: GRID }));
  assert.equal(views.length, 1);
  assert.match(JSON.stringify(views), /Ajouter un compteur.*EcoWatt.*Origine/s);
});

test("three phases and a producer", () => {
  const keys = [
    "apparent_power", "headroom", "contract", "index_total", "index_injected",
    "injected_power", ...THREE_PHASES,
  ];
  const hass = home({ Linky: keys }, { kva: "18.0" });
  const [view] = generate(hass).views;
  const bars = ofType(view, "tile").filter(({ features }) => features);
  assert.deepEqual(keysOf(hass, bars), [1, 2, 3].map((n) => `apparent_power_phase_${n}`));
  assert.ok(bars.every(({ features }) => features[0].max === 6000));
  assert.equal(ofType(view, "glance")[0].entities.length, 6);
  const [, drawn, injected] = ofType(view, "statistics-graph");
  assert.deepEqual(keysOf(hass, drawn.entities), ["index_total"]);
  assert.deepEqual(keysOf(hass, injected.entities), ["index_injected"]);
  assert.equal(ofType(view, "history-graph")[0].entities.length, 5);
});

test("three phases whose powers are not sent", () => {
  const currents = THREE_PHASES.filter((key) => key.startsWith("current"));
  const hass = home({ Linky: [...HISTORICAL, ...currents] });
  const [view] = generate(hass).views;
  const [headroom] = ofType(view, "tile");
  assert.equal(headroom.name, "Disponible sur la phase la plus chargée");
  assert.equal(ofType(view, "glance")[0].entities.length, 3);
  assert.equal(ofType(view, "history-graph")[0].entities.length, 1);
});

test("indexes without a known period; one that has all is the total", () => {
  const numbered = home({ Linky: ["index_02", "index_01", "index_distributor_1", "index_total"] });
  const [, graph] = ofType(generate(numbered).views[0], "statistics-graph");
  assert.deepEqual(keysOf(numbered, graph.entities), ["index_01", "index_02"]);
  const total = home({ Linky: ["index_01", "index_total"] });
  const [, only] = ofType(generate(total).views[0], "statistics-graph");
  assert.deepEqual(keysOf(total, only.entities), ["index_total"]);
});

test("a view for each meter, named as its device; what is not a meter has none", () => {
  const hass = home({ Maison: HISTORICAL, Atelier: HISTORICAL, Radiateur: ["state"] });
  hass.devices["device-Maison"].name_by_user = "Ma maison";
  assert.deepEqual(generate(hass).views.map(({ title }) => title), ["Ma maison", "Atelier"]);
});

test("hidden entities are left out", () => {
  const hass = home({ Linky: STANDARD }, { change: { voltage: { hidden: true } } });
  const keys = shown(hass, generate(hass).views[0]);
  assert.ok(!keys.includes("voltage"));
  assert.ok(keys.includes("current"));
});

test("the subscribed power comes later", () => {
  const keys = [...HISTORICAL, ...THREE_PHASES];
  const before = home({ Linky: keys }, { kva: "unavailable" });
  const [view] = generate(before).views;
  assert.equal(ofType(view, "gauge").length, 0);
  assert.ok(shown(before, view).includes("apparent_power"));
  assert.doesNotMatch(JSON.stringify(view), /NaN|undefined|null/);
  const power = Object.values(before.entities).find(
    ({ translation_key: key }) => key === "subscribed_power",
  ).entity_id;
  const after = { ...before, states: { ...before.states, [power]: { state: "9.0" } } };
  assert.ok(shouldRegenerate(before, after));
  assert.equal(ofType(generate(after).views[0], "gauge").length, 1);
});

test("only what changes the page makes it anew", () => {
  const hass = home({ Linky: HISTORICAL });
  const id = Object.keys(hass.states)[0];
  assert.ok(!shouldRegenerate(hass, { ...hass, states: { ...hass.states, [id]: { state: "2" } } }));
  assert.ok(shouldRegenerate(hass, { ...hass, entities: { ...hass.entities } }));
  assert.ok(shouldRegenerate(hass, { ...hass, language: "en" }));
});

test("no meter: how to add one", () => {
  const { views } = generate(home({}));
  assert.match(JSON.stringify(views), /Ajouter un compteur/);
  assert.match(JSON.stringify(views), /dashboard\/add\?domain=linky_pilote/);
});

test("both languages have all the words", () => {
  const [french, english] = [wordsFor("fr-FR"), wordsFor("de")];
  assert.notEqual(french, english);
  const kinds = (words) => Object.entries(words).map(([key, value]) => [key, typeof value]);
  assert.deepEqual(kinds(french), kinds(english));
  for (const language of ["fr", "en"]) {
    const keys = [...STANDARD, ...TEMPO, ...THREE_PHASES, "tempo_today", "tempo_tomorrow"];
    const all = { language, loads: { Salon: "1.0" }, grid: GRID };
    const { views } = generate(home({ Linky: [...keys, ...HOUSE] }, all));
    assert.doesNotMatch(JSON.stringify(views), /undefined|null/);
    const tiles = views.flatMap(cardsOf).filter(({ type }) => type === "tile");
    assert.ok(tiles.every(({ name }) => name));
    const entities = views.flatMap(cardsOf)
      .flatMap((card) => card.entities ?? []);
    assert.ok(entities.every(({ name }) => name));
  }
});

test("the cards are offered once, in the language of the page", async () => {
  document.documentElement.lang = "fr";
  await import(`${MODULES}/linky-pilote.js`);
  await import(`${MODULES}/linky-pilote.js?once-more`);
  assert.deepEqual(window.customCards.map(({ type }) => type),
    ["linky-pilote-card", "linky-pilote-season-card"]);
  const [live] = window.customCards;
  assert.match(live.description, /appareils/);
  document.documentElement.lang = "en";
  assert.match(live.description, /appliances/);
  document.documentElement.lang = "fr";
  const element = customElements.get("linky-pilote-card");
  assert.deepEqual(element.getStubConfig(home({ Linky: HISTORICAL })), { device_id: "device-Linky" });
  assert.deepEqual(element.getStubConfig(home({})), {});
  assert.deepEqual(element.getConfigForm().schema.map(({ name }) => name), ["device_id", "loads_only"]);
});

test("the strategy is offered once, in the language of the page", async () => {
  await import(`${MODULES}/linky-pilote.js`);
  await import(`${MODULES}/linky-pilote.js?again`);
  const [offer, ...others] = window.customStrategies;
  assert.deepEqual(others, []);
  assert.equal(offer.type, "linky-pilote");
  assert.equal(offer.strategyType, "dashboard");
  assert.match(offer.description, /compteur/);
  document.documentElement.lang = "en";
  assert.match(offer.description, /meter/);

  const strategy = customElements.get("ll-strategy-dashboard-linky-pilote");
  const hass = home({ Linky: HISTORICAL });
  assert.deepEqual(await strategy.generate({}, hass), generate(hass));
  assert.equal(strategy.shouldRegenerate({}, hass, hass), false);
  assert.equal(strategy.getCreateSuggestions(hass).title, "Linky");
  assert.ok(strategy.noEditor);
});
