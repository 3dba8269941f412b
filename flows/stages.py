"""The stages of a week: read tables, call one pure function, write tables. No Prefect, no rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.compute as pc

from crawlers.settings import AGENT, VERSION
from dedupe import judgements
from dedupe.explanation.quality import Doubt, doubts_in
from dedupe.fusion import fuse
from dedupe.ids.carry import continuity
from dedupe.model.frozen_quality import frozen_quality
from dedupe.resolve import Resolution, resolve
from flows import inputs
from flows.lineage.code import code_revision, lock_sha256
from flows.planning.plan import Plan, catalogue
from flows.sources.archive import Archive
from flows.sources.collected import collected
from flows.sources.crawling import Crawl
from warehouse import checks, publish, site_checks
from warehouse.archetypes import evaluation
from warehouse.archetypes.classify import classify
from warehouse.carry_forward import carry_forward, labs_expired
from warehouse.editions import EDITIONS, fields_allowed
from warehouse.gazetteer.geocoder import Geocoder
from warehouse.gazetteer.geocoding import refine, unanswered
from warehouse.gazetteer.locate import locate
from warehouse.lake import Lake
from warehouse.published.difference import Difference
from warehouse.published.retention import expire_archive, expire_lake
from warehouse.release.material import Facts
from warehouse.releases import Releases
from warehouse.rulings import Rulings, overrides
from warehouse.schema import Check, Listing, SourceState, conform, empty
from warehouse.schema.change import ChangeKind
from warehouse.silent_entries import heard
from warehouse.staleness import weeks_overdue
from warehouse.weeks import Week

REVIEWED = Path(judgements.__file__).with_name("judgements.csv")
"""What people decided about pairs of listings, reviewed like code."""


def due_sources(plan: Plan) -> tuple[str, ...]:
    """Return the sources of the plan to read this week: those due by their cadence, named by the user, or archived."""
    before = inputs.previous_week(plan.lake, plan.week)
    if plan.is_replay or plan.is_by_name or before is None:
        return plan.sources
    states = {row["source"]: row for row in plan.lake.read("sources", before).to_pylist()}
    archived = Archive(plan.archive).sources(plan.week)
    return tuple(
        source
        for source in plan.sources
        if source in archived or weeks_overdue(states.get(source), plan.week, inputs.weeks_between()[source])
    )


def collect(plan: Plan, crawls: Mapping[str, Crawl]) -> int:
    """Write what the sources gave and their checks; return how many listings count this week.

    Sources that this run did not read stay as the week has them; where it has none, as the week before had them.
    """
    lake, week = plan.lake, plan.week
    now = collected(lake, week, crawls)
    kept = inputs.counted_before(lake, week)
    silent = now.of("unanswered")
    gates = checks.check_week(
        pa.concat_tables([empty(Listing), *(crawl.tables["listings"] for crawl in now.read.values())]),
        now.states_read,
        history=inputs.checks_before(lake, week),
        previous=heard(kept.listings, silent) if kept else None,
        overrides=overrides.read(overrides.REVIEWED, on=week.monday),
    )
    gates = conform(pa.concat_tables([gates, now.tables["checks"]]), Check)
    states = conform(pa.concat_tables([now.states_read, now.tables["sources"]]), SourceState)
    counted = carry_forward(
        now.of("listings"),
        states,
        silent,
        week=week,
        checks=gates,
        previous=kept,
        weeks_between=inputs.weeks_between(),
    )
    rulings = Rulings.of(lake.storage)
    lake.write("pages", week, now.of("pages"))
    lake.write("rejections", week, now.of("rejections"))
    lake.write("listings", week, rulings.on_listings(counted.listings, week.monday))
    lake.write("unanswered", week, rulings.on_entries(counted.unanswered, counted.listings))
    lake.write("sources", week, counted.sources)
    lake.write("checks", week, gates)
    return int(counted.listings.num_rows)


def locate_listings(plan: Plan) -> int:
    """Write where each listing is, and what the geocoder said; return how many have a point.

    The geocoder is asked in live runs only, and never twice: its answers are inputs of the snapshot.
    """
    lake, week = plan.lake, plan.week
    listings = lake.read("listings", week)
    located = locate(listings)
    answers = inputs.geocoder_answers(lake, week)
    if plan.is_live and plan.contact_url:
        geocoder = Geocoder(f"{AGENT}/{VERSION} (+{plan.contact_url})")
        asked = geocoder.ask(unanswered(listings, located, answers), plan.now.replace(microsecond=0))
        answers = pa.concat_tables([answers, asked])
    located = refine(located, listings, answers)
    lake.write("geocoder_answers", week, answers)
    lake.write("located", week, located)
    return int(located.num_rows - located["lat"].null_count)


def resolve_labs(plan: Plan) -> int:
    """Write matches, assignments, registry and id bridge; return how many labs the listings are."""
    lake, week = plan.lake, plan.week
    resolved = resolution(lake, week, judgements.read(REVIEWED))
    lake.write("matches", week, resolved.matches)
    lake.write("assignments", week, resolved.assignments)
    lake.write("registry", week, resolved.registry)
    lake.write("id_bridge", week, resolved.id_bridge)
    lake.write("departed", week, resolved.departed)
    return len(resolved.assignments["lab_id"].unique())


def resolution(lake: Lake, week: Week, judged: Sequence[judgements.Judgement]) -> Resolution:
    """Return what the week's listings come to, given what people decided."""
    past, judged = inputs.under_new_keys(lake, week, inputs.previous(lake, week), judged)
    listings = lake.read("listings", week)
    return resolve(
        listings,
        lake.read("located", week),
        week=str(week),
        policy=inputs.policy(),
        judgements=judged,
        before=continuity(listings, past) if past else None,
        issued=inputs.issued(lake, week),
    )


