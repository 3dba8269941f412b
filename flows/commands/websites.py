"""The command that looks at the labs' own home pages."""

import asyncio
from datetime import UTC, datetime

from flows.terminal.speech import DONE, say


def check_websites(*, on: str | None = None, origins: str | None = None, warehouse: str | None = None) -> int:
    """Look at the home pages of labs that are due: a slice a week, each page once a month at most.

    Args:
        on: day it counts for, as 2026-10-14; by default today.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.plan import parse_day

    day = parse_day(on) if on else datetime.now(UTC).date()
    from flows.website_checks import look

    seen = asyncio.run(look(day, origins=origins, warehouse=warehouse))
    say(f"{seen.week}  {seen.asked} home pages asked, {seen.answered} answered, {seen.waiting} wait for the next run")
    return DONE
