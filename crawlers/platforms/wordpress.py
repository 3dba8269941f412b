"""WordPress: a list a plugin serves under /wp-json/, wrapped in an object under a name of its own."""

from typing import ClassVar

from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.files import OneFile
from crawlers.reading.formats import object_of
from crawlers.source import Output


class JsonList(OneFile):
    """A source that is one JSON object holding one list; a record is one member of it."""

    list_key: ClassVar[str]

    def parse(self, response: Response) -> Output:
        """Read the list."""
        answer = object_of(response)
        records = answer.get(self.list_key)
        if not isinstance(records, list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no list {self.list_key} in the answer")
        yield from self.rows(response, records)
