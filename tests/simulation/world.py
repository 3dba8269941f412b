"""A seed to what every source truly lists in every week: labs open, close, are renamed, and change sources."""

import random
from collections.abc import Iterator

from crawlers.sample.network import Facts, Listed
from tests.simulation.incidents import Script
from tests.simulation.labs import is_breton, labs
from tests.simulation.shapes import listed, own_key

SIZES = {
    "fablabs_io": 110,
    "openstreetmap": 80,
    "hackerspaces_org": 45,
    "makery": 60,
    "cget_2019": 50,
    "maplabbzh": 25,
    "mulhouse": 6,
}
"""Listings each source has in the first week."""
FROZEN = {"cget_2019"}
_LEAVING, _COMING, _EDITED, _RENAMED = 0.006, 0.008, 0.02, 0.003
"""Share of a source's listings that leave and come in a week, and of labs that are edited and renamed."""
_SHARED = 0.5
"""Of the labs a source lists, so many are known to others."""


class World:
    """The labs and who lists them, week by week; nothing in it is random but by its seed."""

    def __init__(self, seed: int, script: Script) -> None:
        self._dice = random.Random(seed)  # noqa: S311  # a story, not a secret
        self._unborn = labs(self._dice)
        self._facts: dict[str, Facts] = {}
        self._keys: dict[str, dict[str, str]] = {source: {} for source in SIZES}
        self._next_key = 1000
        for source, size in SIZES.items():
            for _ in range(size):
                self._add(source)
        self._weeks = [self._seen()]
        for week in range(1, script.weeks):
            self._live()
            for source in SIZES:
                incident = script.of(source, week)
                if incident is not None and incident.first == week:
                    self._befall(source, incident.kind)
            self._weeks.append(self._seen())

    def listings(self, source: str, week: int) -> list[Listed]:
        """Return what a source truly lists in a week."""
        return self._weeks[week][source]

    def strangers(self, count: int) -> list[Facts]:
        """Return labs that no source lists, for a source that answers with somebody else's records."""
        other = labs(random.Random(count))  # noqa: S311  # as above
        return [next(other) for _ in range(count)]

    def _seen(self) -> dict[str, list[Listed]]:
        before = self._weeks[-1] if hasattr(self, "_weeks") else None
        return {source: before[source] if before and source in FROZEN else list(self._rows(source)) for source in SIZES}

    def _rows(self, source: str) -> Iterator[Listed]:
        for slug, key in self._keys[source].items():
            facts = listed(source, self._facts[slug], key)
            yield Listed(source, own_key(source, facts), slug, facts)

    def _live(self) -> None:
        for slug in list(self._facts):
            lot = self._dice.random()
            facts = self._facts[slug]
            if lot < _RENAMED:
                self._facts[slug] = facts | {"name": f"{facts['name']} – {self._dice.choice(('Nord', 'Sud', 'Gare'))}"}
            elif lot < _RENAMED + _EDITED:
                self._facts[slug] = facts | {
                    "about": f"{facts['about']} Nouveaux horaires: {self._dice.randint(8, 11)} h."
                }
        for source in (source for source in SIZES if source not in FROZEN):
            keys = self._keys[source]
            for slug in [slug for slug in keys if self._dice.random() < _LEAVING]:
                del keys[slug]
            for _ in range(sum(self._dice.random() < _COMING for _ in range(SIZES[source]))):
                self._add(source)

    def _befall(self, source: str, kind: str) -> None:
        keys = self._keys[source]
        if kind == "doubles":
            for _ in range(len(keys)):
                self._add(source, is_new=True)
        elif kind == "renumbers":
            for slug in keys:
                keys[slug] = self._key(source, slug)
        elif kind == "cleans_up":
            for slug in self._dice.sample(sorted(keys), int(len(keys) * 0.35)):
                del keys[slug]

    def _add(self, source: str, *, is_new: bool = False) -> None:
        """Let a source list one more lab: one that others know, or a new one."""
        known = [slug for slug in self._facts if slug not in self._keys[source] and self._fits(source, slug)]
        if known and not is_new and self._dice.random() < _SHARED:
            slug = self._dice.choice(known)
        else:
            facts = next(facts for facts in self._unborn if source != "maplabbzh" or is_breton(facts))
            slug = facts["slug"]
            self._facts[slug] = facts
        self._keys[source][slug] = self._key(source, slug)

    def _fits(self, source: str, slug: str) -> bool:
        return source != "maplabbzh" or is_breton(self._facts[slug])

    def _key(self, source: str, slug: str) -> str:
        self._next_key += 1
        match source:
            case "hackerspaces_org":
                return str(self._facts[slug]["name"])
            case "openstreetmap":
                return f"node/{9_900_000_000 + self._next_key}"
            case _:
                return str(self._next_key)
