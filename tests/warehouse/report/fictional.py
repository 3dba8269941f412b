"""A fictional network in the tables of a snapshot: any number of labs, the same for the same number."""

import base64
import hashlib
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from warehouse.report.inputs import HISTORY, Measure, Publication, Quality, ReportInput, history_of
from warehouse.schema import TABLES
from warehouse.schema.manifest import ReleasedFile
from warehouse.weeks import Week

WEEK = Week.parse("2026-W42")
MONDAY = WEEK.monday

# code, name, region code, region, territory, latitude, longitude
DEPARTEMENTS = [
    ("29", "Finistère", "53", "Bretagne", None, 48.25, -4.0),
    ("35", "Ille-et-Vilaine", "53", "Bretagne", None, 48.1, -1.7),
    ("59", "Nord", "32", "Hauts-de-France", None, 50.5, 3.2),
    ("75", "Paris", "11", "Île-de-France", None, 48.86, 2.35),
    ("93", "Seine-Saint-Denis", "11", "Île-de-France", None, 48.91, 2.48),
    ("31", "Haute-Garonne", "76", "Occitanie", None, 43.5, 1.4),
    ("34", "Hérault", "76", "Occitanie", None, 43.6, 3.6),
    ("33", "Gironde", "75", "Nouvelle-Aquitaine", None, 44.8, -0.6),
    ("23", "Creuse", "75", "Nouvelle-Aquitaine", None, 46.1, 2.0),
    ("69", "Rhône", "84", "Auvergne-Rhône-Alpes", None, 45.75, 4.7),
    ("38", "Isère", "84", "Auvergne-Rhône-Alpes", None, 45.25, 5.6),
    ("13", "Bouches-du-Rhône", "93", "Provence-Alpes-Côte d'Azur", None, 43.5, 5.2),
    ("67", "Bas-Rhin", "44", "Grand Est", None, 48.6, 7.6),
    ("21", "Côte-d'Or", "27", "Bourgogne-Franche-Comté", None, 47.4, 4.8),
    ("44", "Loire-Atlantique", "52", "Pays de la Loire", None, 47.3, -1.7),
    ("45", "Loiret", "24", "Centre-Val de Loire", None, 47.9, 2.2),
    ("76", "Seine-Maritime", "28", "Normandie", None, 49.6, 1.0),
    ("971", "Guadeloupe", "01", "Guadeloupe", "GP", 16.2, -61.5),
    ("972", "Martinique", "02", "Martinique", "MQ", 14.65, -61.0),
    ("973", "Guyane", "03", "Guyane", "GF", 4.6, -52.5),
    ("974", "La Réunion", "04", "La Réunion", "RE", -21.1, 55.5),
    ("976", "Mayotte", "06", "Mayotte", "YT", -12.8, 45.15),
]
ABROAD = [
    ("DE", "Neustadt-am-Fels", 51.0, 10.0),
    ("BE", "Sint-Verzonnen", 50.8, 4.4),
    ("CA", "Saint-Inventé", 46.8, -71.2),
]
NOUNS = [
    "Atelier",
    "Fabrique",
    "Labo",
    "Établi",
    "Tournevis",
    "Copeau",
    "Boussole",
    "Rabot",
    "Étincelle",
    "Forge",
    "Bobine",
]
TAILS = [
    "vif",
    "commun",
    "partagé",
    "du canal",
    "des halles",
    "du plateau",
    "ouvert",
    "de la gare",
    "du moulin",
    "des possibles",
]
TOWNS = [
    "Valmoulin",
    "Pré-Fleuri",
    "Montclair-sur-Onde",
    "Saint-Fictif",
    "Bourg-Neuf-les-Bains",
    "Roquelune",
    "Gué-d'Ombre",
]
CUES = {
    "1": [("médiathèque", "operator"), ("fracture numérique", "description"), ("France Services", "labels")],
    "2": [("tiers-lieu", "kinds"), ("café associatif", "description"), ("coworking", "services")],
    "3": [("bénévoles", "description"), ("ouvert à tous", "description"), ("fablab", "name")],
    "4": [("université", "operator"), ("chercheurs", "audiences")],
    "5": [("petite série", "services"), ("sur devis", "fees"), ("SAS", "operator")],
    "6": [("stagiaires", "audiences"), ("organisme de formation", "operator")],
}
SOURCES = ["reseau_fictif", "carte_des_lieux", "annuaire_ouvert", "hackers_wiki", "region_donnees"]
LICENCES = {
    "reseau_fictif": "LicenseRef-facts",
    "carte_des_lieux": "ODbL-1.0",
    "annuaire_ouvert": "etalab-2.0",
    "hackers_wiki": "CC-BY-SA-4.0",
    "region_donnees": "etalab-2.0",
}
SYLLABLES = [
    "ba",
    "cor",
    "din",
    "fé",
    "gra",
    "hui",
    "ji",
    "lan",
    "mo",
    "né",
    "ou",
    "pla",
    "que",
    "ri",
    "sau",
    "ter",
    "un",
    "vé",
    "xi",
    "zon",
]
SENTENCES = [
    "On y vient apprendre à découper, souder et imprimer, seul ou accompagné.",
    "Le lieu prête ses machines le mercredi et organise une soirée de réparation par mois.",
    "Une équipe de bénévoles accueille débutants et curieux.",
    "Des résidences, un café et un jardin partagent les murs avec l'atelier.",
    "Les entreprises du canton y font leurs premières pièces, de l'esquisse à la petite série.",
]
VOCABULARY = ["".join(word) for word in itertools.product(SYLLABLES, repeat=3)][::3]
WEIGHTS = [1 / (rank + 5) for rank in range(len(VOCABULARY))]
"""Zipf's law: invented prose packs about as badly as real prose does."""


