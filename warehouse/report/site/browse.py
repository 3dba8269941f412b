"""A warehouse folder to the page a person wants to see first."""

import webbrowser
from pathlib import Path

from warehouse.report.site.serve import ROOT
from warehouse.schema import UserError


def front_page(warehouse: str | Path) -> Path:
    """Return the index page of the warehouse.

    Raises: UserError when there is none yet.
    """
    path = Path(warehouse) / ROOT / "index.html"
    if not path.is_file():
        raise UserError(f"no index page in {warehouse}: run labs refresh first")
    return path.resolve()


def open_page(warehouse: str | Path) -> Path:
    """Open the index page in the person's browser and return it; a machine without a browser opens nothing.

    Raises: UserError when there is none yet.
    """
    path = front_page(warehouse)
    webbrowser.open(path.as_uri())
    return path