def doubtful_labs(plan: Plan) -> list[Doubt]:
    """Return the week's labs whose listings may not be one."""
    return doubts_in(*(plan.lake.read(name, plan.week) for name in ("assignments", "matches")))


def classify_labs(plan: Plan) -> int:
    """Write for each edition the archetype of each lab with its evidence; return how many labs of `full` have one."""
    decided = 0
    for name in EDITIONS:
        lake, week = inputs.edition_lake(plan, name), plan.week
        listings, assignments = (inputs.allowed(plan, table, name) for table in ("listings", "assignments"))
        heard = site_checks.with_home_pages(inputs.with_lab_ids(listings, assignments), inputs.home_pages(plan))
        classifications = classify(heard)
        lake.write("classifications", week, classifications)
        if name == "full":
            decided = pc.sum(pc.not_equal(classifications["archetype"], "unclassified")).as_py() or 0
    return int(decided)


def fuse_labs(plan: Plan) -> int:
    """Write labs, lab_listings and contacts of each edition; return how many labs `full` has."""
    counts = {}
    for name in EDITIONS:
        lake, week = inputs.edition_lake(plan, name), plan.week
        listings, located, assignments = (
            inputs.allowed(plan, table, name) for table in ("listings", "located", "assignments")
        )
        sources = plan.lake.read("sources", week)
        fusion = fuse(
            fields_allowed(listings, sources),
            located,
            assignments,
            lake.read("classifications", week),
            sources,
            plan.lake.read("registry", week),
            week=str(week),
            policy=inputs.policy(),
            unanswered=plan.lake.kept("unanswered", week),
        )
        lake.write("labs", week, site_checks.confirmed(fusion.labs, inputs.home_pages(plan)))
        lake.write("lab_listings", week, fusion.lab_listings)
        lake.write("contacts", week, fusion.contacts)
        counts[name] = fusion.labs.num_rows
    return int(counts["full"])


def check_labs(plan: Plan) -> int:
    """Add the snapshot's gates to the week's checks; return how many gates passed.

    Raises: ChecksFailed when a gate blocks: the week is held.
    """
    lake, week = plan.lake, plan.week
    before = inputs.previous_week(lake, week)
    previous_labs = lake.read("labs", before) if before else None
    silent = lake.read("sources", week), lake.kept("unanswered", week)
    announced = labs_expired(lake.read("lab_listings", before), *silent) if before else []
    gates = checks.check_snapshot(
        previous_labs,
        lake.read("labs", week),
        lake.read("id_bridge", week),
        announced=announced,
        overrides=overrides.read(overrides.REVIEWED, on=week.monday),
    )
    matching = checks.check_matching(
        lake.read("assignments", week),
        len(doubtful_labs(plan)),
        overrides=overrides.read(overrides.REVIEWED, on=week.monday),
    )
    gates = conform(pa.concat_tables([gates, matching]), Check)
    own = lake.read("checks", week)
    own = own.filter(pc.not_equal(own["subject"], checks.SNAPSHOT))
    both = conform(pa.concat_tables([own, gates]), Check)
    lake.write("checks", week, both)
    checks.require_passed(both)
    return int(pc.sum(pc.equal(gates["verdict"], "pass")).as_py())


def publish_week(plan: Plan, before_revision: Callable[[Difference], None] | None = None) -> publish.Release:
    """Publish the week; return the release, whether it is new or was there already.

    `before_revision` is told what a revision changes, before it is there.
    """
    titles = {name: source.title for name, source in catalogue().items()} | {site_checks.SOURCE: "Site de l'atelier"}
    return publish.publish(
        plan.target,
        plan.week,
        generated_at=plan.now,
        code_revision=code_revision(),
        lock_sha256=lock_sha256(),
        facts=Facts(titles, {"archetypes": evaluation.quality(), "dedupe": asdict(frozen_quality())}),
        before_revision=before_revision,
    )


def expire(plan: Plan) -> int:
    """Remove pages and contacts past their retention; return how many weeks were touched."""
    return len({*expire_archive(plan.target), *expire_lake(Lake(plan.target))})


def counts(plan: Plan) -> dict[str, int]:
    """Return the labs of the published week and the rows of its change feed by kind, those there are."""
    releases = Releases(plan.lake.storage)
    entry = releases.entry(plan.week)
    if entry is None:
        return {}
    found = releases.manifest(entry.revisions[-1].editions["full"]).counts
    moved = {kind: found[kind] for kind in get_args(ChangeKind) if found.get(kind)}
    return {"labs": found["labs"], **moved}


STAGES: Mapping[str, Callable[[Plan], int]] = {
    "locate": locate_listings,
    "resolve": resolve_labs,
    "classify": classify_labs,
    "fuse": fuse_labs,
    "check": check_labs,
}
"""What happens between collecting and publishing, in order; each returns the count its log line tells."""
