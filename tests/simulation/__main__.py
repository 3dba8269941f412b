"""Run the weeks of a script through the real refresh, all in this process; one JSON line a week on standard output."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

import psutil

from flows.settings import quiet_prefect


def main() -> None:
    """Run the script that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("folder", type=Path, help="where origins, overrides and the warehouse are put")
    parser.add_argument("--seed", type=int, default=1, help="of the labs and of who lists them")
    parser.add_argument("--script", type=int, help="seed of a script drawn by lot; by default half a year told by hand")
    parser.add_argument("--weeks", type=int, default=26)
    given = parser.parse_args()
    quiet_prefect()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(given))


async def _run(given: argparse.Namespace) -> None:
    # after quiet_prefect: Prefect reads its settings when it is imported
    from flows.refresh import refresh
    from tests.simulation.campaign import campaign
    from tests.simulation.scripts import HALF_A_YEAR, drawn
    from tests.simulation.world import SIZES

    script = HALF_A_YEAR if given.script is None else drawn(given.script, given.weeks)
    process = psutil.Process()
    # a healthy source takes two seconds of a quiet core; a slow one would take minutes
    os.environ["LABS_CRAWL_LIMIT_S"] = "60"
    with campaign(given.seed, script, given.folder) as own:
        for number in range(min(given.weeks, script.weeks)):
            plan = own.begin(number)
            outcome = await refresh(
                week=str(plan.week), sources=list(SIZES), origins=str(own.origins), warehouse=str(own.warehouse)
            )
            told = {"week": outcome.week, "result": outcome.result, "labs": outcome.labs, "why": outcome.why}
            sys.stdout.write(json.dumps(told | {"rss": process.memory_info().rss}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
