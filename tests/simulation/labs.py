"""A seed to fictional labs: invented names, people's words and domains in real communes."""

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

from crawlers.sample.network import Facts
from warehouse.gazetteer.tables import read

_ONSETS = ("br", "k", "l", "m", "n", "p", "s", "t", "v", "d", "gr", "f", "r", "z", "pl", "tr")
_VOWELS = ("a", "e", "i", "o", "u", "ou", "an", "in")
_NAMES = ("Fablab {}", "Atelier {}", "{} Makers", "La Fabrique {}", "Le Labo de {}", "Makerspace {}", "Hackerspace {}")
_STREETS = ("rue", "avenue", "place", "quai", "chemin", "boulevard", "impasse")
_TEXTS = (
    "Fablab associatif ouvert à tous, porté par l'association Les Amis de {}. Les adhérents utilisent eux-mêmes la "
    "découpe laser, la fraiseuse et les imprimantes 3D; open lab le jeudi soir et repair café une fois par mois.",
    "Atelier de fabrication de l'université de {}: il sert les étudiants et les enseignants-chercheurs, et ouvre ses "
    "machines aux entreprises du territoire dans le cadre de projets de transfert de technologie.",
    "Tiers-lieu de {}: café associatif, espace de coworking, jardin partagé et un atelier équipé d'une découpe laser "
    "et d'imprimantes 3D. Les habitants s'y croisent toute l'année.",
    "Espace public numérique de la médiathèque municipale {}: un conseiller numérique aide les habitants dans leurs "
    "démarches; deux imprimantes 3D servent aux ateliers gratuits pour les familles et les seniors.",
    "Fablab d'entreprise {}: les salariés y prototypent leurs idées avec les équipes d'innovation; accès réservé.",
)
_BRETAGNE = {"22", "29", "35", "56"}
_ABROAD = (
    ("BE", "Belgium", "Namur", "5000", 50.467, 4.867),
    ("CH", "Switzerland", "Fribourg", "1700", 46.806, 7.162),
    ("DE", "Germany", "Saarbrücken", "66111", 49.234, 6.996),
)


@cache
def _communes() -> tuple[dict[str, Any], ...]:
    table = read("communes").select(
        ["code", "kind", "name", "departement_code", "population", "postcodes", "lat", "lon"]
    )
    rows = (row for row in table.to_pylist() if row["kind"] == "commune" and row["postcodes"])
    return tuple(row for row in rows if (row["population"] or 0) > 3_000 and len(row["departement_code"]) == 2)


def labs(dice: random.Random) -> Iterator[Facts]:
    """Yield the facts of one lab after another, in the words of network.toml; each stands in a commune of its own."""
    names, places = set[str](), list(_communes())
    dice.shuffle(places)
    for number, place in enumerate(places):
        word = _word(dice)
        while word in names:
            word = _word(dice)
        names.add(word)
        yield _lab(dice, number, word, place)


def is_breton(facts: Facts) -> bool:
    """Tell whether a lab stands in Brittany, all that MapLabBZH lists."""
    return str(facts.get("insee", ""))[:2] in _BRETAGNE


def _word(dice: random.Random) -> str:
    return "".join(dice.choice(_ONSETS) + dice.choice(_VOWELS) for _ in range(3)).capitalize()


def _lab(dice: random.Random, number: int, word: str, place: dict[str, Any]) -> Facts:
    slug = word.lower()
    facts: Facts = {
        "number": number,
        "slug": slug,
        "kind": "fablab",
        "name": dice.choice(_NAMES).format(word),
        "street": f"{dice.randint(1, 90)} {dice.choice(_STREETS)} {_word(dice)}",
        "postcode": place["postcodes"][0],
        "city": place["name"],
        "insee": place["code"],
        "at": [_jittered(dice, place["lat"], 0.01), _jittered(dice, place["lon"], 0.01)],
        "site": f"https://{slug}.example/",
        "email": f"contact@{slug}.example",
        "phone": f"02 61 91 {number // 100 % 100:02} {number % 100:02}",
        "about": dice.choice(_TEXTS).format(word),
        "operator": f"Les Amis de {word}",
    }
    if dice.random() < 0.06:
        code, country, city, postcode, lat, lon = dice.choice(_ABROAD)
        facts |= {"country": code, "country_name": country, "city": city, "postcode": postcode}
        facts |= {"at": [_jittered(dice, lat, 0.05), _jittered(dice, lon, 0.05)]}
        del facts["insee"], facts["phone"]
    return facts


def _jittered(dice: random.Random, value: float, by: float) -> float:
    return round(value + dice.uniform(-by, by), 5)
