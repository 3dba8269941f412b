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
from tests.warehouse.dying_writer import DONE, TOLD, publishing, start, touches, work_and_die
from tests.warehouse.fabricate import NOW, W40, W41, World
from warehouse.publish import publish
from warehouse.published.verify import verify
from warehouse.releases import ROOT, Releases
from warehouse.storage import Storage

FIRST = World(W40, {"a": {}, "b": {}, "c": {}})
SECOND = FIRST.then(labs={"a": {"name": "Neuf"}, "c": {}}, retired={"b": ("retired", (), W41)})
FULL = f"{ROOT}/snapshots/snapshot_date={{}}/edition=full"


class Calm:
    """A warehouse about to publish its second week, and what it holds once it has: copies of it are published into."""

    def __init__(self, bucket: str, folder: Path) -> None:
        self._url = bucket
        self._bucket = bucket.removeprefix("s3://").partition("/")[0]
        endpoint = bucket.partition("endpoint_override=")[2].partition("&")[0]
        self._client = boto3.client("s3", endpoint_url=f"http://{endpoint}")
        FIRST.write(self.url("before"))
        publish(self.url("before"), W40, generated_at=NOW)
        SECOND.write(self.url("before"))
        self.copy("after")
        started = time.monotonic()
        self.touches = touches(self.url("after"), publishing(W41), folder)
        self.seconds = time.monotonic() - started
        found = verify(self.url("after"))
        assert found.passed, found.doubts
        assert found.week == W41
        self.expected = self.digests("after")

    def url(self, name: str) -> str:
        """Return the URL of the warehouse of the name."""
        return self._url.replace("/warehouse?", f"/{name}?")

    def copy(self, name: str) -> None:
        """Make a warehouse of the name in the state before."""
        for path in self.digests("before"):
            source = f"{self._bucket}/before/{path}"
            self._client.copy_object(Bucket=self._bucket, Key=f"{name}/{path}", CopySource=source)

    def digests(self, name: str) -> dict[str, str]:
        """Return the store's own digest of each object of a warehouse."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{name}/")
        found = [one for page in pages for one in page.get("Contents", [])]
        return {one["Key"].removeprefix(f"{name}/"): one["ETag"] for one in found}

    def remove(self, name: str) -> None:
        """Remove a warehouse."""
        keys = [{"Key": f"{name}/{path}"} for path in self.digests(name)]
        self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys})


@pytest.fixture(scope="module")
def calm(s3_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calm]:
    folder = tmp_path_factory.mktemp("calm")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ACCESS, "TMPDIR": str(folder)}.items():
            patch.setenv(name, value)
        # whatever else is killed on this machine is none of ours
        patch.setattr(tempfile, "tempdir", str(folder))
        yield Calm(make_bucket(s3_server, f"labs-{abs(hash(folder)):x}"), folder)


def kill(calm: Calm, name: str, dice: random.Random) -> None:
    """Publish in a process killed at a random touch of the store, or at a random moment."""
    if dice.random() < 0.5:
        work_and_die(calm.url(name), publishing(W41), dice.randint(1, calm.touches))
    else:
        process = start(calm.url(name), publishing(W41))
        process.join(dice.uniform(0, calm.seconds))
        process.kill()
        process.join()
        assert process.exitcode in {DONE, -signal.SIGKILL}


def check_killed(calm: Calm, name: str, dice: random.Random) -> bool:
    """Kill a publication, look at what readers see, publish again; return whether it died before it had published."""
    calm.copy(name)
    kill(calm, name, dice)
    pointer = Releases(Storage(calm.url(name))).latest()
    assert pointer is not None
    assert pointer.iso_week in {"2026-W40", "2026-W41"}
    # the release it names is, object by object, one that was verified
    named, left = FULL.format(pointer.snapshot_date), calm.digests(name)
    proven = {path: digest for path, digest in calm.expected.items() if path.startswith(named)}
    assert {path: left.get(path) for path in left.keys() | proven if path.startswith(named)} == proven
    publish(calm.url(name), W41, generated_at=NOW)
    assert calm.digests(name) == calm.expected, "and the lease is given back"
    workshops = [path.name.split("-")[2] for path in Path(tempfile.gettempdir()).glob("labs-publish-*-*")]
    assert all(Path(f"/proc/{process}").exists() for process in workshops), "a killed publisher's folder is cleared"
    calm.remove(name)
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
        name = f"race-{number}"
        calm.copy(name)
        processes = [start(calm.url(name), publishing(week)) for week in (W41, W41, W40)]
        for process in processes:
            process.join()
        ended = [process.exitcode for process in processes]
        assert set(ended) <= {DONE, TOLD}, ended
        assert DONE in ended
        publish(calm.url(name), W41, generated_at=NOW)
        assert calm.digests(name) == calm.expected
        calm.remove(name)
