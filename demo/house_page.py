"""The page of the virtual house: what to try, in words, beside what to press and see."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

URL_PATH: Final = "virtual-house"

type Card = dict[str, Any]

# of the meter, by translation key
_SEEN: Final = (
    "apparent_power",
    "headroom",
    "injected_power",
    "tariff_period",
    "tempo_today",
    "tempo_tomorrow",
)
_WORLD: Final = (
    "button.virtual_start_oven",
    "button.virtual_cloud",
    "select.virtual_sky",
    "select.virtual_color_today",
    "select.virtual_color_tomorrow",
)
_TROUBLE: Final = (
    "switch.virtual_power_cut",
    "switch.virtual_meter_unplugged",
    "switch.virtual_grid_strained",
    "number.virtual_dropped_commands",
)
_TIME: Final = ("sensor.virtual_simulated_time", "number.virtual_speed")
_HEATERS: Final = (
    "climate.virtual_heater_living_room",
    "climate.virtual_heater_bathroom",
    "select.virtual_heater_bedroom",
    "select.virtual_heater_child",
    "switch.virtual_heater_kitchen",
)
_OTHERS: Final = (
    "switch.virtual_water_heater",
    "sensor.virtual_water_heater_temperature",
    "light.virtual_dimmed_heater",
    "switch.virtual_charger",
    "number.virtual_charger_current",
    "switch.virtual_oven",
    "switch.virtual_pool_pump",
    "switch.virtual_battery",
    "sensor.virtual_battery_charge",
)
_POWERS: Final = tuple(
    f"sensor.virtual_{name}_power"
    for name in (
        *("panels", "battery", "oven", "cooker", "kettle", "water_heater"),
        *("dimmed_heater", "charger", "heater_living_room", "heater_kitchen"),
        *("heater_bedroom", "heater_child", "heater_bathroom", "washing_machine"),
        *("dishwasher", "pool_pump", "fridge", "freezer", "stand_by"),
    )
)

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "fr": {
            "title": "Maison virtuelle (simulation)",
            "try": "À essayer",
            "text": """\
**Rien ici n’est réel** : une maison et un compteur simulés, pour essayer sans risque.

1. **Allumez le four** : la puissance monte de 2 300 W à droite, la puissance encore \
disponible baisse d’autant, en quelques secondes.
2. De jour, choisissez le ciel **Plein soleil**, puis **faites passer un nuage** : les \
panneaux faiblissent, la maison tire davantage sur le réseau.
3. Mettez la **couleur du jour** sur Rouge : le compteur passe en période rouge.
4. Mettez un radiateur en **Hors-gel**, baissez un thermostat : ce qu’il consommait \
disparaît du compteur, et Linky Pilote vous laisse la main.
5. Trop d’appareils à la fois ? Sur [la page Linky](/linky-pilote), les derniers de la \
liste cèdent, et disent pourquoi. Arrêtez le **pilotage de la maison** : le compteur \
avertit, puis coupe ; il se remet en marche au bout de deux minutes.

Ici le chauffage, les chauffe-eau, la borne et la pompe sont déjà **confiés à Linky \
Pilote**. Chez vous, rien n’est commandé tant que vous ne l’avez pas autorisé, appareil \
par appareil.

Les courbes suivent l’heure de votre navigateur : à une autre date que la sienne, \
regardez plutôt les valeurs.""",
            "world": "Faire bouger le monde",
            "trouble": "Provoquer une panne",
            "time": "Le temps",
            "meter": "Ce que dit le compteur",
            "heaters": "Chauffage (simulé)",
            "others": "Appareils (simulés)",
            "powers": "Puissance de chacun",
        },
        "en": {
            "title": "Virtual house (simulation)",
            "try": "What to try",
            "text": """\
**Nothing here is real**: a simulated house and meter, to try things without risk.

