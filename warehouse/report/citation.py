"""A snapshot to what is needed to find, credit and cite it: JSON-LD, credit lines, a citation."""

from typing import Any

from warehouse.report import words
from warehouse.report.figures import Figures
from warehouse.report.inputs import ReportInput
from warehouse.report.untrusted import link, plain
from warehouse.schema import TABLES

_FORMATS = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "json": "application/json",
}


def credits(report: ReportInput) -> list[str]:
    """Return a credit line for every source that is listed, with the date of its data."""
    return [
        f"{plain(row['attribution'] or row['source'])} ({plain(row['licence'])}"
        + (f", {row['fetched_at']:%Y-%m-%d})" if row["fetched_at"] else ")")
        for row in report.rows("sources")
        if row["listings"]
    ]


def line(report: ReportInput, language: str) -> str:
    """Return how to cite the snapshot, in one language."""
    publisher = f"{report.publication.publisher}, " if report.publication.publisher else ""
    edition = words.word(language, f"edition_{report.edition}")
    return words.word(
        language,
        "cite_text",
        publisher=publisher,
        title=words.word(language, "title"),
        edition=edition,
        week=str(report.week),
        version=report.schema_version,
    )


def json_ld(report: ReportInput, numbers: Figures) -> dict[str, Any]:
    """Return the snapshot as a schema.org Dataset, what dataset searches read."""
    publication = report.publication
    base = link(publication.base_url)
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{words.word('fr', 'title')} · {words.word('en', 'title')}",
        "description": f"{numbers.labs} digital fabrication labs (fablabs, makerspaces, hackerspaces, tiers-lieux) "
        f"by archetype; {report.week}, edition {report.edition}.",
        "version": f"{report.week}, schema {report.schema_version}",
        "temporalCoverage": report.snapshot_date.isoformat(),
        "inLanguage": list(words.LANGUAGES),
        "isAccessibleForFree": True,
        **({"url": base} if base else {}),
        **({"license": publication.licence_url or publication.licence} if publication.licence else {}),
        **({"creator": {"@type": "Organization", "name": publication.publisher}} if publication.publisher else {}),
        "variableMeasured": [field.name for field in TABLES["labs"].arrow_schema()],
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": f"{base.rstrip('/')}/{file.path}" if base else file.path,
                "encodingFormat": _FORMATS.get(file.path.rpartition(".")[2], "application/octet-stream"),
            }
            for file in report.files
        ],
    }
