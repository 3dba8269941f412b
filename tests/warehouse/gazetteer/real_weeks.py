"""The recorded weeks of ../shared read into listing columns, as far as a place goes: a stand-in for the crawlers."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.gazetteer.coordinates import LAMBERT_93, parse
from warehouse.gazetteer.countries import country_code

DATA = Path(__file__).parents[4] / "shared" / "data"

COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "source_key", "name", "address", "street", "postcode", "city")),
        ("commune_code", pa.string()),
        ("country_code", pa.string()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
    ]
)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return the rows as a table of listing columns, texts trimmed, empty ones null."""
    cleaned = [{name: _clean(row.get(name), name) for name in COLUMNS.names} for row in rows]
    return pa.Table.from_pylist(cleaned, schema=COLUMNS)


def _clean(value: Any, name: str) -> Any:
    if name in ("lat", "lon"):
        return value
    text = re.sub(r"<br\s*/?>", ", ", str(value)).strip() if value is not None else ""
    return text or None


def week(name: str) -> pa.Table:
    """Return the listings of one recorded week, all sources."""
    folder = DATA / "weeks" / name
    rows = [
        *_fablabs(folder),
        *_hackerspaces(folder),
        *_spaceapi(folder),
        *_openstreetmap(folder),
        *_maplabbzh(folder),
        *_cget(folder),
        *_mulhouse(folder),
    ]
    return table(rows)


def producers() -> pa.Table:
    """Return the listings of the regional producers."""
    return table(
        [*_gironde(), *_maine_et_loire(), *_hinaura(), *_hub_lo(), *_le_havre(), *_haute_vienne(), *_caledonia()]
    )


def _at(lat: object, lon: object, projection: str | None = None) -> dict[str, float | None]:
    found = parse(lat, lon, projection=projection)
    return {"lat": found.lat, "lon": found.lon}


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _fablabs(folder: Path) -> Iterator[dict[str, Any]]:
    for lab in _json(folder / "fablabs_io.json"):
        yield {
            "source": "fablabs_io",
            "source_key": lab["id"],
            "name": lab["name"],
            "street": ", ".join(part for part in (lab["address_1"], lab["address_2"]) if part),
            "postcode": lab["postal_code"],
            "city": lab["city"],
            "country_code": country_code(lab["country_code"]),
            **_at(lab["latitude"], lab["longitude"]),
        }


def _hackerspaces(folder: Path) -> Iterator[dict[str, Any]]:
    spaces = _json(folder / "hackerspaces_org.json")
    for title, page in spaces.get("query", {}).get("results", spaces).items():
        said = page["printouts"]
        point = (said["Has coordinates"] or [{}])[0]
        yield {
            "source": "hackerspaces_org",
            "source_key": title,
            "name": title,
            "city": next((city["fulltext"] for city in said["City"]), None),
            "country_code": next((country_code(country["fulltext"]) for country in said["Country"]), None),
            **_at(point.get("lat"), point.get("lon")),
        }


def _spaceapi(folder: Path) -> Iterator[dict[str, Any]]:
    answers = _json(folder / "spaceapi_responses.json")
    for key, answer in sorted(answers.items() if isinstance(answers, dict) else enumerate(answers)):
        body = answer.get("body", answer) if isinstance(answer, dict) else answer
        if isinstance(body, str):
            try:
                body = json.loads(body)
            except ValueError:
                continue
        if not isinstance(body, dict) or "space" not in body:
            continue
        location = body.get("location") or {}
        yield {
            "source": "spaceapi",
            "source_key": key,
            "name": body["space"],
            "address": location.get("address", body.get("address")),
            **_at(location.get("lat", body.get("lat")), location.get("lon", body.get("lon"))),
        }


def _openstreetmap(folder: Path) -> Iterator[dict[str, Any]]:
    for element in _json(folder / "openstreetmap.json")["elements"]:
        tags = element.get("tags", {})
        number, street = tags.get("addr:housenumber"), tags.get("addr:street")
        yield {
            "source": "openstreetmap",
            "source_key": f"{element['type']}/{element['id']}",
            "name": tags.get("name"),
            "street": " ".join(part for part in (number, street) if part) if street else None,
            "postcode": tags.get("addr:postcode"),
            "city": tags.get("addr:city"),
            "country_code": country_code(tags.get("addr:country")),
            **_at(element.get("lat"), element.get("lon")),
        }


