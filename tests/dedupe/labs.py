"""Fictional labs in real shapes, as tables of listings."""

from typing import Any

import pyarrow as pa

from warehouse.schema import Listing

SOURCES = ("atlas", "wiki", "region", "network")


def listings(*rows: dict[str, Any]) -> pa.Table:
    """Return a table of listings; source_key and name have defaults."""
    schema = Listing.arrow_schema()
    complete = [
        {"source": "atlas", "source_key": str(number), "status": "unknown", **row} for number, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(complete, schema=schema)


def lab(source: str, key: str, **columns: Any) -> dict[str, Any]:
    """Return one listing."""
    return {"source": source, "source_key": key, "status": "unknown", **columns}


BRINDILLE = {
    "name": "Fablab La Brindille", "street": "12 rue des Tanneurs", "postcode": "49400", "city": "Saumur",
    "country_code": "FR", "lat": 47.2603, "lon": -0.0769, "website": "https://labrindille.example",
    "email": "contact@labrindille.example", "phone": "+33 2 41 00 00 01",
}  # fmt: skip
"""A lab as a careful source lists it."""

BRINDILLE_AGAIN = {
    "name": "La Brindille - FabLab", "street": "12, r. des Tanneurs", "city": "SAUMUR", "country_code": "FR",
    "lat": 47.2604, "lon": -0.0771, "website": "http://www.labrindille.example/contact",
}  # fmt: skip
"""The same lab in the words of another source."""

ENCLUME = {
    "name": "Makerspace L'Enclume", "street": "3 place du Marché", "postcode": "49400", "city": "Saumur",
    "country_code": "FR", "lat": 47.2581, "lon": -0.0712, "website": "https://lenclume.example",
    "email": "bonjour@lenclume.example",
}  # fmt: skip
"""Another lab in the same town."""

DOUBTFUL = (
    ("Le Tilleul Bricoleur", "Repaire du Tilleul"), ("Fablab Orme Nord", "Fablab Orme Sud"),
    ("Atelier Bruyère", "Fablab Bruyère Numérique"), ("Sorbier", "Sorbier Bois Métal"),
    ("Noyer Robotique", "Noyer Couture"), ("Labo Osier", "Osier Makers"),
    ("Le Castor Bricoleur", "Repaire du Castor"), ("Aulne Robotique", "Aulne Couture"),
    ("Saule Textile", "Saule Vidéo"),
)  # fmt: skip
"""Names in one town, with nothing else known: whoever reads them is in doubt."""


def doubtful(**columns: Any) -> pa.Table:
    """Return pairs of listings in doubt, each pair in a town of its own; `columns` stand in every listing."""
    rows = [(f"Ville{at}", *pair) for at, pair in enumerate(DOUBTFUL)]
    one = [lab("atlas", city, name=name, city=city, country_code="FR", **columns) for city, name, _ in rows]
    two = [lab("wiki", city, name=name, city=city, country_code="FR", **columns) for city, _, name in rows]
    return listings(*one, *two)
