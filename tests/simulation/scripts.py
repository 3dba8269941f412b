"""The scripts: a short one, half a year told by hand, and others drawn by lot that nothing was tuned on."""

import random

from tests.simulation.incidents import KINDS, STALE_LIMIT, Incident, Script
from tests.simulation.world import FROZEN, SIZES

SHORT = Script(
    weeks=3,
    incidents=(
        Incident("cget_2019", "error_page", 1),
        Incident("fablabs_io", "shrinks", 1),
        Incident("hackerspaces_org", "forbids", 1),
        Incident("maplabbzh", "truncated", 1),
        Incident("makery", "doubles", 1),
        Incident("mulhouse", "slow", 1),
        Incident("openstreetmap", "down", 1, 2),
        Incident("cget_2019", "shrinks", 2),
        Incident("fablabs_io", "renumbers", 2),
        Incident("makery", "says_the_same", 2),
        Incident("hackerspaces_org", "loses_websites", 2),
        Incident("maplabbzh", "answers_for_others", 2),
    ),
)
"""Most incidents in few weeks: what stands in every run of the tests."""

HALF_A_YEAR = Script(
    weeks=26,
    incidents=(
        Incident("openstreetmap", "down", 2, 3),
        # a bad week: five of seven sources at once
        Incident("fablabs_io", "error_page", 3, 2),
        Incident("hackerspaces_org", "forbids", 3, 2),
        Incident("makery", "shrinks", 3),
        Incident("maplabbzh", "truncated", 3),
        Incident("makery", "doubles", 6),
        Incident("fablabs_io", "renumbers", 7),
        Incident("maplabbzh", "answers_for_others", 8),
        Incident("cget_2019", "error_page", 8, 2),
        Incident("hackerspaces_org", "loses_websites", 9, 2),
        Incident("openstreetmap", "slow", 10),
        Incident("makery", "truncated", 10),
        Incident("maplabbzh", "forbids", 10, 3),
        Incident("mulhouse", "down", 10),
        # refused until a person decides, in the ninth week, which is held
        Incident("openstreetmap", "cleans_up", 13, STALE_LIMIT + 1),
        # silent for so long that its listings run out, and back with the same labs
        Incident("makery", "hangs_up", 14, STALE_LIMIT + 2),
        Incident("fablabs_io", "shrinks", 15, 2),
        Incident("hackerspaces_org", "down", 15),
        Incident("maplabbzh", "doubles", 17),
        Incident("cget_2019", "down", 17),
        Incident("fablabs_io", "truncated", 18),
        Incident("hackerspaces_org", "hangs_up", 18),
        Incident("mulhouse", "error_page", 18, 2),
        Incident("maplabbzh", "slow", 20),
        Incident("fablabs_io", "says_the_same", 20, 2),
        Incident("maplabbzh", "renumbers", 23),
        Incident("fablabs_io", "forbids", 23),
        Incident("hackerspaces_org", "answers_for_others", 24),
    ),
)


def drawn(seed: int, weeks: int = 26) -> Script:
    """Return a script drawn by lot: every kind of incident up to three times in half a year, many in the same weeks."""
    dice = random.Random(seed)  # noqa: S311  # a story, not a secret
    kinds = [kind for kind in KINDS for _ in range(3 if kind != "cleans_up" else 1)] * max(1, weeks // 26)
    dice.shuffle(kinds)
    # long ones first: they find a place only while there is room
    kinds.sort(key=lambda kind: kind != "cleans_up")
    incidents: list[Incident] = []
    for kind in kinds:
        for _ in range(200):
            one = _drawn(dice, kind, weeks)
            if _fits(one, incidents, weeks):
                incidents.append(one)
                break
    return Script(tuple(sorted(incidents, key=lambda one: one.first)), weeks)


def _drawn(dice: random.Random, kind: str, weeks: int) -> Incident:
    source = dice.choice([source for source in SIZES if _may(source, kind)])
    match KINDS[kind].fate:
        case "believed":
            long = 1
        case "refused":
            long = STALE_LIMIT + 1 if kind == "cleans_up" else dice.randint(1, 3)
        case "unanswered":
            long = 1 if kind == "slow" else dice.choice((1, 1, 2, 3, STALE_LIMIT + 2))
    return Incident(source, kind, dice.randint(1, weeks - 2), long)


def _may(source: str, kind: str) -> bool:
    """Tell whether the source can meet the incident, and it is one: of six labs, two or all their sites are none."""
    if kind in {"doubles", "renumbers", "cleans_up"}:
        return source not in FROZEN and source not in {"mulhouse", "hackerspaces_org"}
    if kind == "says_the_same":
        return source in {"fablabs_io", "makery"}
    return kind not in {"shrinks", "loses_websites"} or source != "mulhouse"


def _fits(one: Incident, others: list[Incident], weeks: int) -> bool:
    """Tell whether the incident ends before the last week, and its source is not befallen by another meanwhile."""
    end = one.first + one.weeks
    own = [other for other in others if other.source == one.source]
    return end < weeks and all(end < other.first or other.first + other.weeks < one.first for other in own)
