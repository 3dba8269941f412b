"""data.gouv.fr: files on fablabs, makerspaces and tiers-lieux that the catalogue search finds, each by a column map."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.data_gouv import DataGouv
from crawlers.platforms.open_files import columns, understood
from crawlers.reading.fields import Fields
from crawlers.reading.scope import folded

QUERIES = ("fablab", "makerspace", "hackerspace", "tiers-lieux")
SUBJECTS = ("fablab", "fab lab", "makerspace", "hackerspace", "tiers lieu", "tiers-lieu")
LICENCES = {"lov2", "fr-lo", "lov1"}
"""Licences of datasets that are read: their terms are the source's own, so ODbL files need a source of theirs."""
# read by sources of their own
OWN_SOURCES = ("lieux-de-mediation-numerique-",)


class DataGouvFiles(DataGouv):
    """Records that attest fabrication, of files whose title is on the subject."""

    info = SourceInfo(
        name="data_gouv",
        title="data.gouv.fr, jeux de données sur les fablabs et tiers-lieux",
        homepage="https://www.data.gouv.fr/fr/datasets/?q=fablab",
        hosts=("www.data.gouv.fr", "static.data.gouv.fr", "tabular-api.data.gouv.fr"),
        coverage="FR",
        terms=licence_ouverte("les producteurs, par data.gouv.fr", date(2026, 11, 1)),
        scope="files titled fablab, makerspace, hackerspace or tiers-lieux, under the Licence Ouverte; records that "
        "attest fabrication, by themselves or by the name of their file",
        rank=7,
        cadence="monthly",
        expectations=Expectations(listings=(1, 20_000)),
        contact="https://www.data.gouv.fr/",
    )

    is_keyed_by_entry = True

    def requests(self) -> Iterator[Request]:
        """Ask the catalogue for each subject."""
        self._taken: set[str] = set()
        for query in QUERIES:
            yield self.search(q=query)

    def chosen(self, datasets: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """Return the datasets on the subject, each once; one under other terms is counted as unanswered."""
        for dataset in super().chosen(datasets):
            slug = str(dataset.get("slug") or dataset.get("id"))
            title = folded(str(dataset.get("title")))
            if slug in self._taken or slug.startswith(OWN_SOURCES) or not any(word in title for word in SUBJECTS):
                continue
            self._taken.add(slug)
            licence = str(dataset.get("license"))
            if licence not in LICENCES:
                self.unread.leave_out(slug, CrawlFailed(Failure.BLOCKED, f"licence {licence} is not declared"))
                continue
            yield dataset

    def records(self, response: Response, label: str, kind: str) -> list[Any]:
        """Return the records of a file with its column map."""
        return list(understood(super().records(response, label, kind), label))

    def fields(self, data: Any) -> Fields:
        """Return the columns of one record."""
        return columns(data)
