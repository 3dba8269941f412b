"""The national catalogue of médiation numérique: producers' files only, each at the address that stays."""

from typing import Any

from tests.crawlers.frozen import Frozen, frozen_pages, read

DATASETS = "https://www.data.gouv.fr/api/1/datasets/"
ORGANISATION = "cartographie-nationale-des-lieux-de-mediation-numerique"


def dataset(tail: str, **more: Any) -> dict[str, Any]:
    slug = f"lieux-de-mediation-numerique-sur-le-territoire-{tail}"
    dated = f"https://static.data.gouv.fr/resources/x/20260301-{tail}.json"
    return {
        "id": tail,
        "slug": slug,
        "archived": None,
        "resources": [{"id": tail, "format": "json", "url": dated}],
    } | more


def test_what_other_sources_say_is_not_read_once_more_from_the_national_catalogue(frozen: Frozen) -> None:
    datasets = [
        dataset("national-fournis-par-france-tiers-lieux"),
        dataset("auvergne-rhone-alpes-fournis-par-hinaura-1"),
        dataset("national-fournis-par-la-cartographie-nationale"),
        dataset("lyon-fournis-par-res-in", archived="2025-01-01T00:00:00"),
        dataset("gironde-fournis-par-gironde-2"),
    ]
    frozen.add(f"{DATASETS}?page_size=50&organization={ORGANISATION}", {"data": datasets, "next_page": None})
    asked = [request.url for request in read("mediation_numerique", frozen).asked]
    assert asked[1:] == [f"{DATASETS}r/gironde-fournis-par-gironde-2"]


def test_the_pages_of_the_catalogue_are_followed_to_the_last() -> None:
    asked = [request.url for request in read("mediation_numerique", frozen_pages("mediation_numerique")).asked]
    assert [url for url in asked if "organization=" in url and "page=2" in url]
