"""SpaceAPI: a directory of endpoints anybody may add to, and what each lab publishes there itself."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.fields import Fields
from crawlers.reading.formats import object_of
from crawlers.reading.text import mapping
from crawlers.settings import MEBIBYTE
from crawlers.source import Output, Refused, Source

MOST_ENTRIES = 2_000
"""The directory held 250 in 2026; one of thousands is an attack on the labs it names."""


class SpaceApi(Source):
    """Endpoints of the directory that answer; versions 0.12 to 15, leniently: only what is used is judged."""

    info = SourceInfo(
        name="spaceapi",
        title="SpaceAPI directory",
        homepage="https://spaceapi.io/",
        hosts=("directory.spaceapi.io",),
        coverage="world",
        terms=Terms(
            licence="LicenseRef-spaceapi-unstated",
            attribution="each space, by its SpaceAPI endpoint",
            terms_url="https://github.com/SpaceApi/directory",
            checked_on=date(2026, 11, 1),
            fields_permitted="facts",
        ),
        scope="every endpoint that answers; an entry without an answer is counted as unanswered, not as closed, and "
        "its last good listing is kept for eight weeks",
        rank=2,
        expectations=Expectations(listings=(1, MOST_ENTRIES), with_coordinates=0.5, filled={"website": 0.5}),
        contact="https://github.com/SpaceApi/directory/issues",
    )

    is_keyed_by_entry = True

    def requests(self) -> Iterator[Request]:
        """Ask for the directory."""
        yield self.get("https://directory.spaceapi.io/")

    def parse(self, response: Response) -> Output:
        """Ask every endpoint, each once and small."""
        directory = object_of(response)
        if len(directory) > MOST_ENTRIES:
            raise CrawlFailed(Failure.HOSTILE, f"{len(directory)} entries in the directory")
        for entry, endpoint in directory.items():
            url = str(endpoint).strip()
            try:
                yield self.get_entry(
                    url if "://" in url else f"https://{url}",
                    entry,
                    self.space,
                    cb_kwargs={"entry": entry},
                    limits={"download_maxsize": MEBIBYTE, "download_timeout": 20},
                )
            except ValueError:
                self.unread.add(entry, CrawlFailed(Failure.REFUSED_ADDRESS, url))

    def space(self, response: Response, entry: str) -> Output:
        """Read the answer of one endpoint."""
        yield from self.rows(response, [{"id": entry, "answer": object_of(response)}])

    def fields(self, data: Any) -> Fields:
        """Return the columns of one space. `contact.keymasters` and every other person is never touched."""
        space = data["answer"]
        if not isinstance(space.get("space"), str):
            raise Refused("no_name", "the answer names no space, so it is no SpaceAPI document", "space")
        contact = mapping(space.get("contact"))
        location = mapping(space.get("location")) or space  # version 0.12 has address, lat and lon at the top
        return {
            "source_key": data["id"],
            "name": space["space"],
            "alt_names": [data["id"]] if data["id"] != space["space"] else [],
            "kinds": ["hackerspace"],
            "address": location.get("address"),
            "country_code": location.get("country_code"),
            "lat": location.get("lat"),
            "lon": location.get("lon"),
            "website": space.get("url"),
            "links": [contact.get(name) for name in ("facebook", "mastodon", "twitter")],
            "email": contact.get("email"),
            "phone": contact.get("phone"),
        }
