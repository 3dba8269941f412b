"""uMap: the layers of one map, each by its uuid, those that point at data elsewhere too."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.files import point
from crawlers.reading.fields import Fields
from crawlers.reading.formats import object_of
from crawlers.reading.links import web_addresses
from crawlers.reading.text import mapping, plain, sequence
from crawlers.source import Output, Source, key_of

MOST_LAYERS = 50
_LINK = re.compile(r"\[\[([^\]|]*)(?:\|([^\]]*))?\]\]")
_IMAGE = re.compile(r"\{\{\{?[^{}]*\}?\}\}")


class UMap(Source):
    """A source that is one map; a record is one feature with the name of its layer."""

    instance: ClassVar[str] = "https://umap.openstreetmap.fr"
    map_id: ClassVar[int]

    def requests(self) -> Iterator[Request]:
        """Ask for the map, which names its layers."""
        yield self.get(f"{self.instance}/fr/map/{self.map_id}/geojson/")

    def parse(self, response: Response) -> Output:
        """Ask for each layer; a map without layers, or whose layers are gone, has failed."""
        layers = mapping(object_of(response).get("properties")).get("datalayers")
        if not isinstance(layers, list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no datalayers")
        found = list(_flat(layers))[:MOST_LAYERS]
        if not found:
            raise CrawlFailed(Failure.EMPTY, f"{response.url}: a map without layers")
        for layer in found:
            url = f"{self.instance}/fr/datalayer/{self.map_id}/{layer['id']}/"
            name = str(layer.get("name") or layer["id"])
            yield self.get(url, partial(self.layer, name=name))

    def layer(self, response: Response, name: str) -> Output:
        """Read the features of a layer, or ask for those it shows from elsewhere."""
        collection = object_of(response)
        options = mapping(collection.get("_umap_options")) or mapping(collection.get("properties"))
        remote = mapping(options.get("remoteData")).get("url")
        if sequence(collection.get("features")):
            yield from self.features(response, name=name)
        elif isinstance(remote, str) and remote and "{" not in remote:
            # the address is the map maker's, so it may lead anywhere: the address guard sees it first
            yield self.get_entry(remote, name, partial(self.features, name=name))

    def features(self, response: Response, name: str) -> Output:
        """Read the features of a collection."""
        features = object_of(response).get("features")
        if not isinstance(features, list):
            raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{response.url}: no features")
        yield from self.rows(response, ({"layer": name, "feature": feature} for feature in features))

    def keys(self, data: Any) -> Iterable[str]:
        """Return the property names of a feature."""
        return mapping(mapping(data["feature"]).get("properties"))

    def fields(self, data: Any) -> Fields:
        """Return the columns every feature has: name, text, point, and the first link of the text."""
        properties = mapping(data["feature"].get("properties"))
        lat, lon = point(data["feature"])
        text = properties.get("description")
        return {
            "source_key": key_of(properties.get("name"), data["layer"]),
            "url": f"{self.instance}/fr/map/{self.map_id}",
            "name": properties.get("name"),
            "kinds": [data["layer"]],
            "description": without_wiki(text) if isinstance(text, str) else None,
            "lat": lat,
            "lon": lon,
            "website": [link for match in _LINK.finditer(str(text or "")) for link in web_addresses(match[1])],
        }


def without_wiki(text: str) -> str | None:
    """Return a text of uMap's wiki markup as plain text: links by what they show, images left out."""
    shown = _LINK.sub(lambda match: match[2] or match[1], _IMAGE.sub("", text))
    return plain(re.sub(r"\*{2,}|^#{1,3}\s*|^---+$", "", shown, flags=re.M))


def _flat(layers: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the layers of a tree, groups before what is in them."""
    for layer in map(mapping, layers):
        if layer.get("id") is not None:
            yield layer
        yield from _flat(sequence(layer.get("children")))
