/** The words of the dashboard. What entities say comes from Home Assistant. */

const FRENCH = {
  dashboard: "Linky Pilote",
  description: "Votre compteur en direct : puissance, tarif, couleurs Tempo et historique.",
  title: "Linky",
  now: "En ce moment",
  tariff: "Tarif",
  energy: "Énergie par jour",
  history: "Puissance, 12 dernières heures",
  about: "Compteur",
  apparent_power: "Puissance",
  powerOf: (kva) => `Puissance, sur ${kva} kVA`,
  injected_power: "Puissance injectée",
  headroom: "Puissance encore disponible",
  headroomOfPhases: "Disponible sur la phase la plus chargée",
  overload: "Trop d’appareils en même temps",
  current: "Intensité",
  voltage: "Tension",
  phase: (number) => `Phase ${number}`,
  tariff_period: "Période en cours",
  tempo_today: "Aujourd’hui",
  tempo_tomorrow: "Demain",
  tempoUnknown: "Couleur pas encore connue (vers 20 h)",
  contract: "Contrat",
  subscribed_power: "Puissance souscrite",
  cutoff_power: "Puissance de coupure",
  device: "Toutes les mesures",
  index_total: "Consommée",
  index_injected: "Injectée",
  index_off_peak: "Heures creuses",
  index_peak: "Heures pleines",
  index_normal: "Heures normales",
  index_moving_peak: "Pointe mobile",
  index_blue_off_peak: "Bleu creuses",
  index_blue_peak: "Bleu pleines",
  index_white_off_peak: "Blanc creuses",
  index_white_peak: "Blanc pleines",
  index_red_off_peak: "Rouge creuses",
  index_red_peak: "Rouge pleines",
  index: (number) => `Index ${number}`,
  noMeter: "Aucun compteur pour l’instant",
  noMeterHelp:
    "Reliez un adaptateur aux bornes I1 et I2 du compteur, puis ajoutez-le : " +
    "cette page se remplira toute seule.",
  addMeter: "Ajouter un compteur",
};

/** @typedef {typeof FRENCH} Words */

/** @type {Words} */
const ENGLISH = {
  dashboard: "Linky Pilote",
  description: "Your meter live: power, tariff, Tempo colours and history.",
  title: "Linky",
  now: "Now",
  tariff: "Tariff",
  energy: "Energy by day",
  history: "Power, last 12 hours",
  about: "Meter",
  apparent_power: "Power",
  powerOf: (kva) => `Power, out of ${kva} kVA`,
  injected_power: "Injected power",
  headroom: "Headroom",
  headroomOfPhases: "Headroom of the most loaded phase",
  overload: "Too many appliances at once",
  current: "Current",
  voltage: "Voltage",
  phase: (number) => `Phase ${number}`,
  tariff_period: "Current period",
  tempo_today: "Today",
  tempo_tomorrow: "Tomorrow",
  tempoUnknown: "Colour not yet known (about 8 p.m.)",
  contract: "Contract",
  subscribed_power: "Subscribed power",
  cutoff_power: "Cut-off power",
  device: "All measurements",
  index_total: "Consumed",
  index_injected: "Injected",
  index_off_peak: "Off-peak",
  index_peak: "Peak",
  index_normal: "Normal",
  index_moving_peak: "Moving peak",
  index_blue_off_peak: "Blue off-peak",
  index_blue_peak: "Blue peak",
  index_white_off_peak: "White off-peak",
  index_white_peak: "White peak",
  index_red_off_peak: "Red off-peak",
  index_red_peak: "Red peak",
  index: (number) => `Index ${number}`,
  noMeter: "No meter yet",
  noMeterHelp:
    "Connect an adapter to the meter’s terminals I1 and I2, then add it: " +
    "this page will fill by itself.",
  addMeter: "Add a meter",
};

/**
 * @param {string | undefined} language a language tag
 * @returns {Words} the words in that language, or in English
 */
export function wordsFor(language) {
  return /^fr\b/i.test(language ?? "") ? FRENCH : ENGLISH;
}
