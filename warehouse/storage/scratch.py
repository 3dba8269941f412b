"""A temporary folder of one process to what is left of it: nothing, whether it ended well or was killed."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """Give an empty temporary folder while the block runs, and clear those of killed processes of the same purpose."""
    begins = f"labs-{purpose}-"
    for left in Path(tempfile.gettempdir()).glob(f"{begins}*-*"):
        process = left.name.removeprefix(begins).partition("-")[0]
        if process.isdigit() and not runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{begins}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def runs(process: int) -> bool:
    """Tell whether a process of this machine is alive."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process > 0
