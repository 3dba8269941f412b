"""What the pages of a directory embed for a map or for machines is data, or a changed schema."""

import pytest

from crawlers.guards.failures import CrawlFailed, Failure
from crawlers.platforms.html_directory import embedded_array, json_ld, microdata


def test_json_ld_is_found_in_graphs_and_lists_and_broken_json_is_left() -> None:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(
        '<script type="application/ld+json">{"@graph": [{"@type": "Place", "name": "A"}]}</script>'
        '<script type="application/ld+json">[{"@type": "Organization", "name": "B"}, 5]</script>'
        '<script type="application/ld+json">{"@type": "Place", </script>',
        "lxml",
    )
    assert [item["name"] for item in json_ld(page)] == ["A", "B"]


def test_microdata_is_its_content_its_link_or_its_text() -> None:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(
        '<div><span itemprop="name">Le <b>Lab</b></span><meta itemprop="postalCode" content="56000">'
        '<a itemprop="url sameAs" href="https://a.example">x</a></div>',
        "lxml",
    ).div
    assert page is not None
    found = [microdata(page, name) for name in ("name", "postalCode", "url", "telephone")]
    assert found == ["Le Lab", "56000", "https://a.example", None]


@pytest.mark.parametrize("script", ["", "var y = 1", "new vow.Map(", 'new vow.Map([{"a": 1}'])
def test_an_array_that_is_not_there_or_does_not_end_is_a_changed_schema(script: str) -> None:
    from bs4 import BeautifulSoup

    with pytest.raises(CrawlFailed) as caught:
        embedded_array(BeautifulSoup(f"<script>{script}</script>", "lxml"), "vow.Map", "https://a.example/")
    assert caught.value.failure == Failure.SCHEMA_CHANGED
