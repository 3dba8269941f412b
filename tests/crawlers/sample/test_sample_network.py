"""The definition of the sample is whole, plainly fictional, and holds what it promises."""

import re
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pytest

from crawlers.guards.personal_data.emails import addresses
from crawlers.sample.network import NETWORK, SOURCES, Network
from crawlers.sample.report import README, with_tables

REAL = Path(__file__).parents[4] / "shared" / "data" / "gold" / "lab_listings.parquet"
NETWORK_OF_THE_FILE = Network.read()
LAST = NETWORK_OF_THE_FILE.weeks[-1]
# ARCEP's ranges for works of fiction, and those of the Bundesnetzagentur
FICTIONAL_LINE = re.compile(r"^\+(?:33(?:19900|26191|35301|46571|53649|63998)\d{4}|49(?:6990009|3023125|17139200)\d+)$")


@pytest.fixture
def network() -> Network:
    return NETWORK_OF_THE_FILE


def test_weeks_follow_one_another(network: Network) -> None:
    numbers = [int(week.rpartition("W")[2]) for week in network.weeks]
    assert len(numbers) == 3
    assert all(later - earlier == 1 for earlier, later in pairwise(numbers))


@pytest.mark.parametrize("week", NETWORK_OF_THE_FILE.weeks)
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_serves_listings_every_week_each_under_its_own_key(
    network: Network, source: str, week: str
) -> None:
    keys = [row.source_key for row in network.served(source, week)]
    assert len(keys) >= 3
    assert len(set(keys)) == len(keys)


def test_all_six_archetypes_occur_and_labs_too_thin_for_one(network: Network) -> None:
    given = list(network.archetypes(LAST).values())
    assert set(given) == {"1", "2", "3", "4", "5", "6", "unclassified"}
    assert min(given.count(archetype) for archetype in set(given)) >= 4


def test_labs_are_listed_by_one_to_four_sources(network: Network) -> None:
    counts = {len({source for source, _ in group}) for group in network.groups(LAST).values()}
    assert counts == {1, 2, 3, 4}


def test_a_failed_source_keeps_its_last_listings_in_the_expected_labs(network: Network) -> None:
    fault_week = next(week for week in network.weeks if network.fault("openstreetmap", week))
    assert network.read_from("openstreetmap", fault_week) == network.weeks[network.weeks.index(fault_week) - 1]
    assert any(source == "openstreetmap" for group in network.groups(fault_week).values() for source, _ in group)


def test_events_agree_with_the_labs_of_their_week(network: Network) -> None:
    for event in network.events:
        before = network.groups(network.weeks[network.weeks.index(event.week) - 1])
        now = network.groups(event.week)
        is_gone, is_new = event.lab not in now, event.lab not in before
        assert is_gone == bool({"removed", "merged_into"} & set(event.changes)), event
        assert is_new == bool({"added", "restored", "split_from"} & set(event.changes)), event
        assert event.other is None or event.other in now


def test_labs_come_and_go_by_an_event_only(network: Network) -> None:
    for earlier, later in pairwise(network.weeks):
        assert set(network.groups(earlier)) ^ set(network.groups(later)) <= set(network.changes(later))


def test_listings_change_labs_by_a_merge_or_a_split_only(network: Network) -> None:
    for earlier, later in pairwise(network.weeks):
        of = {key: slug for slug, group in network.groups(earlier).items() for key in group}
        now = {key: slug for slug, group in network.groups(later).items() for key in group}
        moved = {(of[key], now[key]) for key in of.keys() & now.keys() if of[key] != now[key]}
        told = {(e.lab, e.other) if "merged_into" in e.changes else (e.other, e.lab) for e in network.events if e.other}
        reused = {("scorff", "rhuys")}
        assert moved <= told | reused


def test_every_domain_is_reserved_or_that_of_a_source() -> None:
    hosts = re.findall(r"https?://+\s*(?:http://)?([^/\s\"']+)", NETWORK.read_text(encoding="utf-8"))
    hosts += re.findall(r"\"(www\.[^/\"]+)", NETWORK.read_text(encoding="utf-8"))
    assert len(hosts) > 80
    assert [host for host in hosts if not host.endswith(".example")] == []


def test_every_email_address_is_at_a_reserved_domain() -> None:
    found = [address for address, _ in addresses(NETWORK.read_text(encoding="utf-8"))]
    assert len(found) > 50
    assert [address for address in found if not address.endswith(".example")] == []


def test_every_telephone_number_is_from_a_range_set_aside_for_fiction(network: Network) -> None:
    texts = re.findall(r"[\"'](?:[^\"'\n]*)[\"']", NETWORK.read_text(encoding="utf-8"))
    numbers = {
        phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        for text in texts
        if "http" not in text and "about" not in text
        for match in phonenumbers.PhoneNumberMatcher(text, "FR", leniency=phonenumbers.Leniency.VALID)
    }
    assert len(numbers) > 30
    assert sorted(number for number in numbers if not FICTIONAL_LINE.match(number)) == []


def test_readme_tables_are_those_of_the_network(network: Network) -> None:
    text = README.read_text(encoding="utf-8")
    assert with_tables(text, network) == text, "run python -m crawlers.sample.build"
    assert all(event.lab in text for event in network.events)


@pytest.mark.shared
def test_no_name_is_that_of_a_real_lab(network: Network) -> None:
    if not REAL.exists():
        pytest.skip(f"{REAL} is absent")
    import pyarrow.parquet as pq

    real = {_letters(name) for name in pq.read_table(REAL, columns=["name"])["name"].to_pylist() if name}
    ours = {_letters(row.facts["name"]) for week in network.weeks for s in SOURCES for row in network.served(s, week)}
    assert ours & real <= {""}


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
