"""One writer of an object store at a time: the store decides, and who is gone loses."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from warehouse.storage import Storage
from warehouse.storage import lease as leases
from warehouse.storage.lease import WRITER, lease, only_writer_of
from warehouse.storage.writer import AnotherWriter

ROOT = Path(__file__).parents[2]
GONE = 1 << 23
"""No process of this machine: its number is beyond the largest the kernel gives."""
HOLDER = """
import sys, time
from warehouse.storage.lease import only_writer_of
from warehouse.storage import Storage
with only_writer_of(Storage(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(bucket: str) -> subprocess.Popen[str]:
    """Start a process that holds the warehouse."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, bucket], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_kept_out_until_it_is_gone(bucket: str) -> None:
    process = holder(bucket)
    try:
        with (
            pytest.raises(AnotherWriter, match=f"process {process.pid} on .* is writing; wait"),
            only_writer_of(Storage(bucket)),
        ):
            pass
    finally:
        process.kill()
        process.wait()
    with only_writer_of(Storage(bucket)):
        assert Storage(bucket).exists(WRITER), "taken over from the dead at once"
    assert not Storage(bucket).exists(WRITER), "and given back"


def test_of_many_that_ask_at_once_one_gets_it(bucket: str) -> None:
    got: list[int] = []
    begin = threading.Barrier(6)

    def ask(number: int) -> None:
        storage = Storage(bucket)
        begin.wait()
        try:
            with only_writer_of(storage):
                got.append(number)
                time.sleep(1.5)
        except AnotherWriter:
            pass

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_lease_is_renewed_while_its_holder_lives(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED_SECONDS", 0.2)
    storage = Storage(bucket)
    assert storage.objects is not None
    with lease(storage, WRITER, "writing"):
        time.sleep(2.5)
        age = storage.objects.age_seconds(WRITER)
        assert age is not None
        assert age < 2
        monkeypatch.setattr(leases, "LEASE_SECONDS", 2)
        with pytest.raises(AnotherWriter), only_writer_of(Storage(bucket)):
            pass


def test_a_holder_that_slept_too_long_learns_that_it_lost(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED_SECONDS", 0.5)
    storage = Storage(bucket)
    with pytest.raises(AnotherWriter, match="took over"), lease(storage, WRITER, "writing"):
        storage.put(WRITER, json.dumps({"host": "elsewhere", "pid": 1, "token": "other"}).encode())
        time.sleep(1.2)
    assert json.loads(storage.read(WRITER))["host"] == "elsewhere", "the lease of the other stands"


def test_a_lease_of_another_machine_runs_out(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage(bucket)
    storage.put(WRITER, json.dumps({"host": "elsewhere", "pid": GONE, "token": "other"}).encode())
    with pytest.raises(AnotherWriter, match=f"process {GONE} on elsewhere"), only_writer_of(storage):
        pass
    monkeypatch.setattr(leases, "LEASE_SECONDS", -1)
    with only_writer_of(storage):
        pass
