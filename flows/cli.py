"""The command `labs`: parses, calls one function of a room, prints. Exit status 0 done, 1 held or failed, 2 misuse."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from flows.settings import Settings, quiet_prefect

if TYPE_CHECKING:
    from flows.refresh import Outcome

DONE, WORLD, MISUSE = 0, 1, 2

Names = Annotated[list[str] | None, Parameter(converter=lambda _, tokens: _split(tokens[0].value))]

app = App(
    name="labs",
    help="Keep the registry of digital-fabrication labs: crawl, resolve, classify, publish one snapshot a week.",
    version_flags=["--version"],
)
evaluate = App(name="evaluate", help="Measure a stage against labels people gave.")
app.command(evaluate)


@app.command
def refresh(
    *,
    week: str | None = None,
    sources: Names = None,
    replay: str | None = None,
    origins: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Crawl, resolve and publish one week.

    Args:
        week: ISO week, as 2026-W42; by default the current one.
        sources: comma-separated sources; by default all, in a replay all that are archived.
        replay: archive folder to read pages from instead of the network.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.plan import plan_week
    from warehouse.weeks import Week

    settings = Settings.read()
    place = warehouse or settings.warehouse
    now = datetime.now(UTC)
    asked = week or str(Week.of(now.date()))
    # Planned here as well as in the flow, so that a misuse costs no Prefect start and is one line.
    plan_week(asked, warehouse=place, now=now, settings=settings, names=sources, replay=replay, origins=origins)
    from flows.progress import BAR
    from flows.refresh import refresh as flow

    with BAR.shown():
        outcome = asyncio.run(flow(week=asked, sources=sources, replay=replay, origins=origins, warehouse=place))
    return _tell([outcome])


@app.command
def backfill(
    *,
    from_week: str,
    to_week: str,
    sources: Names = None,
    replay: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Publish past weeks again from their archived pages, with today's code.

    Args:
        from_week: first ISO week, as 2026-W40.
        to_week: last ISO week, included.
        sources: comma-separated sources; by default all that are archived.
        replay: archive folder; by default the warehouse's own.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.plan import plan_backfill

    settings = Settings.read()
    place = warehouse or settings.warehouse
    _, missing = plan_backfill(
        from_week, to_week, warehouse=place, now=datetime.now(UTC), settings=settings, names=sources, replay=replay
    )
    from flows.backfill import backfill as flow
    from flows.progress import BAR

    with BAR.shown():
        outcomes = asyncio.run(
            flow(from_week=from_week, to_week=to_week, sources=sources, replay=replay, warehouse=place)
        )
    for absent in missing:
        _say(f"{absent}  no archived pages: left as it is")
    return _tell(outcomes) or (WORLD if missing else DONE)


@app.command
def sources(*, format: Literal["table", "json"] = "table") -> int:  # the option's name
    """List the sources with their terms and expectations.

    Args:
        format: table for people, json for programs.
    """
    from crawlers.catalogue import rows, table

    _say(json.dumps(rows(), ensure_ascii=False, indent=2) if format == "json" else table())
    return DONE


@app.command
def explain(lab_id: str, /, *, week: str | None = None, warehouse: str | None = None) -> int:
    """Say why a lab is one lab and has its archetype.

    Args:
        lab_id: a lab_id, as lab-ab23cdef45gh6.
        week: ISO week; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.explain import explanation

    _say(explanation(lab_id, week=week, warehouse=warehouse or Settings.read().warehouse))
    return DONE


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Return the exit status of one command; a misuse is one line on standard error."""
    quiet_prefect()
    try:
        status = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _refuse(str(error).partition("\n")[0])
    except KeyboardInterrupt:
        return _refuse("stopped", WORLD)
    except Exception as error:
        from flows.misuse import line_of

        line, code = line_of(error)
        if line is None:
            raise
        return _refuse(line, code)
    return status if isinstance(status, int) else DONE


def _tell(outcomes: "Sequence[Outcome]") -> int:
    for outcome in outcomes:
        _say(f"{outcome.week}  {outcome.result}: {outcome.why or f'{outcome.labs} labs in {outcome.path}'}")
    return WORLD if any(outcome.result == "held" for outcome in outcomes) else DONE


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _say(text: str) -> None:
    sys.stdout.write(text.rstrip("\n") + "\n")


def _refuse(line: str, status: int = MISUSE) -> int:
    sys.stderr.write(f"labs: {' '.join(line.split())}\n")
    return status


if __name__ == "__main__":
    main()