def _maplabbzh(folder: Path) -> Iterator[dict[str, Any]]:
    for feature in _json(folder / "maplabbzh.geojson")["features"]:
        said, point = feature["properties"], feature["geometry"]["coordinates"]
        yield {
            "source": "maplabbzh",
            "source_key": said["id"],
            "name": said["name"],
            "street": said["adresse"],
            "postcode": said["cp"],
            "city": said["ville"],
            "country_code": "FR",
            **_at(point[1], point[0]),
        }


def _cget(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "cget_2019.csv").open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {
                "source": "cget_2019",
                "source_key": row["ID"],
                "name": row["NOM_TL"],
                "street": row["ADRESSE"],
                "postcode": row["CP"] if row["CP"] != "0" else None,
                "city": row["COMINIT"],
                "country_code": "FR",
                **_at(row["LAT"], row["LONG"]),
            }


def _mulhouse(folder: Path) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_json(folder / "mulhouse.json")):
        yield {
            "source": "mulhouse",
            "source_key": number,
            "name": row["nom_structure"],
            "street": row["adresse"],
            "postcode": row["code_postal"],
            "city": row["commune"],
            "country_code": "FR",
            **_at(row["geom"], None),
        }


def _producer(name: str) -> list[dict[str, Any]]:
    (path,) = (DATA / "producers").glob(f"{name}_*.json")
    rows: list[dict[str, Any]] = _json(path)
    return rows


def _gironde() -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_producer("gironde")):
        yield {
            "source": "gironde",
            "source_key": number,
            "name": row["Lieu"],
            "address": row["Adresse postale"],
            "city": row["Commune"],
            "country_code": "FR",
            # read as the header says, X before Y: the file has them swapped
            **_at(row["Coord. Y"], row["Coord. X"]),
        }


def _maine_et_loire() -> Iterator[dict[str, Any]]:
    for row in _producer("maine-et-loire"):
        yield {
            "source": "maine_et_loire",
            "source_key": row["ID_LieuMed"],
            "name": row["NOM_STRUCTURE"],
            "street": row["ADRESSE"],
            "postcode": row["CP"],
            "city": row["COMMUNE"],
            "country_code": "FR",
            **_at(row["y"], row["x"], LAMBERT_93),
        }


def _hinaura() -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_producer("hinaura")):
        yield {
            "source": "hinaura",
            "source_key": number,
            "name": row.get("Nom du lieu ou de la structure *"),
            "street": row.get("Adresse postale"),
            "postcode": row.get("Code postal"),
            "city": row.get("Ville *"),
            "country_code": "FR",
            **_at(row.get("bf_latitude"), row.get("bf_longitude")),
        }


def _hub_lo() -> Iterator[dict[str, Any]]:
    for row in _producer("hub-lo"):
        yield {
            "source": "hub_lo",
            "source_key": row["gid"],
            "name": row["c_nom"],
            "street": row["c_adresse"],
            "postcode": row["c_postcode"],
            "city": row["c_city"],
            "country_code": "FR",
            **_at(row["c_lat_coor1"], row["c_long_coor1"]),
        }


def _le_havre() -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_producer("le-havre")):
        yield {
            "source": "le_havre",
            "source_key": number,
            "name": row["nom"],
            "street": row["adresse"],
            "postcode": row["code_postal"],
            "city": row["commune"],
            "commune_code": row["code_insee"],
            "country_code": "FR",
            **_at(row["latitude"], row["longitude"]),
        }


def _haute_vienne() -> Iterator[dict[str, Any]]:
    for row in _producer("haute-vienne"):
        yield {
            "source": "haute_vienne",
            "source_key": row["objectid"],
            "name": row["nom_org"],
            "address": row["adresse"],
            "city": row["commune"],
            "commune_code": row["result_citycode"],
            "country_code": "FR",
            **_at(row["latitude"], row["longitude"]),
        }


def _caledonia() -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_producer("nouvelle-caledonie")):
        point = row["geolocalisation"] or {}
        yield {
            "source": "nouvelle_caledonie",
            "source_key": number,
            "name": row["nom"],
            "street": row["adresse"],
            "postcode": row["code_postal"],
            "city": row["commune"],
            "country_code": "NC",
            **_at(point.get("lat"), point.get("lon")),
        }
