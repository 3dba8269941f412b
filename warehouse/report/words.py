"""Keys of words.toml and values.toml to French and English text that stand side by side in the page.

Both languages are always in the page and a style rule hides one: the switch needs no network and no script.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

LANGUAGES = ("fr", "en")
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_PERCENT = {"fr": "#,##0.#\u202f%", "en": "#,##0.#%"}


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return every text by key, then language."""
    room = resources.files("warehouse.report")
    texts: dict[str, list[str]] = {}
    for name in ("words.toml", "values.toml"):
        texts |= tomllib.loads((room / name).read_text(encoding="utf-8"))
    return {key: dict(zip(LANGUAGES, pair, strict=True)) for key, pair in texts.items()}


def section(prefix: str) -> dict[str, Mapping[str, str]]:
    """Return the texts whose key starts with `prefix_`, by the rest of the key: what a script needs of the words."""
    start = f"{prefix}_"
    return {key.removeprefix(start): text for key, text in catalogue().items() if key.startswith(start)}


def word(language: str, key: str, **values: Any) -> str:
    """Return one text in one language, its values written as that language writes them.

    Raises: KeyError when no such text exists: a template names a word that nobody wrote.
    """
    return catalogue()[key][language].format(**{name: value_in(language, value) for name, value in values.items()})


def both(key: str, **values: Any) -> Markup:
    """Return the text in both languages, each marked with its language."""
    return _side_by_side({language: word(language, key, **values) for language in LANGUAGES})


def known(prefix: str, value: Any) -> Markup:
    """Return the text of an enumerated value; a value the catalogue does not know is shown as it is."""
    key = f"{prefix}_{value}"
    return both(key) if key in catalogue() else escape(str(value))


def shown(value: Any) -> Markup:
    """Return a number, a date or an instant as both languages write it; once where they agree. None is a dash."""
    return Markup("–") if value is None else _side_by_side({code: value_in(code, value) for code in LANGUAGES})


def in_each(texts: Mapping[str, str]) -> Markup:
    """Return texts that are already in both languages, each marked with its own."""
    return _side_by_side(texts)


def share(value: float | None) -> Markup:
    """Return a share 0-1 as per cent in both languages. None is a dash."""
    if value is None:
        return Markup("–")
    return _side_by_side({code: format_percent(value, _PERCENT[code], locale=_LOCALES[code]) for code in LANGUAGES})


def value_in(language: str, value: Any) -> str:
    """Return a plain value as the language writes it; text stays as it is."""
    locale = _LOCALES[language]
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return format_decimal(value, locale=locale)
    if isinstance(value, datetime):
        return f"{format_datetime(value, 'd MMM y, HH:mm', locale=locale)} UTC"
    if isinstance(value, date):
        return format_date(value, "d MMM y", locale=locale)
    return str(value)


def _side_by_side(texts: Mapping[str, str]) -> Markup:
    if len(set(texts.values())) == 1:
        return escape(texts[LANGUAGES[0]])
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, text) for language, text in texts.items()
    )
