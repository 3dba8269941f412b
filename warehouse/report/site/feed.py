"""The index of releases to an Atom feed: one entry a week, so that a person or a program learns of a new snapshot.

Source: RFC 4287.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from xml.etree import ElementTree as ET

from warehouse.report import words
from warehouse.report.untrusted import link, plain
from warehouse.schema.manifest import Index, IndexEntry, Manifest

ATOM = "http://www.w3.org/2005/Atom"
ENTRIES_MAX = 52
"""A year of weeks; a reader that was away longer reads index.json."""

_KINDS = {"added": "added", "removed": "removed", "merged": "merged_into"}
_TAG = "tag:lab-registry,2026:"
"""RFC 4151: ids that stay the same wherever the warehouse is served from."""


def feed(index: Index, manifests: Mapping[str, Manifest], *, base_url: str | None = None) -> str:
    """Return the feed, newest entry first; every text is plain text, so no reader takes a name for markup."""
    ET.register_namespace("", ATOM)
    base = (link(base_url) or "").rstrip("/")
    root = ET.Element(f"{{{ATOM}}}feed")
    _text(root, "id", f"{_TAG}feed")
    _text(root, "title", f"{words.word('fr', 'title')} · {words.word('en', 'title')}")
    entries = [(entry, _manifest(entry, manifests)) for entry in reversed(index.snapshots[-ENTRIES_MAX:])]
    moments = [_moment(entry, manifest) for entry, manifest in entries]
    _text(root, "updated", max(moments, default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat().replace("+00:00", "Z"))
    author = ET.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", "lab-registry")
    if base:
        _link(root, f"{base}/feed.atom", "self")
    _link(root, f"{base}/index.html" if base else "index.html", "alternate")
    for (entry, manifest), moment in zip(entries, moments, strict=True):
        _entry(root, entry, manifest, moment, base)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _entry(root: ET.Element, entry: IndexEntry, manifest: Manifest | None, moment: datetime, base: str) -> None:
    last = entry.revisions[-1]
    pointer = last.editions[sorted(last.editions)[0]]
    element = ET.SubElement(root, f"{{{ATOM}}}entry")
    _text(element, "id", f"{_TAG}snapshot/{entry.snapshot_date.isoformat()}/revision/{last.revision}")
    facts = {"week": entry.iso_week, "labs": pointer.labs}
    _text(element, "title", " / ".join(words.word(language, "feed_entry", **facts) for language in words.LANGUAGES))
    _text(element, "updated", moment.isoformat().replace("+00:00", "Z"))
    has_report = manifest is not None and any(file.path == "report.html" for file in manifest.files)
    target = f"{pointer.path}/{'report.html' if has_report else 'manifest.json'}"
    _link(element, f"{base}/{target}" if base else target, "alternate")
    summary = [_summary(manifest, language) for language in words.LANGUAGES] if manifest else []
    _text(element, "summary", "\n".join(summary), type="text")


def _summary(manifest: Manifest, language: str) -> str:
    facts = {name: manifest.counts.get(kind, 0) for name, kind in _KINDS.items()}
    text = words.word(language, "feed_changes", **facts)
    silent = [plain(source.source, 40) for source in manifest.sources if source.state not in ("ok", "skipped")]
    return f"{text} {words.word(language, 'feed_sources', names=', '.join(silent))}" if silent else text


def _manifest(entry: IndexEntry, manifests: Mapping[str, Manifest]) -> Manifest | None:
    editions = entry.revisions[-1].editions
    found = [manifests[editions[name].path] for name in sorted(editions) if editions[name].path in manifests]
    return found[0] if found else None


def _moment(entry: IndexEntry, manifest: Manifest | None) -> datetime:
    # Without a manifest the Monday stands in: an entry always needs an instant (RFC 4287 4.2.15).
    midnight = datetime.combine(entry.snapshot_date, time(), UTC)
    return manifest.generated_at.astimezone(UTC) if manifest else midnight


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = text


def _link(parent: ET.Element, href: str, rel: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"href": href, "rel": rel})
