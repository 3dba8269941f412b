"""Entries without an answer are told one by one, where a source's keys say which listings would have been theirs."""

import pytest

from crawlers.catalogue import sources, spider
from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.unread import Unread
from tests.crawlers.frozen import frozen_pages, read

KEYED = [info.name for info in sources() if spider(info.name).is_keyed_by_entry]
SILENT = CrawlFailed(Failure.TIMED_OUT, "no answer from a.b@example.org in 20 s")


def unread(*labels: str, left_out: str | None = None) -> set[str]:
    found = Unread()
    for label in labels:
        found.add(label, SILENT)
    if left_out:
        found.leave_out(left_out, CrawlFailed(Failure.BLOCKED, "licence odbl is not declared"))
    return {row.source_key for row in found.rows("portals")}


@pytest.mark.parametrize("source", KEYED)
def test_an_entrys_label_is_its_listings_key_or_what_their_keys_begin_with(source: str) -> None:
    found = read(source, frozen_pages(source))
    labels = [request.errback.args[0] for request in found.asked if len(getattr(request.errback, "args", ())) == 1]
    assert labels
    for row in found.harvest.listings:
        assert any(row.source_key == label or row.source_key.startswith(f"{label}/") for label in labels), (
            row.source_key
        )


def test_the_directories_are_known_by_their_entries() -> None:
    assert KEYED == ["spaceapi", "data_gouv", "opendatasoft_portals"]


def test_a_file_that_a_rule_leaves_out_is_counted_and_has_no_row() -> None:
    found = read("opendatasoft_portals", frozen_pages("opendatasoft_portals")).spider.unread
    told = set().union(*found.entries.values())
    assert told - {row.source_key for row in found.rows("opendatasoft_portals")} == {"data.iledefrance.fr/odbl"}
    assert unread("a", left_out="b") == {"a"}
    assert unread("portal", "port", left_out="portal/odbl") == {"port"}, "nothing of the portal hides the file"


def test_a_label_is_cleaned_as_a_key_is_and_one_that_can_be_no_key_has_no_row() -> None:
    assert unread(" Le Lab\u200b", "Le Lab", "", "\u200b", "x" * 301) == {"Le Lab"}


def test_evidence_is_short_and_names_nobody() -> None:
    found = Unread()
    found.add("a", CrawlFailed(Failure.ERROR_PAGE, "Contact : Claire Martin, c.martin@example.org"))
    found.add("b", CrawlFailed(Failure.ERROR_PAGE, "x" * 299))
    person, long = found.rows("portals")
    assert (person.failure, person.listings_week, person.is_kept) == ("error_page", None, False)
    assert "Martin" not in str(person.evidence)
    assert "@" not in str(person.evidence)
    assert len(str(long.evidence)) <= 200
