"""Both languages are complete, and every word of the report is written and used."""

import re
from datetime import date
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from crawlers.guards.failures import Failure
from warehouse.gazetteer.issues import ISSUES
from warehouse.report import words
from warehouse.report.figures import POINT_DOUBTS
from warehouse.report.study import ORDER, archetypes
from warehouse.schema.change import ChangeKind, ChangeReason
from warehouse.schema.located import GeoMethod
from warehouse.schema.source_state import State

ROOM = Path(str(resources.files("warehouse.report")))
SOURCES = [*ROOM.rglob("*.py"), *ROOM.glob("templates/*"), *ROOM.glob("assets/*.js")]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
# Families whose rest is a value of the data or of a loop.
FAMILIES = tuple(
    f"{family}_"
    for family in [
        "kpi",
        "section",
        "status",
        "source",
        "robots",
        "change",
        "geo",
        "verdict",
        "field",
        "measure",
        "release",
        "edition",
        "reason",
        "failure",
        "js_status",
        "js_zoom",
        "js_finalite",
        "js_field",
        "js_by",
        "js_because",
        "js_change",
        "js_issue",
    ]
)


def test_both_languages_are_written_and_take_the_same_values() -> None:
    for key, texts in words.catalogue().items():
        french, english = (sorted(re.findall(r"\{(\w+)\}", texts[language])) for language in words.LANGUAGES)
        assert french == english and all(text.strip() for text in texts.values()), key


def test_no_word_is_written_in_vain() -> None:
    unused = [
        key
        for key in words.catalogue()
        if not key.startswith(FAMILIES) and not re.search(rf"""["'](js_)?{key.removeprefix("js_")}["']""", TEXT)
    ]
    assert unused == []


def test_every_word_of_a_template_or_a_script_is_written() -> None:
    in_templates = set(re.findall(r'\bt\("(\w+)"[,)]', TEXT))
    in_scripts = {f"js_{name}" for name in re.findall(r'\b(?:say|fact)\("(\w+)"[,)]', TEXT)}
    assert sorted((in_templates | in_scripts) - set(words.catalogue())) == []


def test_the_words_of_other_rooms_have_a_plain_word_here() -> None:
    written = set(words.catalogue())
    assert {f"failure_{failure.value}" for failure in Failure} <= written
    assert {f"js_issue_{issue}" for issue in ISSUES} == {key for key in written if key.startswith("js_issue_")}
    assert set(ISSUES) >= POINT_DOUBTS
    assert {f"change_{kind}" for kind in get_args(ChangeKind)} <= written
    assert {f"reason_{reason}" for reason in get_args(ChangeReason)} <= written
    assert {f"source_{state}" for state in get_args(State)} <= written
    assert {f"geo_{method}" for method in get_args(GeoMethod)} <= written


def test_each_language_writes_numbers_and_dates_its_own_way() -> None:
    assert words.shown(1234567) == '<span lang="fr">1\u202f234\u202f567</span><span lang="en">1,234,567</span>'
    assert words.shown(12) == "12"
    assert words.shown(None) == "–"
    assert words.share(0.875) == '<span lang="fr">87,5\u202f%</span><span lang="en">87.5%</span>'
    assert "12 oct. 2026" in words.shown(date(2026, 10, 12))


def test_an_unknown_value_is_shown_as_it_is_and_escaped() -> None:
    assert words.known("change", "<b>new") == "&lt;b&gt;new"


def test_a_word_nobody_wrote_stops_the_page() -> None:
    with pytest.raises(KeyError):
        words.both("no_such_word")


def test_every_archetype_has_its_own_colour_shape_and_texts() -> None:
    known = archetypes()
    assert tuple(known) == ORDER
    assert len({a.colour for a in known.values()}) == len({a.shape for a in known.values()}) == 7
    assert all(text for a in known.values() for texts in (a.name, a.short, a.said, a.read) for text in texts.values())
