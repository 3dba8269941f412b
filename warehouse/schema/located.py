"""Where a listing is, as far as it can be proven."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from warehouse.schema.listing import SOURCE_PATTERN
from warehouse.schema.row import Row

GeoMethod = Literal["source", "geocoder", "street", "commune", "none"]


class Place(Row):
    """The located columns, shared by `located` and `labs`."""

    commune_code: str | None = Field(default=None, description="INSEE code of the current commune, France only.")
    arrondissement_code: str | None = Field(
        default=None, description="INSEE code of the municipal arrondissement (Paris, Lyon, Marseille)."
    )
    commune: str | None = Field(default=None, description="Name of the commune; outside France of the city.")
    departement_code: str | None = Field(default=None, description="INSEE code of the departement.")
    departement: str | None = Field(default=None, description="Name of the departement.")
    region_code: str | None = Field(default=None, description="INSEE code of the region.")
    region: str | None = Field(default=None, description="Name of the region.")
    epci_code: str | None = Field(default=None, description="SIREN of the intercommunality.")
    country_code: str | None = Field(
        default=None, description="ISO 3166-1 alpha-2; FR for the overseas territories too."
    )
    territory_code: str | None = Field(
        default=None, description="ISO 3166-1 code of the overseas territory (RE, GP, NC ...); null elsewhere."
    )
    lat: float | None = Field(default=None, ge=-90, le=90, description="Latitude, WGS84 degrees.")
    lon: float | None = Field(default=None, ge=-180, le=180, description="Longitude, WGS84 degrees.")
    geo_method: GeoMethod = Field(
        default="none", description="What lat and lon rest on: source, geocoder, street, commune (a centroid) or none."
    )
    geo_precision_m: float | None = Field(default=None, ge=0, description="Radius the lab is within, metres.")
    geo_issue: str | None = Field(
        default=None,
        description="What was repaired or could not be proven, joined by ;, in the words of gazetteer/issues.py; null "
        "when nothing.",
    )


class _ListingKey(Row):
    source: str = Field(pattern=SOURCE_PATTERN, description="Source of the listing.")
    source_key: str = Field(description="The source's own id of the lab.")


class Located(Place, _ListingKey):
    """One listing with its proven place."""

    key: ClassVar[tuple[str, ...]] = ("source", "source_key")


class GeocoderAnswer(Row):
    """What the geocoder said about one address: an input of the snapshot, kept so that a replay needs no network."""

    key: ClassVar[tuple[str, ...]] = ("query",)

    query: str = Field(
        min_length=3, max_length=200, description="Address asked: lower-case words, postcode and city last."
    )
    asked_at: datetime = Field(description="When it was asked, UTC.")
    label: str | None = Field(default=None, description="Address found, as the geocoder writes it; null for no match.")
    match_type: str | None = Field(default=None, description="housenumber, street, locality or municipality.")
    score: float | None = Field(default=None, ge=0, le=1, description="The geocoder's own likeness of both, 0-1.")
    commune_code: str | None = Field(default=None, description="INSEE code of commune or arrondissement found.")
    postcode: str | None = Field(default=None, description="Postcode found.")
    lat: float | None = Field(default=None, ge=-90, le=90, description="Latitude, WGS84 degrees.")
    lon: float | None = Field(default=None, ge=-180, le=180, description="Longitude, WGS84 degrees.")
    address_id: str | None = Field(default=None, description="Id of the address in the Base Adresse Nationale.")
