"""A source of tests: JSON arrays of labs, at addresses the test chooses, `next` followed as a crawler trap wants it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.guards.bodies.whole import json_body
from crawlers.source import Output, Source


class Probe(Source):
    """Reads what it is told to."""

    info = SourceInfo(
        name="probe",
        title="Probe",
        homepage="https://probe.example.org/",
        hosts=("www.fablabs.io",),
        coverage="FR",
        terms=Terms(
            licence="CC0-1.0", attribution="", terms_url="https://probe.example.org/", checked_on=date(2026, 11, 1)
        ),
        scope="all",
        rank=9,
        expectations=Expectations(listings=(1, 1_000_000)),
        contact="",
    )
    urls: ClassVar[list[str]] = []
    headers: ClassVar[dict[str, str]] = {}
    as_entries: ClassVar[bool] = False

    def requests(self) -> Iterator[Request]:
        for url in self.urls:
            if self.as_entries:
                yield self.get_entry(url, url, self.parse)
            else:
                yield self.get(url, headers=self.headers)

    def parse(self, response: Response) -> Output:
        answer = json_body(response)
        labs = answer["labs"] if isinstance(answer, dict) else answer
        yield from self.rows(response, labs)
        following = answer.get("next", []) if isinstance(answer, dict) else []
        for url in [following] if isinstance(following, str) else following:
            yield self.get_entry(response.urljoin(url), url, self.parse)

    def fields(self, data: Any) -> dict[str, Any]:
        return {
            "source_key": str(data["id"]),
            "name": data["name"],
            "description": data.get("description"),
            "lat": data.get("lat"),
            "lon": data.get("lon"),
            "email": data.get("email"),
        }


def labs(count: int = 5, start: int = 0) -> str:
    """Return the JSON array of some fictional labs, read by Probe and by the source fablabs_io alike."""
    return json.dumps([lab(start + number) for number in range(count)])


def lab(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Atelier Fictif {number}",
        "slug": f"atelierfictif{number}",
        "kind_name": "fab_lab",
        "address_1": f"{number} rue de l'Invention",
        "city": "Rennes",
        "postal_code": "35000",
        "country_code": "FR",
        "latitude": 48.1,
        "longitude": -1.6,
        "lat": 48.1,
        "lon": -1.6,
        "activity_status": "active",
        "description": "Un atelier ouvert à tous.",
    }
