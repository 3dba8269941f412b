"""What a run leaves for people in the Prefect UI: how each source fared, and what became of the week."""

from typing import Any

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from flows.plan import Plan

_SHOWN = ("source", "state", "failure", "listings", "rejections", "unanswered", "staleness_weeks", "evidence")


async def tell_sources(plan: Plan) -> None:
    """Leave the week's source table."""
    rows = plan.lake.read("sources", plan.week).select(list(_SHOWN)).to_pylist()
    await acreate_table_artifact(rows, key="sources", description=f"How the sources of {plan.week} fared")


async def tell_week(plan: Plan, facts: dict[str, Any]) -> None:
    """Leave the summary of the week: one fact a line."""
    lines = [f"# {plan.week}", "", *(f"- **{name}**: {value}" for name, value in facts.items() if value is not None)]
    await acreate_markdown_artifact("\n".join(lines), key="week", description=f"What became of {plan.week}")
