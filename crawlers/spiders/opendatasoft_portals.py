"""Opendatasoft portals of regions and cities: datasets on fablabs and tiers-lieux that their catalogues find."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.open_files import columns, understood
from crawlers.platforms.opendatasoft import EXPORT, LARGEST, unwrapped
from crawlers.reading.fields import Fields
from crawlers.reading.formats import array_of, object_of, total_of
from crawlers.reading.scope import folded
from crawlers.reading.text import mapping, sequence
from crawlers.source import Output, Source

DOMAINS = ("data.iledefrance.fr", "opendata.paris.fr", "data.nantesmetropole.fr", "data.rennesmetropole.fr",
           "opendata.bordeaux-metropole.fr", "data.toulouse-metropole.fr", "data.laregion.fr",
           "data.mulhouse-alsace.fr", "data.maine-et-loire.fr", "www.herault-data.fr")  # fmt: skip
SUBJECTS = ("fablab", "fab lab", "makerspace", "hackerspace", "tiers lieu", "tiers-lieu")
SEARCH = 'search("fablab") or search("makerspace") or search("tiers-lieux")'
LICENCES = ("licence ouverte", "open licence", "etalab")


class OpendatasoftPortals(Source):
    """Records that attest fabrication, of datasets whose title is on the subject."""

    info = SourceInfo(
        name="opendatasoft_portals",
        title="Portails Opendatasoft des collectivités",
        homepage="https://data.opendatasoft.com/",
        hosts=DOMAINS,
        coverage="FR",
        terms=licence_ouverte("les collectivités, par leurs portails", date(2026, 11, 1)),
        scope="datasets titled fablab, makerspace, hackerspace or tiers-lieux, under the Licence Ouverte; records that "
        "attest fabrication, by themselves or by the title of their dataset",
        rank=7,
        cadence="monthly",
        expectations=Expectations(listings=(1, 20_000)),
        contact="https://data.opendatasoft.com/",
    )

    is_keyed_by_entry = True

    def requests(self) -> Iterator[Request]:
        """Ask the catalogue of each portal; one that is away is counted, and the others go on."""
        for domain in DOMAINS:
            yield self.search(domain)

    def search(self, domain: str, offset: int = 0) -> Request:
        """Return the request for the datasets of a portal from an offset on."""
        query = urlencode({"where": SEARCH, "limit": 100, **({"offset": offset} if offset else {})})
        url = f"https://{domain}/api/explore/v2.1/catalog/datasets?{query}"
        return self.get_entry(url, domain, partial(self.catalogue, domain=domain, offset=offset))

    def catalogue(self, response: Response, domain: str, offset: int) -> Output:
        """Ask for the export of each dataset on the subject, and for the next page: one holds 100 at most."""
        answer = object_of(response)
        if not isinstance(answer.get("results"), list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no results in the answer")
        for result in map(mapping, answer["results"]):
            about = mapping(mapping(result.get("metas")).get("default"))
            if not any(word in folded(str(about.get("title"))) for word in SUBJECTS):
                continue
            label = f"{domain}/{result.get('dataset_id')}"
            if not any(word in folded(str(about.get("license"))) for word in LICENCES):
                self.unread.leave_out(
                    label, CrawlFailed(Failure.BLOCKED, f"licence {about.get('license')} is not declared")
                )
                continue
            url = EXPORT.format(domain=domain, dataset=result.get("dataset_id"), format="json")
            yield self.get_entry(url, label, partial(self.export, label=label), limits={"download_maxsize": LARGEST})
        following = offset + len(answer["results"])
        if answer["results"] and following < total_of(response, answer, "total_count"):
            yield self.search(domain, following)

    def export(self, response: Response, label: str) -> Output:
        """Read the records of a dataset by its column map."""
        records = [unwrapped(record) for record in sequence(array_of(response))]
        yield from self.rows(response, understood(records, label))

    def fields(self, data: Any) -> Fields:
        """Return the columns of one record."""
        return columns(data)
