"""One snapshot to one HTML file: French and English, offline, the same bytes for the same snapshot."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from warehouse.report import changes_view, citation, study, words
from warehouse.report.archetype_pages import archetype_pages
from warehouse.report.drawing import charts
from warehouse.report.drawing.france import bubbles
from warehouse.report.figures import Figures, Row, archetype_of, figures
from warehouse.report.inputs import ReportInput
from warehouse.report.page import REPORT_SCRIPTS, REPORT_STYLES, asset, page
from warehouse.report.payload import country_name, labs_payload, packed
from warehouse.report.untrusted import json_script, link, plain
from warehouse.schema import TABLES

COUNTRIES_MAX = 40
"""Rows of the table of countries; the map filter has them all."""


def render(report: ReportInput) -> str:
    """Return the report of one edition of one snapshot as a self-contained HTML page."""
    numbers = figures(report)
    sources = report.rows("sources")
    return page(
        "report.html.j2",
        styles=REPORT_STYLES,
        scripts=REPORT_SCRIPTS,
        report=report,
        figures=numbers,
        health=_health(report),
        kpis=_kpis(report, numbers),
        weeks=weeks(report),
        weeks_chart=charts.line(weeks(report)),
        regions_chart=charts.bars([(plain(name, 28), counts) for name, counts in numbers.regions if name]),
        countries=_countries(numbers),
        static_map=bubbles(numbers.by_departement),
        lab_tables=_lab_tables(report),
        sources=sources,
        checks=sorted(report.rows("checks"), key=lambda check: (check["verdict"] == "pass", check["name"])),
        positions=sorted(numbers.positions.items(), key=lambda item: -item[1]),
        confusion=_confusion(report),
        columns=_columns(),
        credits=citation.credits(report),
        cite={language: citation.line(report, language) for language in words.LANGUAGES},
        json_ld=Markup(json_script(citation.json_ld(report, numbers))),  # noqa: S704  # escaped by json_script
        **changes_view.view(report, numbers),
        **_data(report),
    )


def pages(report: ReportInput) -> Mapping[str, str]:
    """Return every page of the edition's folder by file name: the report and the six archetypes."""
    return {"report.html": render(report), **archetype_pages(report)}


def weeks(report: ReportInput) -> list[tuple[Any, int]]:
    """Return the labs of each week up to this one, oldest first."""
    totals: Counter[Any] = Counter()
    for row in report.history.to_pylist():
        totals[row["snapshot_date"]] += row["labs"]
    return sorted(totals.items())


def _data(report: ReportInput) -> dict[str, Markup]:
    texts = words.section("js") | {
        f"name_{key[0]}": dict(archetype.short) for key, archetype in study.archetypes().items()
    }
    correction = link(report.publication.correction_url)
    script_words = {
        "texts": texts,
        "shapes": {k[0]: d for k, d in study.SHAPES.items()},
        "correction": correction,
        "week": str(report.week),
    }
    world = json.loads(asset("vendor/world-atlas/countries-110m.json"))
    world["objects"].pop("land")  # the countries already cover it
    blocks = {
        "script_words": script_words,
        "world": world,
        "departements": json.loads(asset("vendor/departements/departements.topo.json")),
        "labs_data": {"deflate": packed(labs_payload(report))},
    }
    return {name: Markup(json_script(value)) for name, value in blocks.items()}  # noqa: S704  # escaped by json_script


def _health(report: ReportInput) -> dict[str, Any]:
    states = Counter(row["state"] for row in report.rows("sources") if row["state"] != "skipped")
    blocked = sum(check["verdict"] == "block" for check in report.rows("checks"))
    asked = states.total()
    if blocked:
        return {"tone": "bad", "text": words.both("state_blocked", blocked=blocked)}
    if asked == states["ok"]:
        return {"tone": "good", "text": words.both("state_healthy", answered=states["ok"], asked=asked)}
    carried = states["carried_forward"]
    text = words.both(
        "state_carried", answered=states["ok"], asked=asked, carried=carried, missing=asked - states["ok"] - carried
    )
    return {"tone": "fair", "text": text}


def _kpis(report: ReportInput, numbers: Figures) -> list[dict[str, Any]]:
    states = Counter(row["state"] for row in report.rows("sources"))
    kinds = Counter[str]()
    for (kind, _), count in numbers.changes.items():
        kinds[kind] += count
    precise = numbers.placed - numbers.uncertain
    shares = {"located": precise, "classified": numbers.classified, "confirmed": numbers.confirmed}
    values = {
        "labs": (words.shown(numbers.labs), {"active": numbers.active}),
        **{name: (words.share(numbers.share(part)), {}) for name, part in shares.items()},
        "changes": (words.shown(kinds.total()), {"added": kinds["added"], "removed": kinds["removed"]}),
        "sources": (words.shown(states["ok"]), {"asked": states.total() - states["skipped"]}),
    }
    values["located"][1].update(placed=numbers.placed, uncertain=numbers.uncertain)
    return [
        {"name": name, "value": value, "note": words.both(f"kpi_{name}_note", **facts)}
        for name, (value, facts) in values.items()
    ]


def _countries(numbers: Figures) -> list[tuple[Markup, int]]:
    return [
        (words.in_each({language: country_name(code, language) for language in words.LANGUAGES}), count)
        for code, count in numbers.countries[:COUNTRIES_MAX]
    ]


def _lab_tables(report: ReportInput) -> Markup:
    # Twenty thousand rows: HTML lets the closing tags of cells and rows go, which saves a third.
    groups: dict[tuple[bool, str, str], list[Row]] = {}
    for lab in report.rows("labs"):
        is_abroad = lab["country_code"] != "FR"
        region, departement = ("", "") if is_abroad else (plain(lab["region"] or ""), plain(lab["departement"] or ""))
        groups.setdefault((is_abroad, region, departement), []).append(lab)
    row = Markup("<tr><td>{}<td>{}<td>{}")
    parts = []
    for (is_abroad, region, departement), labs in sorted(groups.items()):
        heading = words.both("abroad" if is_abroad else "unplaced") if not region else f"{region} · {departement}"
        parts.append(Markup("<h4>{}</h4><table>").format(heading))
        for member in sorted(labs, key=lambda lab: (lab["name"], lab["lab_id"])):
            key, town = archetype_of(member), plain(member["commune"] or member["city"] or "", 60)
            parts.append(row.format(plain(member["name"], 80), town, key if key in "123456" else "–"))
        parts.append(Markup("</table>"))
    return Markup("").join(parts)


def _confusion(report: ReportInput) -> dict[str, Any] | None:
    pairs = {(gold, said): count for gold, said, count in report.quality.confusion}
    if not pairs:
        return None
    keys = [key for key in study.ORDER if any(key in pair for pair in pairs)]
    rows = []
    for gold in keys:
        total = sum(pairs.get((gold, said), 0) for said in keys) or 1
        cells = [
            {"count": count, "heat": min(4, round(4 * count / total + 0.4)) if count else 0, "right": gold == said}
            for said in keys
            for count in [pairs.get((gold, said), 0)]
        ]
        rows.append((gold, cells))
    return {"keys": keys, "rows": rows}


def _columns() -> list[dict[str, str]]:
    return [
        {"name": field.name, "type": str(field.type), "meaning": field.metadata[b"description"].decode()}
        for field in TABLES["labs"].arrow_schema()
    ]
