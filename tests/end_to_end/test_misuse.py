"""A misuse is one clear line and exit status 2, and nothing is written."""

from pathlib import Path

import pytest

from tests.running import Labs

WITH_WAREHOUSE = {"refresh", "backfill", "explain", "verify", "resolve", "diff", "export", "open", "serve"}
ARCHIVE = "crawlers/sample/archive"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["refresh", "--week", "2026-42"], "2026-42"),
        (["refresh", "--week", "2027-W53"], "2027-W53"),
        (["refresh", "--week", "2026-W40", "--sources", "fablabs_io,nowhere"], "nowhere"),
        (["refresh", "--week", "2026-W40", "--replay", "no/such/archive"], "no/such/archive"),
        (["refresh", "--week", "2020-W01", "--replay", ARCHIVE], "2020-W01"),
        (["refresh", "--week", "2026-W40", "--origins", "no-such.json"], "no-such.json"),
        (["refresh", "--week", "2026-W40", "--origins", "README.md"], "README.md"),
        (["refresh", "--week", "2026-W40", "--warehouse", "ftp://somewhere"], "ftp://somewhere"),
        (["refresh", "--weak", "2026-W40"], "--weak"),
        (["refresh", "--week", "2026-W40", "--retry-failed"], "never attempted"),
        (["backfill", "--from-week", "2026-W41", "--to-week", "2026-W40"], "2026-W40"),
        (["backfill", "--from-week", "2026-W40", "--to-week", "2026-W40", "--stages", "parse"], "parse"),
        (["canary"], "LABS_CONTACT_URL"),
        (["check-websites", "--on", "2026-13-01"], "2026-13-01"),
        (["check-websites", "--on", "2026-10-14"], "no labs are published"),
        (["explain", "lab-aaaaaaaaaaaaa"], "nothing is published"),
        (["explain", "7"], "7"),
        (["publish"], "publish"),
        (["dedupe", "no-such.parquet", "--out", "no/where"], "no-such.parquet"),
        (["classify", "no-such.csv", "--out", "out.csv"], "no-such.csv"),
        (["evaluate", "archetypes", "no-such.csv"], "no-such.csv"),
        (["evaluate", "location", "no-such.csv"], "no-such.csv"),
        (["evaluate", "dedupe", "no-such.parquet", "no-such.csv"], "no-such.parquet"),
        (["verify"], "nothing was published"),
        (["resolve", "lab-aaaaaaaaaaaaa"], "nothing was published"),
        (["diff", "2026-W40", "2026-W99"], "2026-W99"),
        (["export", "--out", "labs.csv"], "nothing was published"),
        (["open"], "labs refresh"),
        (["serve"], "labs refresh"),
    ],
)
def test_misuse_is_one_line(labs: Labs, tmp_path: Path, arguments: list[str], says: str) -> None:
    warehouse = tmp_path / "warehouse"
    if "--warehouse" not in arguments and arguments[0] in WITH_WAREHOUSE:
        arguments = [*arguments, "--warehouse", str(warehouse)]
    done = labs(*arguments, timeout=60)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert says in lines[0]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_warehouse_that_cannot_be_written_is_one_line(labs: Labs, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    done = labs("refresh", "--week", "2026-W40", "--replay", ARCHIVE, "--warehouse", str(taken / "in"), timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(taken) in done.stderr
