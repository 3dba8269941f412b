"""The rows of every table, and the Arrow schemas derived from them."""

from warehouse.schema.change import Change, IdBridge, RegistryEntry
from warehouse.schema.check import Check
from warehouse.schema.classification import Classification, Evidence
from warehouse.schema.departed import Departed
from warehouse.schema.lab import Assignment, Contact, Lab, LabListing
from warehouse.schema.listing import Listing
from warehouse.schema.located import GeocoderAnswer, Located
from warehouse.schema.match import Match
from warehouse.schema.page import Page
from warehouse.schema.rejection import Rejection
from warehouse.schema.row import Row, SchemaMismatch, conform, empty
from warehouse.schema.site_check import SiteCheck
from warehouse.schema.source_state import SourceState
from warehouse.schema.unanswered import UnansweredEntry
from warehouse.schema.user_error import UserError
from warehouse.schema.version import SCHEMA_VERSION

TABLES: dict[str, type[Row]] = {
    "pages": Page,
    "listings": Listing,
    "rejections": Rejection,
    "unanswered": UnansweredEntry,
    "located": Located,
    "geocoder_answers": GeocoderAnswer,
    "site_checks": SiteCheck,
    "matches": Match,
    "assignments": Assignment,
    "departed": Departed,
    "labs": Lab,
    "lab_listings": LabListing,
    "contacts": Contact,
    "classifications": Classification,
    "changes": Change,
    "id_bridge": IdBridge,
    "registry": RegistryEntry,
    "sources": SourceState,
    "checks": Check,
}
"""Every table of the lake by name."""

__all__ = [
    "SCHEMA_VERSION",
    "TABLES",
    "Assignment",
    "Change",
    "Check",
    "Classification",
    "Contact",
    "Departed",
    "Evidence",
    "GeocoderAnswer",
    "IdBridge",
    "Lab",
    "LabListing",
    "Listing",
    "Located",
    "Match",
    "Page",
    "RegistryEntry",
    "Rejection",
    "Row",
    "SchemaMismatch",
    "SiteCheck",
    "SourceState",
    "UnansweredEntry",
    "UserError",
    "conform",
    "empty",
]
