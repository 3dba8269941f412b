"""A template, its styles and scripts to one file that asks nothing of a network and runs nothing of a stranger."""

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from warehouse.report import study, words
from warehouse.report.untrusted import csp_hash, link, plain

REPORT_STYLES = ("vendor/leaflet/leaflet.css", "assets/page.css", "assets/map.css")
PAGE_STYLES = ("assets/page.css",)
REPORT_SCRIPTS = (
    "vendor/leaflet/leaflet.js",
    "vendor/topojson-client/topojson-client.min.js",
    "assets/words.js",
    "assets/marks.js",
    "assets/labs.js",
    "assets/points.js",
    "assets/insets.js",
    "assets/map.js",
    "assets/card.js",
    "assets/list.js",
    "assets/filters.js",
    "assets/main.js",
)
"""Scripts in the order they run; they share one scope, as files of a page do."""

# Leaflet's style names images of controls that the report does not use; its script names a map for debuggers.
_IMAGE = re.compile(r"url\((?!data:)[^)]*\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+")


def asset(path: str) -> str:
    """Return a packaged text file."""
    return (resources.files("warehouse.report") / path).read_text(encoding="utf-8")


def page(template: str, *, styles: Sequence[str], scripts: Sequence[str] = (), **values: Any) -> str:
    """Return the rendered template with its styles and scripts inside, allowed by their hashes and nothing else."""
    style = _inline(styles, "style")
    script = _inline(scripts, "script") if scripts else ""
    policy = ["default-src 'none'", f"style-src {csp_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    if script:
        policy.insert(1, f"script-src {csp_hash(script)}")
    html = (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704  # a packaged file
            script=Markup(script),  # noqa: S704  # packaged files
            policy="; ".join(policy),
            **values,
        )
    )
    return html if html.endswith("\n") else html + "\n"


@cache
def _inline(paths: Sequence[str], element: str) -> str:
    vendored = [asset(path) for path in paths if path.startswith("vendor/")]
    own = "\n".join(asset(path) for path in paths if not path.startswith("vendor/"))
    if element == "style":
        text = _IMAGE.sub("none", "\n".join([*vendored, own]))
    else:
        # One scope of their own, so that no name of ours hides one of the browser's.
        own = f'(() => {{\n"use strict";\n{own}}})();'
        text = _SOURCE_MAP.sub("", "\n".join([*vendored, own]))
    if f"</{element}" in text.lower():
        raise ValueError(f"a packaged file closes its own {element} element: {', '.join(paths)}")
    return f"\n{text}\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("warehouse.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "t": words.both,
        "known": words.known,
        "shown": words.shown,
        "share": words.share,
        "word": words.word,
        "mark": study.mark,
        "archetypes": study.archetypes,
    }
    environment.filters |= {"plain": plain, "safe_link": link}
    return environment
