"""The words of lexicon.toml, compiled to a trie of tokens that is walked once over a text."""

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

LANGUAGES = ("fr", "en", "de", "es", "it", "nl")
ANY = 1 << len(LANGUAGES)
BIT = {language: 1 << position for position, language in enumerate(LANGUAGES)} | {"any": ANY}

_WORD = re.compile(r"[^\W_]+[*+]?")
_OPTION = re.compile(r"\{([^{}]*)\}|\(([^()]*)\)")
_TRANSLATE = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})


class Meaning(NamedTuple):
    """What an expression says: a concept, in languages (bits), of one thing or of several."""

    concept: str
    languages: int
    is_several: bool
    hosts: bool
    """True when it matters whether the text calls it the host."""


@dataclass
class Node:
    """One position in the trie: the words that may follow, and what ends here means."""

    exact: dict[str, "Node"] = field(default_factory=dict)
    prefix: dict[str, "Node"] = field(default_factory=dict)
    meanings: tuple[Meaning, ...] = ()
    prefix_lengths: tuple[int, ...] = ()


def fold(word: str) -> str:
    """Return the word in lower case without accents, so that spelling variants compare equal."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_TRANSLATE))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def expand(expression: str) -> Iterator[tuple[str, bool]]:
    """Return every way to read an expression with its options, and whether an optional plural opens it."""
    parts: list[list[str]] = []
    plural_part = None
    last = 0
    for match in _OPTION.finditer(expression):
        parts.append([expression[last : match.start()]])
        if match.group(1) is not None:
            parts.append(match.group(1).split("|"))
        else:
            if " " not in expression[: match.start()].strip() and match.group(2) in {"s", "x"}:
                plural_part = len(parts)
            parts.append(["", match.group(2)])
        last = match.end()
    parts.append([expression[last:]])
    for choice in itertools.product(*parts):
        yield "".join(choice), plural_part is not None and choice[plural_part] != ""


def words_of(expression: str) -> tuple[tuple[str, ...], bool]:
    """Return the folded words of one expression, `*` kept, and whether it is said of several (`+`)."""
    found = _WORD.findall(fold(expression))
    return tuple(word.rstrip("+") for word in found), any(word.endswith("+") for word in found)


def compile_trie(concepts: Mapping[str, Mapping[str, Any]]) -> Node:
    """Return the trie of every expression of every concept."""
    root = Node()
    for concept, entry in concepts.items():
        for language, bit in BIT.items():
            for expression in entry.get(language, ()):
                for text, is_plural in expand(expression):
                    words, is_several = words_of(text)
                    if words:
                        _add(root, words, Meaning(concept, bit, is_plural or is_several, entry.get("hosts", False)))
    _seal(root)
    return root


def _add(root: Node, words: tuple[str, ...], meaning: Meaning) -> None:
    node = root
    for word in words:
        node = node.prefix.setdefault(word[:-1], Node()) if word.endswith("*") else node.exact.setdefault(word, Node())
    merged = {m.concept: m for m in node.meanings}
    known = merged.get(meaning.concept)
    merged[meaning.concept] = (
        meaning
        if known is None
        else known._replace(
            languages=known.languages | meaning.languages, is_several=known.is_several and meaning.is_several
        )
    )
    node.meanings = tuple(merged.values())


def _seal(node: Node) -> None:
    node.prefix_lengths = tuple(sorted({len(prefix) for prefix in node.prefix}))
    for child in (*node.exact.values(), *node.prefix.values()):
        _seal(child)


@dataclass(frozen=True)
class Lexicon:
    """The compiled words: cues, the markers around a host, and the marks of each language."""

    cues: Node
    markers: Node
    language_marks: Mapping[str, int]
    domains: re.Pattern[str]
    domain_concepts: tuple[str, ...]
    sentences: Mapping[str, str]
    countries: Mapping[str, int]


def entries() -> dict[str, dict[str, Any]]:
    """Return the concepts as written in lexicon.toml, markers and domains left out."""
    read = _read()
    return {concept: entry for concept, entry in read.items() if concept not in {"marker", "domain"}}


@cache
def _read() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("warehouse.archetypes").joinpath("lexicon.toml").read_text("utf-8"))


@cache
def load() -> Lexicon:
    """Return the lexicon that ships with the package."""
    read = _read()
    languages = tomllib.loads(resources.files(__package__).joinpath("languages.toml").read_text("utf-8"))
    markers = read.pop("marker")
    domains = read.pop("domain")
    marks: dict[str, int] = {}
    for language, words in languages["marks"].items():
        for word in words.split():
            marks[fold(word)] = marks.get(fold(word), 0) | BIT[language]
    countries = {
        country: sum(BIT[language] for language in spoken.split()) for country, spoken in languages["countries"].items()
    }
    return Lexicon(
        cues=compile_trie(read),
        markers=compile_trie(markers),
        language_marks=marks,
        domains=_compile_domains(domains),
        domain_concepts=tuple(domains),
        sentences={concept: entry["codebook"] for concept, entry in read.items()},
        countries=countries,
    )


def _compile_domains(domains: Mapping[str, Mapping[str, Any]]) -> re.Pattern[str]:
    """Return one expression with a group a concept, matched against the end of a host name."""
    groups = []
    for concept, entry in domains.items():
        hosts = "|".join(re.escape(host).replace(r"\*", "[a-z0-9-]*") for host in entry["hosts"])
        groups.append(f"(?P<{concept}>(?:^|\\.)(?:{hosts})$)")
    return re.compile("|".join(groups))
