"""What a week was made from, to whether making it again could give anything else.

A backfill leaves this beside the tables of each week it has published, and passes over the week when it comes by again
with the same code, lock, pages and past: so it resumes where it was stopped.
"""

import hashlib
import json
from typing import Any

from flows.lineage.code import code_sha256, lock_sha256
from flows.planning.plan import Plan
from flows.sources.archive import Archive
from warehouse.publish import Release
from warehouse.published.verify import is_intact
from warehouse.releases import ROOT, Releases, week_path
from warehouse.rulings.suppressions import FILED
from warehouse.schema.manifest import IndexEntry


def digest(plan: Plan) -> str:
    """Return a digest of what decides what the plan publishes: code, lock, pages, objections and every earlier release.

    What stands of sources that are not read is not in it: it is the outcome of this very week.
    """
    archive = Archive(plan.archive)
    earlier = [entry for entry in Releases(plan.target).index().snapshots if entry.snapshot_date < plan.week.monday]
    lake = plan.lake
    looked = max((week for week in lake.weeks("site_checks") if week < plan.week), default=None)
    made_from = {
        "code": code_sha256(),
        "lock": lock_sha256(),
        "stages": plan.stages,
        # a site gives other pages another day
        "pages": {name: archive.digest(name, plan.week) for name in plan.sources} if plan.is_replay else {},
        "asked": [f"{plan.now:%Y-%m-%d}", *plan.sources] if plan.is_recrawl else [],
        "earlier": [_editions(entry) for entry in earlier],
        "site_checks": lake.digest("site_checks", looked) if looked else None,
        "objections": plan.target.tag(FILED),
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def standing(plan: Plan) -> Release | None:
    """Return the release the week was published as, when making it again from the plan would give the same."""
    noted, entry = _noted(plan), Releases(plan.target).entry(plan.week)
    if entry is None or noted.get("release") != _editions(entry) or noted.get("made_from") != digest(plan):
        return None
    last = entry.revisions[-1]
    if not is_intact(Releases(plan.target), last.editions):
        return None
    path = f"{ROOT}/{week_path(plan.week, last.revision)}"
    return Release(plan.week, last.revision, "unchanged", path, last.editions["full"].labs)


def note(plan: Plan) -> None:
    """Leave what the week's release was made from."""
    entry = Releases(plan.target).entry(plan.week)
    if entry is not None:
        text = json.dumps({"made_from": digest(plan), "release": _editions(entry)}, indent=2)
        plan.target.put(_path(plan), f"{text}\n".encode())


def _noted(plan: Plan) -> dict[str, Any]:
    if not plan.target.exists(_path(plan)):
        return {}
    try:
        noted = json.loads(plan.target.read(_path(plan)))
    except ValueError:
        return {}
    return noted if isinstance(noted, dict) else {}


def _path(plan: Plan) -> str:
    return f"lake/made_from/week={plan.week}.json"


def _editions(entry: IndexEntry) -> dict[str, str]:
    return {name: pointer.manifest_sha256 for name, pointer in entry.revisions[-1].editions.items()}
