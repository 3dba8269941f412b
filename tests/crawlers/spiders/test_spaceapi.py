"""SpaceAPI: strangers' endpoints are asked small and once, and one that is silent closes no lab."""

from crawlers.settings import MEBIBYTE
from tests.crawlers.frozen import frozen_pages, read


def test_every_endpoint_is_asked_once_and_small() -> None:
    _, *entries = read("spaceapi", frozen_pages("spaceapi")).asked
    assert len({request.url for request in entries}) == len(entries) == 10
    for request in entries:
        assert request.meta["download_maxsize"] == MEBIBYTE
        assert request.meta["download_timeout"] <= 20
        assert request.meta["max_retry_times"] <= 1


def test_an_endpoint_that_does_not_answer_is_counted_and_no_lab_is_called_closed() -> None:
    found = read("spaceapi", frozen_pages("spaceapi"))
    silent = {"Empty", "Login", "List", "Gone", "Silent"}
    assert set().union(*found.spider.unread.entries.values()) == silent
    assert not silent & {row.source_key for row in found.harvest.listings}
    assert not silent & {row.record for row in found.harvest.rejections}
    rows = {row.source_key: row for row in found.spider.unread.rows("spaceapi")}
    assert rows.keys() == silent
    assert (rows["Gone"].failure, rows["Gone"].evidence) == ("gone", "HTTP 404 from https://gone.example/api")
    # what is open today is the door, not the lab: `state.open` is false in the frozen answer of version 0.12
    assert {row.status for row in found.harvest.listings} == {"unknown"}
