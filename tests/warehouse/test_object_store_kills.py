"""Publishers to a real S3 server that are killed at random, or work at once: never a torn release."""

import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.object_store import ACCESS, make_bucket
from tests.warehouse.dying_publisher import PUBLISHED, TOLD, publish_and_die, start, touches
from tests.warehouse.fabricate import NOW, W40, W41, World
from warehouse.publish import publish
from warehouse.published.verify import verify
from warehouse.releases import ROOT, Releases
from warehouse.storage import Storage

FIRST = World(W40, {"a": {}, "b": {}, "c": {}})
SECOND = FIRST.then(labs={"a": {"name": "Neuf"}, "c": {}}, retired={"b": ("retired", (), W41)})
FULL = f"{ROOT}/snapshots/snapshot_date={{}}/edition=full"


class Calm:
    """A warehouse about to publish its second week, and what it holds once it has."""

    def __init__(self, bucket: str, folder: Path) -> None:
        self.bucket, self.url = bucket, bucket.replace("/warehouse?", "/before?")
        FIRST.write(self.url)
        publish(self.url, W40, generated_at=NOW)
        SECOND.write(self.url)
        self.files = Storage(self.url).files()
        endpoint = bucket.partition("endpoint_override=")[2].partition("&")[0]
        self._client = boto3.client("s3", endpoint_url=f"http://{endpoint}")
        after = self.copy("after")
        started = time.monotonic()
        self.calls = touches(after, W41, folder)
        self.seconds = time.monotonic() - started
        found = verify(after)
        assert found.passed, found.failures
        assert found.week == W41
        self.expected = files_of(after)

    def copy(self, name: str) -> str:
        """Return the URL of a warehouse of its own, in the same state."""
        place = self.bucket.removeprefix("s3://").partition("/")[0]
        for path in self.files:
            self._client.copy_object(Bucket=place, Key=f"{name}/{path}", CopySource=f"{place}/before/{path}")
        return self.bucket.replace("/warehouse?", f"/{name}?")


def files_of(warehouse: str) -> dict[str, bytes]:
    storage = Storage(warehouse)
    return {name: storage.read(name) for name in storage.files(ROOT)}


@pytest.fixture(scope="module")
def calm(s3_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calm]:
    folder = tmp_path_factory.mktemp("calm")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ACCESS, "TMPDIR": str(folder)}.items():
            patch.setenv(name, value)
        # whatever else is killed on this machine is none of ours
        patch.setattr(tempfile, "tempdir", str(folder))
        yield Calm(make_bucket(s3_server, f"labs-{abs(hash(folder)):x}"), folder)


def kill(calm: Calm, name: str, dice: random.Random) -> str:
    """Publish in a process killed at a random call or at a random moment; return the warehouse and check its heir."""
    warehouse = calm.copy(name)
    if dice.random() < 0.5:
        publish_and_die(warehouse, W41, dice.randint(1, calm.calls))
    else:
        process = start(warehouse, W41)
        process.join(dice.uniform(0, calm.seconds))
        process.kill()
        process.join()
        assert process.exitcode in {PUBLISHED, -signal.SIGKILL}
    return warehouse


def check_killed(calm: Calm, name: str, dice: random.Random) -> bool:
    """Kill a publication, look at what readers see, publish again; return whether it died before it had published."""
    warehouse = kill(calm, name, dice)
    storage = Storage(warehouse)
    pointer = Releases(storage).latest()
    assert pointer is not None
    assert pointer.iso_week in {"2026-W40", "2026-W41"}
    left = files_of(warehouse)
    # the release it names is, file by file and byte by byte, one that was verified
    named = FULL.format(pointer.snapshot_date)
    proven = {path: data for path, data in calm.expected.items() if path.startswith(named)}
    assert {path: left.get(path) for path in left.keys() | proven if path.startswith(named)} == proven
    publish(warehouse, W41, generated_at=NOW)
    assert files_of(warehouse) == calm.expected
    assert not [path for path in storage.files() if path.startswith(".")], "the lease is given back"
    workshops = [path.name.split("-")[2] for path in Path(tempfile.gettempdir()).glob("labs-publish-*-*")]
    assert all(Path(f"/proc/{process}").exists() for process in workshops), "a killed publisher's folder is cleared"
    storage.remove(ROOT)
    return pointer.iso_week == "2026-W40"


def test_a_kill_leaves_latest_on_a_proven_release_and_the_next_run_heals(calm: Calm) -> None:
    dice = random.Random(4)  # noqa: S311  # a sample, not a secret
    assert any([check_killed(calm, f"kill-{number}", dice) for number in range(2)])


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_kills_at_random_leave_latest_on_a_proven_release(calm: Calm, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # a sample, not a secret
    died = sum(check_killed(calm, f"kill-{seed}-{number}", dice) for number in range(25))
    assert died > 12, "most kills come before the publication has ended"


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_of_publishers_at_once_one_wins_and_the_others_are_told(calm: Calm, rounds: int) -> None:
    for number in range(rounds):
        warehouse = calm.copy(f"race-{number}")
        processes = [start(warehouse, week) for week in (W41, W41, W40)]
        for process in processes:
            process.join()
        ended = [process.exitcode for process in processes]
        assert set(ended) <= {PUBLISHED, TOLD}, ended
        assert PUBLISHED in ended
        publish(warehouse, W41, generated_at=NOW)
        assert files_of(warehouse).keys() >= calm.expected.keys()
        found = verify(warehouse)
        assert found.passed, found.failures
        assert found.week == W41
