"""The memory of a run as files that are mapped, not read: a week's run touches the pages it needs."""

import json
from pathlib import Path

import numpy as np

from dedupe import scoring
from dedupe.memory import Memory

ARRAYS = ("pairs", "features", "log_odds")


def save(folder: Path, memory: Memory) -> None:
    """Write the memory into a new folder."""
    folder.mkdir()
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(memory, name))
    (folder / "version.json").write_text(json.dumps({"model": memory.version}) + "\n", encoding="utf-8")


def load(folder: Path) -> Memory | None:
    """Return the memory of the folder; None when it is absent, incomplete or of another model version."""
    try:
        version = json.loads((folder / "version.json").read_text(encoding="utf-8"))["model"]
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    except (OSError, ValueError, KeyError):
        return None
    if version != scoring.shipped().version:
        return None
    return Memory(version=version, **arrays)
