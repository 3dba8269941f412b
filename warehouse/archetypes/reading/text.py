"""A text to the cues it holds: concept, words, language, and whether an institution hosts the lab or is only named."""

import re
from typing import NamedTuple

from warehouse.archetypes.reading.expressions import Word, longest, start_of
from warehouse.archetypes.reading.lexicon import ANY, BIT, LANGUAGES, Lexicon, Meaning, fold

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
    directness: str
    is_several: bool
    is_opening: bool
    """True in the first sentence of the text that holds a cue: its subject is the lab or its host."""


class _Sentence(NamedTuple):
    """Words from `start` to before `stop`; where cues may begin; the counted marks of its language."""

    start: int
    stop: int
    begins: list[int]
    marks: int


class Reader:
    """Finds cues; remembers words it has seen, never texts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._words: dict[str, Word] = {}

    def read(self, text: str, country_languages: int = 0) -> list[Found]:
        """Return the cues of a text in reading order.

        An expression counts in a sentence of its language, in one too short to tell, and where the country of the
        lab speaks it (`country_languages`, bits).
        """
        spans: list[tuple[int, int]] = []
        words: list[Word] = []
        sentences: list[_Sentence] = []
        begins: list[int] = []
        start = position = marks = 0
        remembered = self._words
        for match in _TOKEN.finditer(text):
            token = match.group()
            word = remembered.get(token)
            if word is None:
                word = self._look_up(token)
            words.append(word)
            spans.append(match.span())
            if word.is_boundary:
                if begins:
                    sentences.append(_Sentence(start, position, begins, marks))
                    begins = []
                start, marks = position + 1, 0
            else:
                if word.cues is not None:
                    begins.append(position)
                if position - start < _SENTENCE_READ:
                    marks += word.marks
            position += 1
        if begins:
            sentences.append(_Sentence(start, position, begins, marks))
        found: list[Found] = []
        for sentence in sentences:
            self._read_sentence(words, spans, sentence, country_languages, found)
        return found

    def _look_up(self, token: str) -> Word:
        if len(self._words) >= _WORDS_REMEMBERED:
            self._words.clear()
        folded = fold(token)
        spoken = self._lexicon.language_marks.get(folded, 0)
        word = Word(
            folded,
            sum(1 << shift for position, shift in enumerate(_SHIFTS) if spoken >> position & 1),
            start_of(self._lexicon.cues, folded),
            start_of(self._lexicon.markers, folded),
            not token[0].isalnum(),
        )
        self._words[token] = word
        return word

    def _read_sentence(
        self,
        words: list[Word],
        spans: list[tuple[int, int]],
        sentence: _Sentence,
        country_languages: int,
        found: list[Found],
    ) -> None:
        is_opening = not found
        written = sentence_languages(sentence.marks)
        is_short = written == _ALL
        if is_short and country_languages:
            written = country_languages | BIT["en"] | ANY
        allowed = written | country_languages
        preferred = ((country_languages or BIT["en"]) if is_short else written) | ANY
        reached = sentence.start
        for position in sentence.begins:
            begin = words[position].cues
            if position < reached or begin is None or not begin.may_lead_on(words, position, sentence.stop):
                continue
            end, meanings = longest(words, position, sentence.stop, allowed, begin.nodes)
            if not end:
                continue
            meanings = _preferred(meanings, preferred)
            has_standing = any(meaning.hosts for meaning in meanings)
            directness = STATED
            if has_standing:
                directness = said_after(words, end, sentence.stop, written) or self._directness(
                    words, sentence, position, written
                )
            for meaning in meanings:
                found.append(
                    Found(
                        meaning.concept,
                        spans[position][0],
                        spans[end - 1][1],
                        directness,
                        meaning.is_several,
                        is_opening,
                    )
                )
            reached = end

    def _directness(self, words: list[Word], sentence: _Sentence, position: int, written: int) -> str:
        """Return how the words before an institution present it: the nearest marker speaks."""
        nearest, has_genitive = STATED, False
        place = max(sentence.start, position - _LOOK_BACK)
        while place < position:
            begin = words[place].markers
            if begin is None or not begin.may_lead_on(words, place, position):
                place += 1
                continue
            end, meanings = longest(words, place, position, written, begin.nodes)
            kinds = {meaning.concept for meaning in meanings}
            if "partner" in kinds:
                nearest = MENTION
            elif "host" in kinds and position - end <= _HOST_REACH:
                nearest = HOST
            has_genitive = has_genitive or ("possessive" in kinds and end == position)
            place = end or place + 1
        return GENITIVE if nearest == STATED and has_genitive else nearest


def said_after(words: list[Word], position: int, stop: int, written: int) -> str | None:
    """Return how the words right after an institution present it: "the library's makerspace", "le collège voisin"."""
    begin = words[position].markers if position < stop else None
    if begin is None or not begin.may_lead_on(words, position, stop):
        return None
    _, meanings = longest(words, position, stop, written, begin.nodes)
    kinds = {meaning.concept for meaning in meanings}
    return HOST if "after_host" in kinds else MENTION if "after_partner" in kinds else None


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
