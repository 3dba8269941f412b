"""Commands on what is published: verify, resolve, diff, export, open, serve. None of them writes the warehouse."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from flows.settings import Settings
from flows.terminal.speech import DONE, WORLD, say


def verify(*, week: str | None = None, warehouse: str | None = None) -> int:
    """Prove a release again: files, sums, keys, feed, licences; exit status 1 and the reason when it does not hold.

    Args:
        week: ISO week; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.plan import parse_week
    from warehouse.published.verify import verify as proofs_of

    done = proofs_of(_place(warehouse), parse_week(week) if week else None)
    for proof in done.doubts:
        say(f"{proof.name} of {proof.subject}: {proof.why}")
    say(f"{done.week}  {len(done.proofs) - len(done.doubts)} of {len(done.proofs)} proofs hold")
    return DONE if done.passed else WORLD


def freshness(*, warehouse: str | None = None) -> int:
    """Say how old the latest release is; exit status 1 when a weekly refresh was missed.

    Args:
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.telling.freshness import freshness as age_of

    found = age_of(_place(warehouse), datetime.now(UTC))
    say(found.sentence())
    return DONE if found.is_fresh else WORLD


def resolve(any_id: str, /, *, week: str | None = None, warehouse: str | None = None) -> int:
    """Say what became of an id: any lab_id ever published, or the key of a listing.

    Args:
        any_id: a lab_id, SOURCE/KEY, or a bare source key.
        week: ISO week to answer for; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.plan import parse_week
    from warehouse.published.lookup import resolve as look_up

    for found in look_up(_place(warehouse), any_id, week=parse_week(week) if week else None):
        heirs = ", ".join(f"{heir} {name or ''}".rstrip() for heir, name in zip(found.heirs, found.names, strict=False))
        own = found.names[0] if not found.heirs and found.names and found.names[0] else ""
        seen = f"{found.first_seen} to {found.last_seen}"
        say(f"{found.lab_id}  {found.status}, {seen}: {found.reason}{f' -> {heirs}' if heirs else ''} {own}".rstrip())
    return DONE


def diff(older: str, newer: str, /, *, edition: Literal["open", "full"] = "full", warehouse: str | None = None) -> int:
    """Say what moved from one published week to another.

    Args:
        older: ISO week, as 2026-W40.
        newer: ISO week, as 2026-W42.
        edition: full, or open: what is under Licence Ouverte.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.plan import parse_week
    from warehouse.published.difference import diff as difference

    found = difference(_place(warehouse), parse_week(older, "OLDER"), parse_week(newer, "NEWER"), edition=edition)
    for line in found.lines():
        say(line)
    say(f"{older} to {newer}: {found.feed.num_rows} changes")
    return DONE


def export(  # noqa: PLR0913  # one argument an option of the command
    *,
    out: Path,
    edition: Literal["open", "full"] = "open",
    format: Literal["csv", "geojson", "gpkg", "parquet"] = "csv",
    where: str | None = None,
    week: str | None = None,
    warehouse: str | None = None,
) -> int:
    """Write the labs of a release, or those a condition holds for, to one file.

    Args:
        out: file to write.
        edition: open (Licence Ouverte) or full (ODbL).
        format: csv, geojson, gpkg or parquet.
        where: condition in SQL over the columns of labs, as "archetype = '3' and region_code = '53'".
        week: ISO week; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.planning.plan import parse_week
    from warehouse.published.export import export as write

    asked = parse_week(week) if week else None
    rows = write(_place(warehouse), out, edition=edition, file_format=format, where=where, week=asked)
    say(f"{rows} labs: {out}")
    return DONE


def open_report(*, warehouse: str | None = None) -> int:
    """Open the index page of the warehouse in a browser.

    Args:
        warehouse: folder of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from warehouse.report.site.browse import open_page

    say(str(open_page(_place(warehouse))))
    return DONE


def serve(*, port: int = 8765, warehouse: str | None = None) -> int:
    """Serve the warehouse read-only on this machine, with range requests, until interrupted.

    Args:
        port: port on 127.0.0.1.
        warehouse: folder of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from warehouse.report.site.serve import WarehouseServer

    with WarehouseServer(_place(warehouse), port) as server:
        say(server.url)
        server.serve_forever()
    return DONE


def _place(warehouse: str | None) -> str:
    return warehouse or Settings.read().warehouse