def lab_id(number: int) -> str:
    """Return a valid id."""
    return "lab-" + base64.b32encode(hashlib.sha256(str(number).encode()).digest()).decode().lower()[:13]


def report_input(count: int = 240, **changes: Any) -> ReportInput:
    """Return a snapshot of `count` labs with sources in every state, changes, checks, history and quality."""
    tables = snapshot_tables(count, **changes)
    earlier = [
        {
            "snapshot_date": MONDAY - timedelta(weeks=14 - week),
            "archetype": key,
            "labs": max(1, n * (70 + 2 * week) // 100),
        }
        for week in range(14)
        for key, n in (("1", count // 8), ("3", count // 3), ("unclassified", count // 4), ("5", count // 6))
    ]
    today = history_of(tables["labs"], MONDAY)
    return ReportInput(
        week=WEEK,
        edition="full",
        tables=ReportInput.of(tables, week=WEEK, edition="full").tables,
        history=pa.concat_tables([pa.Table.from_pylist(earlier, schema=HISTORY), today]),
        code_revision="0123abc",
        titles={"reseau_fictif": "Réseau fictif", "hackers_wiki": "Wiki des hackerspaces"},
        files=tuple(
            ReleasedFile(path=name, bytes=size, rows=rows, sha256=hashlib.sha256(name.encode()).hexdigest())
            for name, size, rows in (
                ("labs.parquet", 812_345, count),
                ("labs.csv", 1_400_200, count),
                ("changes.parquet", 20_400, 12),
            )
        ),
        quality=Quality(
            measures=(
                Measure("dedupe_precision", 0.981, 0.962, 0.992, "337 paires"),
                Measure("dedupe_recall", 0.934, 0.9, 0.957, "337 paires"),
                Measure("archetype_accuracy", 0.79, 0.71, 0.85, "146 labs"),
            ),
            confusion=(
                ("1", "1", 18),
                ("1", "3", 4),
                ("2", "2", 15),
                ("2", "3", 5),
                ("3", "3", 41),
                ("3", "unclassified", 6),
                ("4", "4", 19),
                ("5", "5", 9),
                ("5", "3", 4),
                ("6", "6", 10),
                ("unclassified", "unclassified", 13),
            ),
        ),
        publication=Publication(
            publisher="Réseau fictif",
            licence="ODbL-1.0",
            licence_url="https://opendatacommons.org/licenses/odbl/1-0/",
            correction_url="https://registre.example/corriger?id={lab_id}",
        ),
    )


def snapshot_tables(count: int, hostile: str | None = None, *, is_heavy: bool = False) -> dict[str, pa.Table]:
    """Return the tables; `hostile` stands in every text a stranger could have written.

    Descriptions are a few repeated sentences, or where `is_heavy` prose that packs as badly as real prose does.
    """
    dice = random.Random(20261012)  # noqa: S311  # the same network every time
    labs, classifications, listings = [], [], []
    for n in range(count):
        lab = _lab(n, dice, is_heavy=is_heavy)
        labs.append(lab)
        classifications.append(_classification(lab, dice))
        listings += _listings(lab, n, dice)
    ids = [lab["lab_id"] for lab in labs]
    return {
        name: TABLES[name].table([TABLES[name](**_spoiled(name, row, hostile)) for row in rows])
        for name, rows in {
            "labs": labs,
            "classifications": classifications,
            "lab_listings": listings,
            "changes": _changes(ids, labs),
            "id_bridge": [{"old_id": lab_id(-1), "new_id": ids[0], "relation": "merged_into", "since": MONDAY}]
            if ids
            else [],
            "registry": [{"lab_id": one, "status": "active", "first_seen": MONDAY, "last_seen": MONDAY} for one in ids],
            "sources": _sources(),
            "checks": _checks(),
        }.items()
    }


UNTRUSTED = {
    "labs": "name alt_names kinds description operator website opening_hours equipment services city commune street",
    "classifications": "matched sentence_fr sentence_en",
    "lab_listings": "url",
    "changes": "before_json after_json",
    "sources": "attribution terms_url evidence",
    "checks": "why",
}
"""Columns a stranger's text can reach."""


def _spoiled(table: str, row: dict[str, Any], hostile: str | None) -> dict[str, Any]:
    columns = UNTRUSTED.get(table, "").split()
    if hostile is None or not columns:
        return row
    evil: dict[str, Any] = {
        "before_json": json.dumps({"name": hostile}),
        "after_json": json.dumps({"name": hostile + "2"}),
    }
    spoiled = {
        column: None if value is None else evil.get(column, [hostile] if isinstance(value, list) else hostile)
        for column, value in row.items()
        if column in columns
    }
    if table == "classifications":
        spoiled = {"evidence": [clue | dict.fromkeys(columns, hostile) for clue in row["evidence"]]}
    return row | spoiled


def _lab(n: int, dice: random.Random, *, is_heavy: bool) -> dict[str, Any]:
    archetype = dice.choices(["1", "2", "3", "4", "5", "6", "unclassified"], [12, 10, 30, 10, 9, 7, 22])[0]
    name = f"{dice.choice(NOUNS)} {dice.choice(TAILS)} {n}"
    town = dice.choice(TOWNS)
    method = dice.choices(["source", "geocoder", "street", "commune", "none"], [60, 15, 5, 15, 5])[0]
    if dice.random() < 0.08:
        country, town, lat, lon = dice.choice(ABROAD)
        place: dict[str, Any] = {"country_code": country, "city": town, "commune": town}
    else:
        code, departement, region_code, region, territory, lat, lon = dice.choice(DEPARTEMENTS)
        place = {
            "country_code": "FR",
            "city": town,
            "commune": town,
            "departement_code": code,
            "departement": departement,
            "region_code": region_code,
            "region": region,
            "territory_code": territory,
            "postcode": (code + "0000")[:5],
            "street": f"{dice.randint(1, 90)} rue des Tilleuls",
        }
    spread = 0.03 if place.get("territory_code") in ("MQ", "YT", "GP") else 0.2
    placed = method != "none"
    slug = f"{name}-{dice.choice(VOCABULARY)}".lower().replace(" ", "-")
    return place | {
        "lab_id": lab_id(n),
        "name": name,
        "alt_names": [f"{name} (asso)"] if n % 5 == 0 else None,
        "kinds": ["fablab"],
        "description": _description(dice, invented=is_heavy),
        "operator": f"Association {dice.choice(VOCABULARY)}" if n % 2 else None,
        "website": f"https://{slug}.example/",
        "opening_hours": "Tu-Sa 10:00-18:00" if n % 3 == 0 else None,
        "equipment": ["imprimante 3D", "découpe laser"] if n % 2 else None,
        "services": ["prestations pour les entreprises"] if n % 7 == 0 else None,
        "lat": round(lat + dice.uniform(-spread, spread), 6) if placed else None,
        "lon": round(lon + dice.uniform(-spread, spread), 6) if placed else None,
        "geo_method": method,
        "geo_precision_m": {"source": 20.0, "geocoder": 40.0, "street": 300.0, "commune": 2500.0}.get(method),
        "geo_issue": "commune_point" if method == "commune" else "decimal_comma" if n % 9 == 0 else None,
        "archetype": archetype,
        "finalite": {"1": "social", "6": "social", "4": "economic", "5": "economic"}.get(archetype),
        "archetype_score": None if archetype == "unclassified" else round(dice.uniform(0.5, 0.97), 3),
        "status": dice.choices(["active", "planned", "closed", "unknown"], [70, 5, 8, 17])[0],
        "first_seen": MONDAY - timedelta(weeks=n % 14),
        "last_confirmed_on": MONDAY - timedelta(days=dice.randint(0, 900)) if n % 6 else None,
        "staleness_weeks": 3 if n % 11 == 0 else 0,
        "sources": sorted(dice.sample(SOURCES, dice.choice([1, 1, 1, 2, 2, 3]))),
    }


def _description(dice: random.Random, *, invented: bool) -> str:
    if invented:
        return f"{' '.join(dice.choices(VOCABULARY, WEIGHTS, k=40)).capitalize()}."
    return " ".join(dice.sample(SENTENCES, 3))


def _classification(lab: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    archetype = lab["archetype"]
    speaks = archetype if archetype in CUES else dice.choice(list(CUES))
    cues = CUES[speaks] if archetype in CUES else CUES[speaks][:1]
    return {
        "lab_id": lab["lab_id"],
        "archetype": archetype,
        "runner_up": dice.choice([None, "2", "3"]),
        "score": lab["archetype_score"] or 0.3,
        "decided_by": dice.choice(["scope", "operator", "functions", "audience", "community", "score"]),
        "hint": None if archetype in CUES else speaks,
        "reason": None if archetype in CUES else dice.choice(["hors_champ", "name_only", "thin", "tie"]),
        "evidence": [
            {
                "tag": f"cue_{speaks}",
                "matched": words,
                "field": field,
                "source": lab["sources"][0],
                "source_key": lab["lab_id"],
                "archetype": speaks,
                "weight": 2.5 - k / 2,
                "rule": "lexicon",
                "sentence_fr": "Un mot du codebook pour cet archétype.",
                "sentence_en": "A word of the codebook for this archetype.",
            }
            for k, (words, field) in enumerate(cues)
        ],
        "rules_version": "1",
    }


def _listings(lab: dict[str, Any], n: int, dice: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "source": source,
            "source_key": f"{n}-{source}",
            "lab_id": lab["lab_id"],
            "fields_won": ["name"] if k == 0 else None,
            "url": f"https://{source.replace('_', '-')}.example/lieux/{dice.randint(1000, 99999)}",
            "licence": LICENCES[source],
            "fetched_at": datetime(2026, 10, 12, 3, dice.randint(0, 59), tzinfo=UTC),
            "is_carried_forward": source == "hackers_wiki",
        }
        for k, source in enumerate(lab["sources"])
    ]


def _changes(ids: list[str], labs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = ["added", "changed", "moved", "renamed", "archetype_changed", "status_changed", "restored"]
    rows = [
        {
            "lab_id": one,
            "change": kinds[n % len(kinds)],
            "changed_fields": ["city"],
            "reason": {"added": "first_listed", "restored": "listed_again"}.get(
                kinds[n % len(kinds)], "edited_at_source"
            ),
            "sources": ["annuaire_ouvert"],
            "before_json": json.dumps({"city": "Bourg-Vieux"}),
            "after_json": json.dumps({"city": labs[n]["city"]}),
        }
        for n, one in enumerate(ids[:14])
    ]
    gone = {"before_json": json.dumps({"name": "Atelier disparu"}), "after_json": None}
    rows.append({"lab_id": lab_id(-2), "change": "removed", "reason": "vanished_from_healthy_source"} | gone)
    if ids:
        merged = {"change": "merged_into", "related_ids": [ids[0]], "reason": "duplicate"}
        rows.append({"lab_id": lab_id(-1)} | merged | gone)
    return rows


def _sources() -> list[dict[str, Any]]:
    fetched = datetime(2026, 10, 12, 3, 20, tzinfo=UTC)
    counts = {"out_of_scope": 12, "unanswered": 0, "pages": 40, "requests": 42, "bytes": 900_000, "rejections": 17}
    rows = []
    states = ["ok", "ok", "ok", "carried_forward", "blocked"]
    for n, (source, state) in enumerate(zip(SOURCES, states, strict=True)):
        row = counts | {
            "source": source,
            "state": "ok" if state == "ok" else state,
            "listings": 0 if state == "blocked" else 120 + 37 * n,
            "fetched_at": fetched if state == "ok" else fetched - timedelta(weeks=2),
            "listings_week": "2026-W42" if state == "ok" else "2026-W40",
            "staleness_weeks": 0 if state == "ok" else 2,
            "robots": "disallowed" if state == "blocked" else "allowed",
            "licence": LICENCES[source],
            "attribution": f"© contributeurs de {source}",
            "is_share_alike": LICENCES[source] in ("ODbL-1.0", "CC-BY-SA-4.0"),
            "terms_url": f"https://{source.replace('_', '-')}.example/conditions",
        }
        if state != "ok":
            row |= {
                "failure": "robots" if state == "blocked" else "server_error",
                "evidence": "Disallow: /" if state == "blocked" else "503 de https://hackers-wiki.example/api",
            }
        rows.append(row)
    return rows


def _checks() -> list[dict[str, Any]]:
    return [
        {
            "name": "shrink",
            "subject": "labs",
            "value": 0.012,
            "upper": 0.1,
            "verdict": "pass",
            "why": "1,2 % de moins",
        },
        {
            "name": "listings",
            "subject": "hackers_wiki",
            "value": 0.0,
            "lower": 180.0,
            "verdict": "carry_forward",
            "why": "aucune réponse",
        },
        {
            "name": "ids_kept",
            "subject": "labs",
            "value": 0.998,
            "lower": 0.95,
            "verdict": "pass",
            "why": "2 identifiants retirés",
        },
    ]
