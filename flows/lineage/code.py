"""What computed a snapshot: the revision of this code and the lock it runs under."""

import hashlib
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("crawlers", "dedupe", "flows", "warehouse")


def code_revision() -> str:
    """Return the git revision of this checkout, with `+local` when it was changed since; `unknown` outside git."""
    revision = _git("rev-parse", "HEAD")
    if revision is None:
        return "unknown"
    return f"{revision}+local" if _git("status", "--porcelain", "--untracked-files=no") else revision


@cache
def code_sha256() -> str:
    """Return the SHA-256 of every file of the rooms: unlike a revision it tells uncommitted changes apart."""
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file() and path.suffix != ".pyc")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def lock_sha256() -> str | None:
    """Return the SHA-256 of requirements.lock; None where the code is installed without it."""
    lock = ROOT / "requirements.lock"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