1. **Start the oven**: the power rises by 2,300 W at the right, and the headroom \
falls by as much, within seconds.
2. By day, choose the sky **Full sun**, then **let a cloud pass**: the panels give \
less, the house draws more from the grid.
3. Set **today's colour** to Red: the meter goes to a red period.
4. Put a heater on **Frost protection**, lower a thermostat: what it drew is gone \
from the meter, and Linky Pilote keeps its hands off.
5. Too many appliances at once? On [the Linky page](/linky-pilote) the last of the list \
give way, and say why. Set the **house mode** to Off: the meter warns, then \
cuts; it is back after two minutes.

Here the heating, the water heaters, the charger and the pump are already **entrusted \
to Linky Pilote**. In your home nothing is switched until you have allowed it, \
appliance by appliance.

Curves follow the time of your browser: on another date than its own, look at the \
values instead.""",
            "world": "Move the world",
            "trouble": "Bring trouble",
            "time": "Time",
            "meter": "What the meter says",
            "heaters": "Heating (simulated)",
            "others": "Appliances (simulated)",
            "powers": "Power of each",
        },
    }
)


def title(language: str) -> str:
    """Return what the page is called."""
    return _words(language)["title"]


def page(
    language: str, meter: Mapping[str, str], known: Iterable[str]
) -> dict[str, Any]:
    """Return the dashboard.

    `meter` has the entity ids of the meter by translation key, `known` all ids there
    are: what is not there is not shown.
    """
    words, there = _words(language), frozenset(known)
    seen = [meter[key] for key in _SEEN if key in meter]
    columns = (
        (
            ("try", "mdi:lightbulb-on-outline", [_text(words["text"])]),
            ("time", "mdi:clock-fast", _tiles(_TIME, there)),
        ),
        (
            ("world", "mdi:earth", _tiles(_WORLD, there)),
            ("trouble", "mdi:alert-outline", _tiles(_TROUBLE, there)),
        ),
        (
            ("meter", "mdi:meter-electric-outline", _tiles(seen, frozenset(seen))),
            ("powers", "mdi:flash", [_list(_POWERS, there)]),
        ),
        (
            ("heaters", "mdi:radiator", _tiles(_HEATERS, there, _DEVICE)),
            ("others", "mdi:power-plug-outline", _tiles(_OTHERS, there, _DEVICE)),
        ),
    )
    sections = [
        {
            "type": "grid",
            "cards": [
                card
                for name, icon, cards in blocks
                if cards
                for card in (
                    {"type": "heading", "heading": words[name], "icon": icon},
                    *cards,
                )
            ],
        }
        for blocks in columns
    ]
    view = {
        "type": "sections",
        "title": words["title"],
        "max_columns": len(columns),
        "sections": sections,
    }
    return {"views": [view]}


def _words(language: str) -> Mapping[str, str]:
    return _TEXTS.get(language, _TEXTS["en"])


def _text(content: str) -> Card:
    return {"type": "markdown", "content": content}


def _list(entities: Iterable[str], known: frozenset[str]) -> Card:
    rows = [
        {"entity": entity, "name": _DEVICE} for entity in entities if entity in known
    ]
    return {"type": "entities", "entities": rows}


# how a card names an entity: the whole name is too long for it
_DEVICE: Final = {"type": "device"}
_ENTITY: Final = {"type": "entity"}

# what a tile can do more than show a state
_FEATURES: Final = {
    "select": "select-options",
    "climate": "target-temperature",
    "number": "numeric-input",
    "light": "light-brightness",
    "switch": "toggle",
    "button": "button",
}


def _tiles(
    entities: Iterable[str], known: frozenset[str], name: Mapping[str, str] = _ENTITY
) -> list[Card]:
    return [_tile(entity, name) for entity in entities if entity in known]


def _tile(entity: str, name: Mapping[str, str]) -> Card:
    tile: Card = {
        "type": "tile",
        "entity": entity,
        "name": dict(name),
        "grid_options": {"columns": "full"},
    }
    domain, _, _ = entity.partition(".")
    if domain in _FEATURES:
        tile["features"] = [{"type": _FEATURES[domain]}]
    return tile
