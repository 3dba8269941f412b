"""A listing that is gone, as it was last seen, and the lab it was: so that an id returns with its lab."""

from datetime import date

from pydantic import Field, create_model

from warehouse.schema.lab import LAB_ID_PATTERN
from warehouse.schema.listing import Listing
from warehouse.schema.row import Row

# No e-mail and no phone: contacts stay erasable.
_KEPT = (
    "source", "source_key", "name", "alt_names", "address", "street", "postcode", "city", "country_code", "lat", "lon",
    "website", "links", "url", "siret", "rna",
)  # fmt: skip


class _Leaving(Row):
    lab_id: str = Field(pattern=LAB_ID_PATTERN, description="Lab the listing belonged to.")
    last_seen: date = Field(description="Monday of the last week it was listed.")


Departed = create_model(
    "Departed",
    __base__=Row,
    __doc__="One listing of a past week that no source gives any more.",
    **(  # type: ignore[call-overload]  # create_model takes the fields as keywords; mypy sees only a dict
        {name: (Listing.model_fields[name].annotation, Listing.model_fields[name]) for name in _KEPT}
        | {name: (info.annotation, info) for name, info in _Leaving.model_fields.items()}
    ),
)
Departed.key = ("source", "source_key", "lab_id")
