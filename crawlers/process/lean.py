"""A process that will run one spider to one that loads only what spiders need: a week starts a process a source."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is left out of a spider's process", name=fullname)
        return None


def leave_pandas_out() -> None:
    """Make pandas absent from this process.

    Arrow would load it, to ask of every list whether it is a Series: a fifth of what the start of a spider costs.
    """
    sys.meta_path.insert(0, _Absent())
