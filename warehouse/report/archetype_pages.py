"""A snapshot to one page per archetype: what the study says of it, how many there are, where, and each of them.

The first recommendation of the study is to make the workshops visible; these pages need no script, so that search
engines, old browsers and printers see them whole.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from warehouse.report.drawing.france import bubbles
from warehouse.report.figures import Row, archetype_of
from warehouse.report.inputs import ReportInput
from warehouse.report.page import PAGE_STYLES, page
from warehouse.report.study import UNCLASSIFIED, archetypes
from warehouse.report.untrusted import host_of, link, plain


def archetype_pages(report: ReportInput) -> Mapping[str, str]:
    """Return the pages of the six archetypes by file name, `archetype-1.html` to `archetype-6.html`."""
    labs = report.rows("labs")
    return {
        f"archetype-{key}.html": _page(report, key, [lab for lab in labs if archetype_of(lab) == key], len(labs))
        for key in archetypes()
        if key != UNCLASSIFIED
    }


def _page(report: ReportInput, key: str, labs: list[Row], total: int) -> str:
    places = Counter(str(lab["departement_code"]) for lab in labs if lab["departement_code"])
    groups: dict[tuple[bool, str], list[Row]] = {}
    for lab in labs:
        groups.setdefault((not lab["region"], plain(lab["region"] or "")), []).append(lab)
    return page(
        "archetype.html.j2",
        styles=PAGE_STYLES,
        report=report,
        archetype=archetypes()[key],
        labs=len(labs),
        all_labs=total,
        map=bubbles(places, f"a{key}"),
        groups=[(region, [_line(lab) for lab in _by_name(members)]) for (_, region), members in sorted(groups.items())],
    )


def _by_name(labs: list[Row]) -> list[Row]:
    return sorted(labs, key=lambda lab: (lab["name"].casefold(), lab["lab_id"]))


def _line(lab: Row) -> dict[str, Any]:
    site = link(lab["website"])
    where = [lab["commune"] or lab["city"], lab["departement"] or lab["country_code"]]
    return {
        "id": lab["lab_id"],
        "name": plain(lab["name"], 160),
        "place": " · ".join(plain(part, 80) for part in where if part),
        "status": lab["status"],
        "site": site,
        "host": plain(host_of(site), 60) if site else "",
    }
