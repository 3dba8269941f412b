"""The commands a document tells its reader, so that tests can run them."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def commands(document: str, heading: str) -> str:
    """Return the shell blocks below a heading of a document, up to the next heading of its level."""
    text = (DOCS / document).read_text("utf-8")
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"{document} has no part {heading!r}"
    blocks = re.findall(r"^```sh\n(.*?)^```$", found[1], re.DOTALL | re.MULTILINE)
    assert blocks, f"{document}: no commands below {heading!r}"
    return "".join(blocks)
