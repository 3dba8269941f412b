"""The entries of a directory that gave no readable answer, to their count, their evidence and their rows."""

from dataclasses import dataclass, field

from crawlers.guards.failures import CrawlFailed, Failure, printable
from crawlers.reading.fields import disclosed
from warehouse.schema import UnansweredEntry
from warehouse.schema.listing import clean_text
from warehouse.schema.unanswered import LONGEST_KEY


@dataclass
class Unread:
    """Directory entries that gave no readable answer, by failure class: label -> what showed it."""

    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    """Labels of entries that answered and are not read by a rule of the source: nothing is kept of them."""

    def add(self, label: str, failed: CrawlFailed) -> None:
        """Count one entry that gave no readable answer."""
        self.entries.setdefault(str(failed.failure), {})[label] = failed.evidence

    def leave_out(self, label: str, failed: CrawlFailed) -> None:
        """Count one entry that answered and that a rule of the source says not to read: other terms, no known file."""
        self.add(label, failed)
        self.left_out.add(label)

    def __len__(self) -> int:
        """Return how many entries gave no readable answer."""
        return sum(len(labels) for labels in self.entries.values())

    def evidence(self) -> str | None:
        """Return the counts by class with their first entries by name; of a changed schema also what was found."""
        told = []
        for failure, labels in sorted(self.entries.items()):
            named = sorted(labels)[:3]
            why = f": {labels[named[0]]}" if failure == Failure.SCHEMA_CHANGED else ""
            told.append(f"{len(labels)} {failure} ({', '.join(named)}{why})")
        return printable("; ".join(told)) or None

    def rows(self, source: str) -> list[UnansweredEntry]:
        """Return a row for each entry but those left out; a label no listing could have as its key has none either."""
        rows: dict[str, UnansweredEntry] = {}
        for failure, labels in sorted(self.entries.items()):
            for label, evidence in sorted(labels.items()):
                key = clean_text(label) or ""
                if 0 < len(key) <= LONGEST_KEY and key not in rows and not self._is_left_out(label):
                    rows[key] = UnansweredEntry(
                        source=source, source_key=key, failure=failure, evidence=disclosed(evidence)
                    )
        return list(rows.values())

    def _is_left_out(self, label: str) -> bool:
        """Tell whether the entry was left out, or another whose listings' keys begin with its label."""
        return any(one == label or one.startswith(f"{label}/") for one in self.left_out)
