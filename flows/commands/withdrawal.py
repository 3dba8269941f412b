"""The command that takes back what was published: erase."""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.settings import Settings
from flows.terminal.speech import DONE, say

if TYPE_CHECKING:
    from warehouse.erasure.erase import Reach


def erase(*what: str, yes: bool = False, warehouse: str | None = None) -> int:
    """Take what somebody objects to out of every release, week and archived page, and keep it out.

    Without --yes it says what would go and changes nothing. Killed, it is run again and finishes.

    Args:
        what: lab_id, lab_id/column, source/source_key, e-mail address or telephone number; none to apply again what
            was filed before.
        yes: do it. What goes cannot be brought back.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from crawlers.pages.excision import cut
    from flows.lineage.code import code_revision, lock_sha256
    from flows.telling.freshness import FRESHNESS, write_freshness
    from warehouse.erasure.erase import erase as take_out
    from warehouse.erasure.erase import reach
    from warehouse.erasure.objection import parse
    from warehouse.lake import Lake
    from warehouse.release.files import Lineage
    from warehouse.storage.lease import only_writer_of

    objections = [parse(text) for text in what]
    lake = Lake(warehouse or Settings.read().warehouse)
    lineage = Lineage(datetime.now(UTC).replace(microsecond=0), code_revision(), lock_sha256())
    with only_writer_of(lake.storage) if yes else contextlib.nullcontext():
        found = reach(lake, objections, cut, lineage=lineage)
        say("\n".join(_told(found, is_done=yes)))
        if not yes:
            say("nothing was changed: --yes does it, and what goes cannot be brought back")
            return DONE
        done = take_out(lake, found.objections, cut, lineage=lineage)
        if lake.storage.exists(FRESHNESS):
            write_freshness(lake.storage)
    say(f"erased: {len(done)} releases removed, named in v1/revisions/redactions.json")
    if lake.storage.objects is not None and lake.storage.objects.keeps_versions():
        say("the bucket may keep versions of what went: end noncurrent versions, as docs/notice.md says")
    return DONE


def _told(found: "Reach", *, is_done: bool) -> Sequence[str]:
    verb = "removing" if is_done else "would remove"
    releases = ", ".join(f"{week} revision {number}" for week, number in found.releases)
    left = [f"{verb} what a killed publication left: {', '.join(found.unnamed)}"] if found.unnamed else []
    return [
        f"{verb} releases, each for a revision without it: {releases or 'none'}",
        *left,
        f"{verb} rows and values from the stage tables of: {', '.join(map(str, found.weeks)) or 'no week'}",
        f"{verb} archived pages from: {', '.join(found.archives) or 'no archive file'}",
        f"{'filing' if is_done else 'would file'} {len(found.objections)} salted hashes in rulings/suppressions.csv",
    ]
