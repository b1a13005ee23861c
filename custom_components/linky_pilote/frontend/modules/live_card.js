/** The live card: power, what may still be added, and each load with its reason. */

import { find } from "./find.js";
import { fire, make, set, write } from "./dom.js";
import { model, movedUp } from "./live_model.js";
import { wordsFor } from "./words.js";

const DOMAIN = "linky_pilote";
const STYLE = `
  ha-card { padding: 12px 16px 16px; }
  h2 { font-size: 1.1em; font-weight: 500; margin: 0 0 8px; }
  button, select { font: inherit; color: var(--primary-text-color); background: none;
    border: 1px solid var(--outline-color, var(--secondary-text-color)); border-radius: 8px;
    min-height: 32px; padding: 2px 10px; cursor: pointer; }
  select { background: var(--card-background-color); }
  button:disabled { opacity: 0.38; cursor: default; }
  :is(button, select):focus-visible { outline: 2px solid var(--primary-color); outline-offset: 1px; }
  .plain { border: 0; padding: 2px 4px; margin-left: -4px; text-align: start; flex: 1 1 12em; }
  .bar { height: 10px; border-radius: 5px; overflow: hidden; margin: 4px 0 10px;
    background: var(--divider-color); }
  .bar > div { height: 100%; background: var(--tone); }
  .value { font-size: 1.6em; }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9em, 1fr)); gap: 8px; margin: 0 0 12px; }
  dt, .text { color: var(--secondary-text-color); font-size: 0.9em; }
  dd { margin: 0; }
  ol { list-style: none; margin: 0; padding: 0; }
  li { border-top: 1px solid var(--divider-color); padding: 8px 0 8px 10px; display: flex;
    flex-wrap: wrap; gap: 6px; align-items: center; border-inline-start: 4px solid var(--tone); }
  .name { display: flex; justify-content: space-between; gap: 8px; font-weight: 500; }
  .text { display: block; }
  .doing { display: flex; flex-wrap: wrap; gap: 6px; }
  .shedding { width: 100%; margin-bottom: 12px; min-height: 40px; }
  [role="switch"]::before { content: "○ " / ""; }
  [role="switch"][aria-checked="true"]::before { content: "✓ " / ""; }
  [role="switch"][aria-checked="true"] { border-color: var(--primary-color);
    background: color-mix(in srgb, var(--primary-color) 12%, transparent); }
  .good { --tone: var(--success-color, #43a047); }
  .warning { --tone: var(--warning-color, #ffa600); }
  .error { --tone: var(--error-color, #db4437); }
  .calm { --tone: var(--divider-color); }
`;

export class LinkyPiloteCard extends HTMLElement {
  #hass;
  #config = {};
  #shape;
  #refresh = () => {};
  #drawing = false;

  setConfig(config) {
    this.#config = config;
    this.#shape = undefined;
    this.#draw();
  }

