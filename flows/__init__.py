"""The order of things; the only room that knows Prefect."""

import os

from flows import allocation

# Before numpy is imported: it asks for huge pages for every large array, and a stage makes thousands that live for a
# moment. That the kernel clears each took a twentieth of matching a million listings.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
allocation.keep_freed_memory()
