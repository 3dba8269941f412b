"""A real S3 server in a process of its own, and a bucket a test may call its warehouse."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

ACCESS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Run moto's S3 server in a process of its own; return where it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = "from moto.server import main; import sys; main(['-H', '127.0.0.1', '-p', sys.argv[1]])"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://{address}/moto-api/", timeout=1):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        else:
            pytest.fail("moto did not start")
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def bucket(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a bucket of the test's own; return the URL of a warehouse in it."""
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    return make_bucket(s3_server, f"labs-{abs(hash(tmp_path)):x}")


def make_bucket(s3_server: str, name: str) -> str:
    """Make the bucket and return the URL of a warehouse in it; the caller's environment holds ACCESS."""
    boto3.client("s3", endpoint_url=f"http://{s3_server}").create_bucket(Bucket=name)
    return f"s3://{name}/warehouse?endpoint_override={s3_server}&scheme=http&region=us-east-1"
