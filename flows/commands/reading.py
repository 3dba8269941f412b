"""Commands that read: the sources there are, and why a lab is what it is."""

import json
from typing import Literal

from flows.settings import Settings
from flows.terminal.speech import DONE, say


def sources(*, format: Literal["table", "json"] = "table") -> int:  # the option's name
    """List the sources with their terms and expectations.

    Args:
        format: table for people, json for programs.
    """
    from crawlers.catalogue import rows, table

    say(json.dumps(rows(), ensure_ascii=False, indent=2) if format == "json" else table())
    return DONE


def explain(lab_id: str, /, *, week: str | None = None, warehouse: str | None = None) -> int:
    """Say why a lab is one lab and has its archetype.

    Args:
        lab_id: a lab_id, as lab-ab23cdef45gh6.
        week: ISO week; by default the latest published one.
        warehouse: path or URL of the warehouse; by default LABS_WAREHOUSE, else data.
    """
    from flows.lineage.explain import explanation

    say(explanation(lab_id, week=week, warehouse=warehouse or Settings.read().warehouse))
    return DONE


def new_source(name: str, url: str, /, *, origins: str | None = None) -> int:
    """Look at a URL once and write the spider, frozen page and failing golden file of a new source.

    Args:
        name: name of the source, small letters, digits and underscores.
        url: page or API of the source.
        origins: JSON file of host to base URL, to send a host's requests elsewhere.
    """
    from crawlers.scaffold.__main__ import main

    contact = Settings.read().contact_url
    options = (["--origins", origins] if origins else []) + (["--contact", contact] if contact else [])
    return main([name, url, *options])
