"""What a crawl read to what it is worth: duplicates settled, expectations tried, and the state of the source."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawlers.declaration import SourceInfo
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.reading.fields import disclosed
from crawlers.source import Reading, Source
from warehouse.schema import Listing, Rejection

# A source whose records mostly break a rule has changed; one in ten breaks one on a bad day.
_MOST_REJECTED = 0.5
# Shares of a handful of records say nothing.
_FEWEST_FOR_SHARES = 5
_NOTHING: tuple[object, ...] = (None, [], "unknown")


@dataclass(frozen=True)
class Harvest:
    """The listings and rejections of one crawl: every record read is one or the other."""

    listings: list[Listing]
    rejections: list[Rejection]

    @property
    def out_of_scope(self) -> int:
        """Return how many records the scope rule left out."""
        return sum(rejection.rule == "out_of_scope" for rejection in self.rejections)


def settled(readings: Iterable[Reading]) -> Harvest:
    """Return the rows with one listing a source key; a second record of a key is a rejection, never an overwrite.

    Pages may arrive in any order: the listing of the page with the smallest digest stays, on one page the first.
    """
    by_key: dict[str, list[tuple[str, int, Reading]]] = {}
    rejections: list[Rejection] = []
    for order, reading in enumerate(readings):
        if isinstance(reading.row, Rejection):
            rejections.append(reading.row)
        else:
            place = (reading.record.sha256 or "", order, reading)
            by_key.setdefault(reading.row.source_key, []).append(place)
    listings = []
    for places in by_key.values():
        first, *others = (reading for _, _, reading in sorted(places, key=lambda place: place[:2]))
        assert isinstance(first.row, Listing)  # noqa: S101 - narrows the type: rejections went elsewhere
        listings.append(first.row)
        rejections.extend(_duplicate(other) for other in others)
    return Harvest(listings, list(_told_apart(rejections)))


def judge(spider: Source, harvest: Harvest) -> None:
    """Return when the harvest is as the source declares it.

    Raises: CrawlFailed with what shows that the source answered less than it should, or something else.
    """
    info, found = spider.info, len(harvest.listings)
    _judge_records(spider, harvest)
    if not found:
        left_out = f", {harvest.out_of_scope} out of scope" if harvest.out_of_scope else ""
        raise CrawlFailed(Failure.EMPTY, f"no listing{left_out}")
    fewest, most = info.expectations.listings
    if not fewest <= found <= most:
        raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{found} listings, between {fewest} and {most} expected")
    if found >= _FEWEST_FOR_SHARES:
        _judge_shares(info, harvest.listings)


def judge_look(spider: Source, harvest: Harvest) -> None:
    """Return when what a look at a source found is as the source declares it, as far as one page can tell.

    Raises: CrawlFailed with what shows that the source answers something else.
    """
    found = len(harvest.listings)
    if not spider.left_out:
        judge(spider, harvest)  # the page was all there is
        return
    _judge_records(spider, harvest)
    if found >= _FEWEST_FOR_SHARES:
        wanted = {"lat": spider.info.expectations.with_coordinates, **spider.info.expectations.filled}
        for column in (column for column, share in wanted.items() if share > 0):
            if all(getattr(row, column) in _NOTHING for row in harvest.listings):
                raise CrawlFailed(Failure.SCHEMA_CHANGED, f"none of {found} listings has {column}")


def _judge_records(spider: Source, harvest: Harvest) -> None:
    found = len(harvest.listings)
    broken = len(harvest.rejections) - harvest.out_of_scope
    if gone := sorted(set(spider.reads) - spider.seen_keys) if found + len(harvest.rejections) else []:
        raise CrawlFailed(Failure.SCHEMA_CHANGED, f"no record has the field {', '.join(gone)}")
    if broken > _MOST_REJECTED * (found + broken):
        rules = Counter(f"{row.rule} of {row.field}" for row in harvest.rejections if row.rule != "out_of_scope")
        rule, count = min(rules.items(), key=lambda item: (-item[1], item[0]))
        raise CrawlFailed(Failure.SCHEMA_CHANGED, f"{broken} of {found + broken} records rejected: {count} {rule}")


def _judge_shares(info: SourceInfo, listings: list[Listing]) -> None:
    wanted = {"lat": info.expectations.with_coordinates, **info.expectations.filled}
    for column, share in wanted.items():
        filled = sum(getattr(row, column) not in _NOTHING for row in listings) / len(listings)
        if filled < share:
            told = f"{filled:.0%} of {len(listings)} listings have {column}, at least {share:.0%} expected"
            raise CrawlFailed(Failure.SCHEMA_CHANGED, told)


def _duplicate(reading: Reading) -> Rejection:
    assert isinstance(reading.row, Listing)  # noqa: S101 - as above
    return Rejection(
        source=reading.row.source,
        page=reading.record.page,
        record=reading.record.position,
        field="source_key",
        value=disclosed(reading.row.source_key),
        rule="duplicate_key",
        reason="the source lists this key twice; the first stays",
    )


def _told_apart(rejections: Iterable[Rejection]) -> Iterator[Rejection]:
    """Yield the rejections with distinct keys: a second one of a page and record is #2."""
    seen: Counter[tuple[str, str]] = Counter()
    for row in rejections:
        seen[row.page, row.record] += 1
        count = seen[row.page, row.record]
        yield row if count == 1 else row.model_copy(update={"record": f"{row.record}#{count}"})
