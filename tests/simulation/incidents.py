"""What goes wrong with a source, for how long, and what the gates must make of it: the truth the verdicts are held to.

The expectations are written down here, from docs/checks.md, and never asked of the code under test.
"""

from dataclasses import dataclass
from typing import Literal

STALE_LIMIT = 8
"""Weeks that last good listings are kept."""

WEEKS_BETWEEN = {"cget_2019": 52}
"""Weeks from one crawl to the next that a source is content with, where it is not one: it is late only after them."""

Fate = Literal["unanswered", "refused", "believed"]


@dataclass(frozen=True)
class Kind:
    """A way for a source to surprise: what comes of it, and the failures or the gate by which it must be told."""

    fate: Fate
    """`unanswered`: the crawl fails; `refused`: it answers, and a gate does not believe it; `believed`: it passes."""
    told: tuple[str, ...] = ()
    """Failure classes that name an unanswered week; gates that may name a refused one."""
    state: str = "failed"
    """What the source is once its last good listings have run out."""


KINDS = {
    "down": Kind("unanswered", ("server_error",)),
    # no robots.txt either, which forbids as much as one that says so (RFC 9309)
    "hangs_up": Kind("unanswered", ("robots_unreachable",), "skipped"),
    "error_page": Kind("unanswered", ("error_page", "not_csv", "not_json")),
    "forbids": Kind("unanswered", ("robots",), "blocked"),
    "truncated": Kind("unanswered", ("partial", "truncated")),
    "slow": Kind("unanswered", ("timed_out",)),
    "shrinks": Kind("refused", ("count",)),
    "loses_websites": Kind("refused", ("filled_website_share",)),
    "says_the_same": Kind("refused", ("distinct_description_share",)),
    "answers_for_others": Kind("refused", ("known_again_share",)),
    "cleans_up": Kind("refused", ("count",)),
    "doubles": Kind("believed"),
    "renumbers": Kind("believed"),
}
"""`shrinks` is an answer cut short, over in some weeks; `cleans_up` is a real fall, which a person must let pass."""


@dataclass(frozen=True)
class Incident:
    """Something that happens to a source from a week on, for so many weeks."""

    source: str
    kind: str
    first: int
    """Number of the week, from 0."""
    weeks: int = 1

    def holds(self, week: int) -> bool:
        """Tell whether it goes on in the week."""
        return self.first <= week < self.first + self.weeks


@dataclass(frozen=True)
class Verdict:
    """What a snapshot must say of a source in a week."""

    state: str
    told: tuple[str, ...]
    """Failure classes or gates, one of which names the incident; empty for a source that is believed."""
    read_in: int | None
    """Week its listings were read in; None when there are none."""
    staleness: int


@dataclass(frozen=True)
class Script:
    """The incidents of some weeks."""

    incidents: tuple[Incident, ...]
    weeks: int

    def of(self, source: str, week: int) -> Incident | None:
        """Return what happens to a source in a week."""
        return next((one for one in self.incidents if one.source == source and one.holds(week)), None)

    def verdict(self, source: str, week: int) -> Verdict:
        """Return what must become of a source in a week."""
        now = self.of(source, week)
        if now is None or KINDS[now.kind].fate == "believed":
            return Verdict("ok", (), week, 0)
        # a week that was held is nobody's past, however well the source had answered in it
        past = (past for past in range(week) if self._is_believed(source, past) and not self.is_held(past))
        read_in = max(past, default=None)
        kind = KINDS[now.kind]
        if read_in is None:
            return Verdict(kind.state, kind.told, None, week + 1)
        staleness = max(0, week - read_in - (WEEKS_BETWEEN.get(source, 1) - 1))
        if staleness > STALE_LIMIT:
            return Verdict(kind.state, kind.told, None, staleness)
        return Verdict("carried_forward", kind.told, read_in, staleness)

    def is_held(self, week: int) -> bool:
        """Tell whether the whole week must be held: a source was refused for as long as its listings last."""
        return any(self._is_out_of_patience(one, week) for one in self.incidents)

    def overrides(self, week: int) -> list[Incident]:
        """Return the falls that a person has let pass by the week: the week after they held one."""
        return [one for one in self.incidents if one.kind == "cleans_up" and week >= one.first + one.weeks]

    @staticmethod
    def _is_out_of_patience(incident: Incident, week: int) -> bool:
        refused = KINDS[incident.kind].fate == "refused"
        return refused and incident.holds(week) and week - incident.first >= STALE_LIMIT

    def _is_believed(self, source: str, week: int) -> bool:
        incident = self.of(source, week)
        return incident is None or KINDS[incident.kind].fate == "believed"
