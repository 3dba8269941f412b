"""Files found by a catalogue search, each with columns of its own, to listing columns or a refusal that names them."""

from collections.abc import Mapping
from typing import Any

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.files import point
from crawlers.platforms.opendatasoft import position
from crawlers.reading.columns import column_map, mapped
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.reading.text import mapping, texts
from crawlers.source import OutOfScope, Refused, key_of

_LISTS = ("kinds", "equipment", "services")
# a list exported by a form keeps the quotes between its values: Fablab","Tiers-Lieux
_SEPARATOR = r'"?\s*[|;,]\s*"?'


def understood(records: list[Any], label: str) -> list[dict[str, Any]]:
    """Return the records of one file with what they need to be read: the file they are of and its column map.

    Raises: CrawlFailed, schema_changed, with the columns, when they have no map.
    """
    first = next((record for record in records if isinstance(record, dict)), None)
    if first is None:
        raise CrawlFailed(Failure.EMPTY, f"{label}: no record")
    names = list(_properties(first))
    found = column_map(names)
    if found is None:
        raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{label}: no map for the columns {', '.join(map(str, names))}")
    return [{"file": label, "names": found, "record": record} for record in records]


def columns(data: dict[str, Any]) -> Fields:
    """Return the listing columns of one understood record. The key is the file and the record's id, or name and place.

    Raises: OutOfScope when neither the record nor the title of its file attests fabrication.
    """
    record = data["record"]
    properties = _properties(record)
    out = mapped(properties, data["names"])
    name = out.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refused("no_name", "the record has no name", data["names"]["name"], name)
    lat, lon = point(record) if "geometry" in mapping(record) else (None, None)
    if lat is None:
        lat, lon = (out["lat"], out["lon"]) if out.get("lat") and out.get("lon") else position(out.get("point"))
    out.pop("point", None)
    for column in _LISTS:
        out[column] = [text.strip('"') for text in texts(out.get(column), separator=_SEPARATOR) or []]
    told = [data["file"].replace("-", " "), *(value for value in properties.values() if isinstance(value, str))]
    if fabrication(*told) is None:
        raise OutOfScope("neither the record nor the name of its file attests fabrication", "name", name)
    identity = key_of(out.get("source_key")) or key_of(name, out.get("city"), out.get("street"))
    return out | {
        "source_key": f"{data['file']}/{identity}",
        "country_code": "FR",
        "lat": lat,
        "lon": lon,
    }


def _properties(record: Any) -> Mapping[str, Any]:
    """Return the named values of a record: GeoJSON puts them one level down."""
    properties = mapping(record).get("properties")
    return properties if isinstance(properties, dict) else mapping(record)
