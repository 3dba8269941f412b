"""The memory of a run as files that are mapped, not read: a week's run touches the pages it needs."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np

from dedupe import scoring
from dedupe.last_week.memory import Memory
from dedupe.last_week.memory import version as memory_version

ARRAYS = tuple(field.name for field in fields(Memory) if field.name != "version")


def save(folder: Path, memory: Memory) -> None:
    """Write the memory into a new folder."""
    folder.mkdir()
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(memory, name))
    (folder / "version.json").write_text(json.dumps({"made_by": memory.version}) + "\n", encoding="utf-8")


def load(folder: Path) -> Memory | None:
    """Return the memory of the folder; None when it is absent, incomplete or of another model version."""
    try:
        version = json.loads((folder / "version.json").read_text(encoding="utf-8"))["made_by"]
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    except (OSError, ValueError, KeyError):
        return None
    if version != memory_version(scoring.shipped()):
        return None
    return Memory(version=version, **arrays)
