"""A text to the cues it holds: concept, words, language, and whether an institution hosts the lab or is only named."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from warehouse.archetypes.reading.lexicon import ANY, BIT, LANGUAGES, Lexicon, Meaning, Node, fold

_TOKEN = re.compile(r"[^\W_]+|[.!?;:](?=\s|$)|(?<=\s)\||[\n•]")
_LOOK_BACK = 16
"""Words before an institution in which a marker still speaks of it: "avec le centre social X, les lycées et ..."."""
_HOST_REACH = 8
"""Words between "porté par" and the institution it speaks of."""
_MARKS_TO_TELL = 2
"""Small words of a language in a sentence before it counts as written in it."""
_NEARLY = 0.7
"""A language with this share of the best one's marks is spoken in the sentence too."""
_SENTENCE_READ = 250
"""Words of a sentence that tell its language; a byte counts 255."""
_SHIFTS = tuple(8 * position for position in range(len(LANGUAGES)))
_WORDS_REMEMBERED = 100_000
"""Distinct words kept between texts; beyond it the memory starts again, so that it stays flat."""
_ALL = (ANY << 1) - 1

HOST, GENITIVE, STATED, MENTION = "host", "genitive", "stated", "mention"


class Found(NamedTuple):
    """One cue in one text."""

    concept: str
    start: int
    end: int
    standing: str
    is_several: bool
    is_opening: bool
    """True in the first sentence of the text that holds a cue: its subject is the lab or its host."""


class _Word(NamedTuple):
    folded: str
    marks: int
    cues: tuple[Node, ...]
    markers: tuple[Node, ...]
    is_boundary: bool


class Reader:
    """Finds cues; remembers words it has seen, never texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words: dict[str, _Word] = {}

    def read(self, text: str, country_languages: int = 0) -> list[Found]:
        """Return the cues of a text in reading order.

        An expression counts in a sentence of its language, in one too short to tell, and where the country of the
        lab speaks it (`country_languages`, bits).
        """
        spans: list[tuple[int, int]] = []
        words: list[_Word] = []
        remembered = self._words
        for match in _TOKEN.finditer(text):
            token = match.group()
            word = remembered.get(token)
            if word is None:
                word = self._look_up(token)
            words.append(word)
            spans.append(match.span())
        found: list[Found] = []
        start = 0
        for position, word in enumerate(words):
            if word.is_boundary:
                self._read_sentence(words, spans, (start, position), country_languages, found)
                start = position + 1
        self._read_sentence(words, spans, (start, len(words)), country_languages, found)
        return found

    def _look_up(self, token: str) -> _Word:
        if len(self._words) >= _WORDS_REMEMBERED:
            self._words.clear()
        is_boundary = not token[0].isalnum()
        folded = fold(token)
        word = _Word(
            folded,
            sum(
                1 << shift
                for position, shift in enumerate(_SHIFTS)
                if self._lexicon.language_marks.get(folded, 0) >> position & 1
            ),
            tuple(step((self._lexicon.cues,), folded)),
            tuple(step((self._lexicon.markers,), folded)),
            is_boundary,
        )
        self._words[token] = word
        return word

    def _read_sentence(
        self,
        words: list[_Word],
        spans: list[tuple[int, int]],
        bounds: tuple[int, int],
        country_languages: int,
        found: list[Found],
    ) -> None:
        start, stop = bounds
        if not any([word.cues for word in words[start:stop]]):  # a list is faster than a generator here
            return
        is_opening = not found
        written = sentence_languages(sum(word.marks for word in words[start : min(stop, start + _SENTENCE_READ)]))
        is_short = written == _ALL
        if is_short and country_languages:
            written = country_languages | BIT["en"] | ANY
        allowed = written | country_languages
        position = start
        while position < stop:
            if not words[position].cues:
                position += 1
                continue
            end, meanings = longest(words, position, stop, allowed, words[position].cues)
            if not end:
                position += 1
                continue
            meanings = _preferred(meanings, ((country_languages or BIT["en"]) if is_short else written) | ANY)
            has_standing = any(meaning.hosts for meaning in meanings)
            standing = self._standing(words, start, position, written) if has_standing else STATED
            for meaning in meanings:
                found.append(
                    Found(
                        meaning.concept, spans[position][0], spans[end - 1][1], standing, meaning.is_several, is_opening
                    )
                )
            position = end

    def _standing(self, words: list[_Word], start: int, position: int, written: int) -> str:
        """Return how the words before an institution present it: the nearest marker speaks."""
        nearest, has_genitive = STATED, False
        begin = max(start, position - _LOOK_BACK)
        while begin < position:
            end, meanings = (
                longest(words, begin, position, written, words[begin].markers) if words[begin].markers else (0, [])
            )
            kinds = {meaning.concept for meaning in meanings}
            if "partner" in kinds:
                nearest = MENTION
            elif "host" in kinds and position - end <= _HOST_REACH:
                nearest = HOST
            has_genitive = has_genitive or ("possessive" in kinds and end == position)
            begin = end or begin + 1
        return GENITIVE if nearest == STATED and has_genitive else nearest


def _preferred(meanings: list[Meaning], languages: int) -> list[Meaning]:
    """Return the meanings in the languages, one a concept; all when there is none, for the country speaks the others.

    A word two expressions find ("médiathèques" and "médiathèque*") is said of several when either says so.
    """
    kept: dict[str, Meaning] = {}
    for meaning in [meaning for meaning in meanings if meaning.languages & languages] or meanings:
        if meaning.concept not in kept or meaning.is_several:
            kept[meaning.concept] = meaning
    return list(kept.values())


def sentence_languages(counted: int) -> int:
    """Return the languages a sentence may be in, as bits; all of them when it is too short to tell.

    `counted` is the sum of the marks of its words: one byte a language.
    """
    counts = [(counted >> shift) & 0xFF for shift in _SHIFTS]
    most = max(counts)
    if most < _MARKS_TO_TELL:
        return _ALL
    least = max(_MARKS_TO_TELL, most * _NEARLY)
    return ANY | sum(1 << position for position, count in enumerate(counts) if count >= least)


def longest(
    words: list[_Word], position: int, stop: int, allowed: int, nodes: tuple[Node, ...]
) -> tuple[int, list[Meaning]]:
    """Return where the longest allowed expression from a position ends, and what it means; 0 when there is none.

    `nodes` are those the word at the position leads to: its cues or its markers.
    """
    best_end = 0
    best: list[Meaning] = []
    end = position + 1
    reached: Sequence[Node] = nodes
    while reached:
        for node in reached:
            for meaning in node.meanings:
                if meaning.languages & allowed:
                    if best_end < end:
                        best_end, best = end, []
                    best.append(meaning)
        if end >= stop:
            break
        word = words[end].folded
        reached = step(reached, word)
        end += 1
    return best_end, best


def step(nodes: Sequence[Node], word: str) -> list[Node]:
    """Return the nodes a word leads to from any of the nodes: its own, and those of the endings it has."""
    found = []
    for node in nodes:
        child = node.exact.get(word)
        if child is not None:
            found.append(child)
        for length in node.prefix_lengths:
            child = node.prefix.get(word[:length])
            if child is not None:
                found.append(child)
    return found
