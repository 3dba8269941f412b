"""YesWiki Bazar: the entries of a form, from ?api/forms/<id>/entries."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.fields import Fields
from crawlers.reading.formats import json_of
from crawlers.reading.text import one_line
from crawlers.source import Output, Source

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class YesWikiForm(Source):
    """A source that is one Bazar form; which of its ids mean what is the source's to say."""

    wiki: ClassVar[str]
    """Address of the wiki, with its slash."""
    form: ClassVar[int]

    def requests(self) -> Iterator[Request]:
        """Ask for the entries."""
        yield self.get(f"{self.wiki}?api/forms/{self.form}/entries", limits={"download_maxsize": 64 << 20})

    def parse(self, response: Response) -> Output:
        """Read the entries: an object by page name, or a list in older wikis."""
        answer = json_of(response)
        entries = list(answer.values()) if isinstance(answer, dict) else answer
        if not isinstance(entries, list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no entries")
        if not entries:
            raise CrawlFailed(Failure.EMPTY, f"{response.url}: no entries")
        yield from self.rows(response, entries)

    def position(self, data: Any) -> str | None:
        """Return the page name of an entry."""
        name = data.get("id_fiche") if isinstance(data, dict) else None
        return name if isinstance(name, str) and name else None

    def fields(self, data: Any) -> Fields:
        """Return the columns of the fields Bazar forms are commonly made of."""
        days = (f"{day} {text}" for day in DAYS if (text := one_line(data.get(f"ouv_{day}"))))
        return {
            "source_key": data["id_fiche"],
            "url": f"{self.wiki}?{data['id_fiche']}",
            "name": data.get("bf_titre"),
            "street": data.get("bf_adresse1") or data.get("bf_adresse"),
            "postcode": data.get("bf_code_postal"),
            "city": data.get("bf_ville"),
            "lat": data.get("bf_latitude"),
            "lon": data.get("bf_longitude"),
            "website": data.get("bf_site_internet"),
            "email": data.get("bf_mail"),
            "phone": data.get("bf_tel"),
            "description": data.get("bf_info_div") or data.get("bf_resume"),
            "opening_hours": "; ".join(days),
            "siret": data.get("bf_siret"),
            "updated_on": data.get("date_maj_fiche"),
        }


def choices(value: Any) -> list[str]:
    """Return the ids ticked in a checkbox field: "5,11"."""
    return [part.strip() for part in str(value or "").split(",") if part.strip()]
