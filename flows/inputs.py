"""What a stage reads beside the table before it: the week before, the sources' declarations, an edition's own rows."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crawlers.declaration import SourceInfo
from dedupe import judgements
from dedupe.ids import new_keys, rekey
from dedupe.ids.carry import Previous
from dedupe.judgements import Judgement
from dedupe.policy import SourcePolicy
from flows.planning.plan import Plan, catalogue
from warehouse import publish, site_checks
from warehouse.carry_forward import WeekListings
from warehouse.drift import HISTORY_WEEKS
from warehouse.editions import rows_allowed
from warehouse.lake import Lake
from warehouse.schema import GeocoderAnswer, empty
from warehouse.weeks import Week

NEW_KEYS = Path(new_keys.__file__).parents[1] / "new_keys.csv"
"""The keys sources have announced, reviewed like code."""


def previous_week(lake: Lake, week: Week) -> Week | None:
    """Return the last published week before `week`: a week that was held is nobody's past."""
    published = [past for past in publish.published_weeks(lake.storage) if past < week]
    return max(published, default=None)


def counted_before(lake: Lake, week: Week) -> WeekListings | None:
    """Return the listings that counted in the last published week before `week`, and why; None in the first."""
    before = previous_week(lake, week)
    if before is None:
        return None
    return WeekListings(lake.read("listings", before), lake.read("sources", before), lake.kept("unanswered", before))


def checks_before(lake: Lake, week: Week) -> list[pa.Table]:
    """Return the checks of the weeks the gates learn their bands from, oldest first."""
    past = [one for one in lake.weeks("checks") if one < week]
    return [lake.read("checks", one) for one in past[-HISTORY_WEEKS:]]


def policy() -> dict[str, SourcePolicy]:
    """Return what dedupe must know of each source: rank, whether it lists a lab once, and its licence layer."""
    return {name: _policy(source) for name, source in catalogue().items()}


def home_pages(plan: Plan) -> pa.Table:
    """Return what home pages showed before the week: what is seen during it counts from the next one on."""
    return site_checks.known_before(plan.lake, plan.week)


def weeks_between() -> dict[str, int]:
    """Return what carrying forward must know of each source: how many weeks lie between two crawls."""
    return {name: source.weeks_between for name, source in catalogue().items()}


def geocoder_answers(lake: Lake, week: Week) -> pa.Table:
    """Return what the geocoder is known to have said: in this week already, else up to the last one published."""
    known = week if lake.has("geocoder_answers", week) else previous_week(lake, week)
    if known is None or not lake.has("geocoder_answers", known):
        return empty(GeocoderAnswer)
    return lake.read("geocoder_answers", known)


def edition_lake(plan: Plan, name: str) -> Lake:
    """Return the lake an edition's own tables stand in."""
    return plan.lake if name == "full" else Lake(plan.lake.storage, edition=name)


def allowed(plan: Plan, table_name: str, edition: str) -> pa.Table:
    """Return the rows of a week's table whose source may give anything to the edition."""
    return rows_allowed(plan.lake.read(table_name, plan.week), plan.lake.read("sources", plan.week), edition)


def with_lab_ids(listings: pa.Table, assignments: pa.Table) -> pa.Table:
    """Return the listings with the lab each belongs to."""
    # Arrow joins no tables with lists in them, so the lab is looked up by the listing's key.
    lab_ids = assignments["lab_id"].take(pc.index_in(_keys(listings), _keys(assignments)))
    return listings.append_column("lab_id", lab_ids)


def _keys(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["source"], table["source_key"], "\x1f")


def issued(lake: Lake, week: Week) -> dict[tuple[str, str], str]:
    """Return the lab of each listing whose lab was new when the week was published before; none when it was not."""
    if week not in publish.published_weeks(lake.storage) or not lake.has("registry", week):
        return {}
    registry, assignments = lake.read("registry", week), lake.read("assignments", week)
    is_new = pc.and_(pc.equal(registry["first_seen"], week.monday), pc.not_equal(registry["status"], "erased"))
    own = assignments.filter(pc.is_in(assignments["lab_id"], value_set=registry["lab_id"].filter(is_new)))
    return {(row["source"], row["source_key"]): row["lab_id"] for row in own.to_pylist()}


def under_new_keys(
    lake: Lake, week: Week, past: Previous | None, judged: Sequence[Judgement]
) -> tuple[Previous | None, tuple[Judgement, ...]]:
    """Return what the week before came to and what people decided, under the keys the week's listings have.

    Raises: BadKeys; BadJudgements when two judgements contradict each other once they name the same listings.
    """
    before = previous_week(lake, week)
    past, judged = rekey.rekey_since(
        past, judged, new_keys.announced(NEW_KEYS), (_read_on(lake, before) if before else {}, _read_on(lake, week))
    )
    judgements.check(judged)
    return past, judged


def _read_on(lake: Lake, week: Week) -> dict[str, date]:
    """Return the Monday of the week each source's listings are of."""
    states = lake.read("sources", week).select(["source", "listings_week"]).to_pylist()
    return {row["source"]: Week.parse(row["listings_week"]).monday for row in states if row["listings_week"]}


def _policy(source: SourceInfo) -> SourcePolicy:
    return SourcePolicy(rank=source.rank, is_duplicate_free=source.is_duplicate_free, licence_layer=source.terms.layer)


def previous(lake: Lake, week: Week) -> Previous | None:
    """Return what the last published week before `week` came to; None in the first."""
    before = previous_week(lake, week)
    if before is None:
        return None
    return Previous(
        **{name: lake.read(name, before) for name in ("assignments", "registry", "id_bridge", "listings", "departed")}
    )