  set hass(hass) {
    this.#hass = hass;
    if (this.#drawing) return;
    // states come many at a time: once a picture is enough
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  get hass() {
    return this.#hass;
  }

  getCardSize() {
    return 3 + 2 * (this.#hass ? (this.#model()?.loads.length ?? 0) : 0);
  }

  getGridOptions() {
    return { columns: this.#config.loads_only ? "full" : 12, min_columns: 6, rows: "auto" };
  }

  static getStubConfig(hass) {
    const [meter] = find(hass).meters;
    return meter ? { device_id: meter.deviceId } : {};
  }

  static getConfigForm() {
    const device = { device: { filter: { integration: DOMAIN }, entity: { domain: "sensor" } } };
    return {
      schema: [
        { name: "device_id", selector: device },
        { name: "loads_only", selector: { boolean: {} } },
      ],
      computeLabel: ({ name }) => wordsFor(document.documentElement.lang)[`card_${name}`],
    };
  }

  #words() {
    return wordsFor(this.#hass.language);
  }

  #model() {
    return model(this.#hass, this.#config, this.#words());
  }

  /** Make the elements anew when other ones are needed; else write what changed. */
  #draw() {
    if (!this.#hass) return;
    const now = this.#model();
    const shape = JSON.stringify([
      this.#hass.language,
      now && [!now.power, !now.shedding, now.facts.map(({ entity }) => entity)],
      now?.loads.map(({ deviceId, name, mode, armed }) => [deviceId, name, mode, armed]),
    ]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(now);
    }
    this.#refresh(now);
  }

  #build(now) {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const focused = root.activeElement?.id;
    const words = this.#words();
    const parts = now
      ? [
          ...(now.power ? [this.#power()] : []),
          ...(now.facts.length ? [this.#facts(now.facts)] : []),
          ...(now.shedding ? [this.#shedding()] : []),
          ...(now.loads.length ? [this.#loads(now.loads)] : []),
        ]
      : [[make("p", {}, words.noMeter), () => {}]];
    const title = now && !this.#config.loads_only ? [make("h2", {}, now.name)] : [];
    const card = make("ha-card", {}, ...title, ...parts.map(([element]) => element));
    root.replaceChildren(make("style", {}, STYLE), card);
    this.#refresh = (model) => parts.forEach(([, refresh]) => refresh(model));
    if (focused) root.getElementById(focused)?.focus();
  }

  #power() {
    const label = make("div", { class: "text" });
    const value = make("div", { class: "value" });
    const bar = make("div");
    const meter = make("div", { class: "bar", role: "meter", "aria-valuemin": 0 }, bar);
    const refresh = ({ power }) => {
      write(label, power.label);
      write(value, power.text);
      set(meter, "hidden", !power.limit);
      set(meter, "aria-label", power.label);
      set(meter, "aria-valuemax", power.limit);
      set(meter, "aria-valuenow", Math.min(power.value, power.limit ?? power.value));
      set(meter, "aria-valuetext", power.text);
      set(meter, "class", `bar ${power.tone}`);
      bar.style.width = `${Math.min(100, (100 * power.value) / power.limit)}%`;
    };
    return [make("div", {}, label, value, meter), refresh];
  }

  #facts(facts) {
    const values = facts.map(() => make("dd"));
    const list = facts.map(({ label }, place) =>
      make("div", {}, make("dt", {}, label), values[place]),
    );
    const refresh = (now) => now.facts.forEach(({ text }, place) => write(values[place], text));
    return [make("dl", {}, ...list), refresh];
  }

  #shedding() {
    const press = () => {
      const { button } = this.#model().shedding;
      this.#hass.callService("button", "press", { entity_id: button });
    };
    const button = make("button", { id: "shedding", class: "shedding", click: press });
    return [button, ({ shedding }) => write(button, shedding.label)];
  }

  #loads(loads) {
    const rows = loads.map((load, place) => this.#load(load, place, loads.length));
    const list = make("ol", { "aria-label": this.#words().loads }, ...rows.map(([row]) => row));
    const refresh = (now) => rows.forEach(([, one], place) => one(now.loads[place]));
    return [list, refresh];
  }

  #load({ deviceId, name, entity, mode, armed, group }, place, count) {
    const words = this.#words();
    const call = (action, data) => this.#hass.callService(DOMAIN, action, { device_id: [deviceId], ...data });
    const id = (what) => `${what}-${deviceId}`;
    const power = make("span");
    const text = make("span", { class: "text" });
    const about = make(
      "button",
      { id: id("about"), class: "plain", click: () => fire(this, "hass-more-info", { entityId: entity }) },
      make("span", { class: "name" }, make("span", {}, name), power),
      text,
    );
    const force = make("button", { id: id("force"), "aria-label": `${name} : ${words.forceHour}`,
      click: () => call("force_load", { duration: { hours: 1 } }) }, words.forceHour);
    const release = make("button", { id: id("release"), "aria-label": `${name} : ${words.release}`,
      click: () => call("release_load", {}) }, words.release);
    const move = (symbol, what, to, able) =>
      make("button", { id: id(what), "aria-label": `${name} : ${words[what]}`, title: words[what],
        disabled: !able || !group, click: () => this.#moveUp(to) }, symbol);
    const [modes, refreshModes] = mode ? this.#modes(name, mode, id("mode")) : [];
    const [consent, refreshConsent] = armed ? this.#consent(name, armed, id("armed")) : [];
    const row = make("li", {}, about, make("div", { class: "doing" },
      ...[consent, modes].filter(Boolean), force, release,
      move("▲", "moveUp", place, place > 0), move("▼", "moveDown", place + 1, place + 1 < count)));
    const refresh = (load) => {
      write(power, load.power ?? "");
      write(text, load.text);
      set(row, "class", load.tone);
      set(force, "hidden", !load.released);
      set(release, "hidden", load.released);
      refreshModes?.();
      refreshConsent?.();
    };
    return [row, refresh];
  }

  #modes(name, entity, id) {
    const choose = () =>
      this.#hass.callService("select", "select_option", { entity_id: entity, option: list.value });
    const { attributes } = this.#hass.states[entity] ?? {};
    const list = make("select", { id, "aria-label": `${name} : ${this.#words().load_mode}`, change: choose });
    const refresh = () => {
      const state = this.#hass.states[entity];
      const options = state?.attributes.options ?? attributes?.options ?? [];
      if (list.options.length !== options.length) {
        list.replaceChildren(...options.map((value) =>
          make("option", { value }, this.#hass.formatEntityState(state, value))));
      }
      // a mode that an action chose is none of the list
      if (list.value !== state?.state) list.value = state?.state ?? "";
    };
    return [list, refresh];
  }

  #consent(name, entity, id) {
    const toggle = () => this.#hass.callService("switch", "toggle", { entity_id: entity });
    const { load_armed: label } = this.#words();
    const button = make("button", { id, role: "switch", "aria-label": `${name} : ${label}`, click: toggle }, label);
    return [button, () => set(button, "aria-checked", String(this.#hass.states[entity]?.state === "on"))];
  }

  async #moveUp(place) {
    const loads = this.#model().loads;
    const groups = loads.map(({ group }) => Number.parseInt(this.#hass.states[group]?.state, 10));
    if (groups.some(Number.isNaN)) return;
    const wanted = movedUp(groups, place);
    for (const [at, value] of wanted.entries()) {
      if (value === groups[at]) continue;
      await this.#hass.callService("number", "set_value", { entity_id: loads[at].group, value });
    }
  }
}
