"""Listings to comparison keys: lossy, used to compare and never published."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys import text
from dedupe.keys.contacts import emails, handles, pages, phones
from dedupe.keys.frequencies import Frequencies
from dedupe.keys.names import Names, names
from dedupe.keys.places import Places, places
from dedupe.keys.text import Array, Coded, Integers
from warehouse.schema import Listing

COMPARED = (
    "name", "alt_names", "address", "street", "postcode", "city", "country_code", "lat", "lon",
    "website", "email", "phone", "links", "url", "siret", "rna",
)  # fmt: skip
"""Listing columns that matching reads; a change in any other column changes no match."""

READ = ("source", "source_key", *COMPARED)
"""The same with the key of the listing."""


@dataclass(frozen=True)
class Records:
    """Listings ready to be compared, one row a listing in the order of the table they were made from.

    Attributes:
        source: Source of each row.
        names: The names of each row, split in weighted words.
        places: Where each row is.
        site: Web page of the row: host, or host and path on a platform.
        page: The row's own page at its source, in the notation of `site`.
        link: First other page the row names, in the notation of `site`.
        mail_host: Host of the e-mail address where it is not a free-mail host.
        email: Address, when it can belong to one lab only.
        phone: Significant digits.
        handle: What the record calls itself in its web or mail address, letters and digits.
        register: SIRET or RNA number.
        followers: True for share-alike listings, on which nothing said of two others may depend.
    """

    source: Coded
    names: Names
    places: Places
    site: Coded
    page: Coded
    link: Coded
    mail_host: Coded
    email: Coded
    phone: Coded
    handle: Coded
    register: Coded
    followers: Array

    def __len__(self) -> int:
        return len(self.source.codes)


def normalize(
    listings: pa.Table, located: pa.Table | None, frequencies: Frequencies, followers: Array | None = None
) -> Records:
    """Return the comparison keys of the listings, a row each, in their order and each by itself.

    Points that stand for several places are judged by `spread.settled`.

    Args:
        listings: Any subset of the listing columns with at least source, source_key and name.
        located: Places of the same listings; where null or absent the listing's own coordinates are used.
        frequencies: How common each word is.
        followers: True for the listings that no key of another listing may depend on; null when there are none.
    """
    listings = with_all_columns(listings)
    followers = np.zeros(len(listings), dtype=bool) if followers is None else followers
    where = places(listings, located)
    site, page, link = pages(listings)
    email, mail_host, of_mail = emails(listings["email"])
    return Records(
        source=text.encode(listings["source"]),
        names=names(listings, where.city, frequencies),
        places=where,
        site=site,
        page=page,
        link=link,
        mail_host=mail_host,
        email=email,
        phone=phones(listings["phone"], listings["country_code"]),
        handle=handles(site, of_mail),
        register=text.encode(pc.coalesce(listings["siret"], listings["rna"])),
        followers=followers,
    )


def with_all_columns(listings: pa.Table) -> pa.Table:
    """Return the columns that matching reads; those the table lacks are null."""
    schema = Listing.arrow_schema()
    columns = {}
    for name in READ:
        kind = schema.field(name).type
        column = listings[name] if name in listings.column_names else pa.chunked_array([pa.nulls(len(listings), kind)])
        columns[name] = column if column.type == kind else column.cast(kind)
    return pa.table(columns)


def hashes_of(*columns: Coded) -> Integers:
    """Return one hash a row over several coded columns; -1 where any is missing."""
    result = columns[0].hashes
    for column in columns[1:]:
        result = text.mix(result, column.hashes)
    return result
