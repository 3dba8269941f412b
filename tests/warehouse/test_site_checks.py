"""Looks at home pages are shared out over the weeks, and what they show counts for the labs whose page it is."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from tests.warehouse.fabricate import W40, W41, lab_id, listing, table
from warehouse import site_checks
from warehouse.archetypes.classify import classify
from warehouse.lake import Lake
from warehouse.site_checks import added, confirmed, due, known_before, with_home_pages

DAY = date(2026, 10, 14)
A, B, C = (lab_id(name) for name in "abc")


def labs(**websites: str | None) -> pa.Table:
    rows = [{"lab_id": lab_id(name), "name": name, "website": website} for name, website in websites.items()]
    return table("labs", rows)


def look(name: str, website: str, on: date = DAY, **columns: Any) -> dict[str, Any]:
    return {"lab_id": lab_id(name), "website": website, "checked_on": on, "status": 200} | columns


def known(*rows: dict[str, Any]) -> pa.Table:
    return table("site_checks", rows)


LABS = labs(a="https://a.example/", b="https://b.example/", c=None)


def test_a_page_never_seen_comes_first_and_one_seen_this_month_not_at_all() -> None:
    assert due([LABS], known(), DAY) == sorted([(A, "https://a.example/"), (B, "https://b.example/")])
    month_ago, lately = DAY - timedelta(days=28), DAY - timedelta(days=27)
    seen = known(look("a", "https://a.example/", month_ago), look("b", "https://b.example/", lately))
    assert due([LABS], seen, DAY) == [(A, "https://a.example/")]
    moved = labs(a="https://a.example/", b="https://b.example/new")
    assert due([moved], seen, DAY) == [(B, "https://b.example/new"), (A, "https://a.example/")]


def test_a_slice_is_bounded_and_a_second_run_of_the_week_does_not_enlarge_it() -> None:
    many = labs(**{f"n{number}": f"https://n{number}.example/" for number in range(9)})
    first = due([many], known(), DAY, most=4)
    assert len(first) == 4
    seen = table("site_checks", [{"lab_id": lab, "website": url, "checked_on": DAY} for lab, url in first])
    assert due([many], seen, DAY + timedelta(days=1), most=4) == []
    second = due([many], seen, DAY + timedelta(weeks=1), most=4)
    assert len(second) == 4
    assert not set(second) & set(first)


def test_the_website_of_every_edition_is_looked_at() -> None:
    both = due([LABS, labs(a="https://other.example/")], known(), DAY)
    assert {url for lab, url in both if lab == A} == {"https://a.example/", "https://other.example/"}


def test_the_newest_look_counts_and_websites_labs_no_longer_have_are_forgotten() -> None:
    before = known(look("a", "https://a.example/", failure="gone"), look("b", "https://old.example/"))
    found = added(before, known(look("a", "https://a.example/", DAY + timedelta(days=28))), [LABS])
    assert [(row["lab_id"], row["failure"]) for row in found.to_pylist()] == [(A, None)]


def test_a_site_that_answers_confirms_its_lab_but_no_closed_one_nor_by_a_parked_or_moved_site() -> None:
    rows = [
        {"lab_id": lab_id(name), "name": name, "website": f"https://{name}.example/"} | more
        for name, more in {
            "alive": {"last_confirmed_on": date(2026, 9, 1), "status_evidence": "still_listed", "confirmed_by": "x"},
            "fresher": {"last_confirmed_on": DAY + timedelta(days=2), "confirmed_by": "x"},
            "unknown": {},
            "closed": {"status": "closed"},
            "parked": {},
            "moved": {},
            "gone": {},
            "other": {},
        }.items()
    ]
    seen = known(
        *(look(name, f"https://{name}.example/") for name in ("alive", "fresher", "unknown", "closed")),
        look("parked", "https://parked.example/", is_parked=True),
        look("moved", "https://moved.example/", is_moved=True),
        look("gone", "https://gone.example/", status=404, failure="gone"),
        look("other", "https://not-its-site.example/"),
    )
    found = confirmed(table("labs", rows), seen)
    days = dict(zip(found["name"].to_pylist(), found["last_confirmed_on"].to_pylist(), strict=True))
    assert days == {"alive": DAY, "fresher": DAY + timedelta(days=2), "unknown": DAY} | dict.fromkeys(
        ("closed", "parked", "moved", "gone", "other")
    )
    by = dict(zip(found["name"].to_pylist(), found["confirmed_by"].to_pylist(), strict=True))
    assert (by["alive"], by["unknown"], by["fresher"], by["gone"]) == ("lab_websites", "lab_websites", "x", None)
    assert found["status_evidence"].to_pylist().count("site_answers") == 2
    assert found.schema.equals(table("labs", rows).schema)


def test_the_head_of_a_page_is_evidence_on_the_archetype_of_the_labs_that_name_it() -> None:
    said = {"title": "FabLab de l'université de Die", "description": "Le fablab de l'école d'ingénieurs, ses étudiants"}
    listings = table("listings", [listing("network", "a", name="Le Lieu", website="https://a.example/")])
    listings = listings.append_column("lab_id", pa.array([A]))
    heard = with_home_pages(
        listings, known(look("a", "https://a.example/", **said), look("b", "https://a.example/", **said))
    )
    assert heard.num_rows == 2
    assert heard.schema.equals(listings.schema)
    (before,), (after,) = classify(listings).to_pylist(), classify(heard).to_pylist()
    assert before["archetype"] == "unclassified"
    assert after["archetype"] != "unclassified"
    assert site_checks.SOURCE in {cue["source"] for cue in after["evidence"]}


def test_a_page_that_says_nothing_or_is_named_by_no_listing_is_no_evidence() -> None:
    listings = table("listings", [listing("network", "a", website="https://a.example/")])
    listings = listings.append_column("lab_id", pa.array([A]))
    silent = known(
        look("a", "https://a.example/"),
        look("a", "https://elsewhere.example/", title="FabLab"),
    )
    assert with_home_pages(listings, silent).equals(listings)


def test_a_week_counts_what_was_seen_before_it(tmp_path: Any) -> None:
    lake = Lake(tmp_path)
    assert known_before(lake, W41).num_rows == 0
    lake.write("site_checks", W40, known(look("a", "https://a.example/")))
    assert known_before(lake, W40).num_rows == 0
    assert known_before(lake, W41).num_rows == 1
    assert known_before(lake, W41.plus(9)).num_rows == 1
