"""One classification to a text a reader can check: what was decided, by which sentence, on which words."""

import re
from collections.abc import Mapping
from typing import Any

from warehouse.archetypes.decision.codebook import FINALITES, TITLES, Language, decisions, guards

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_MOST_QUOTED = 80

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "archetype": "Archétype",
        "score": "probabilité que ce soit juste",
        "finality": "Finalité",
        "runner_up": "Second",
        "margin": "avance de {0} points",
        "decided": "Décidé à l'étape",
        "hint": "Indice (pas une étiquette)",
        "reason": "Pourquoi aucun archétype",
        "evidence": "Indices",
        "none": "aucun mot du lexique",
        "guards": "Garde-fous",
        "disagreeing": "Fiches qui, seules, diraient autre chose",
        "version": "Version des règles",
        "hors_champ": "hors champ",
        "planned": "en projet",
        "name_only": "un nom seulement",
        "thin": "indices trop minces",
        "tie": "deux archétypes à égalité",
        "colon": " : ",
    },
    "en": {
        "archetype": "Archetype",
        "score": "probability of being right",
        "finality": "Finality",
        "runner_up": "Runner-up",
        "margin": "lead of {0} points",
        "decided": "Decided in step",
        "hint": "Hint (not a label)",
        "reason": "Why no archetype",
        "evidence": "Evidence",
        "none": "no word of the lexicon",
        "guards": "Guards",
        "disagreeing": "Listings that alone would say otherwise",
        "version": "Version of the rules",
        "hors_champ": "out of scope",
        "planned": "planned",
        "name_only": "a name only",
        "thin": "evidence too thin",
        "tie": "two archetypes level",
        "colon": ": ",
    },
}


def explain(classification: Mapping[str, Any], language: Language = "en") -> str:
    """Return the explanation of one row of Classification in French or English, several lines."""
    say = _WORDS[language]
    colon = say["colon"]
    label = str(classification["archetype"])
    lines = [
        f"{say['archetype']}{colon}{label} - {TITLES[label][language]} "
        f"({say['score']} {_number(classification['score'], language)})"
    ]
    if classification.get("finalite"):
        lines.append(f"{say['finality']}{colon}{FINALITES[classification['finalite']][language]}")
    if classification.get("runner_up"):
        runner_up = str(classification["runner_up"])
        lead = say["margin"].format(_number(classification["margin"], language))
        lines.append(f"{say['runner_up']}{colon}{runner_up} - {TITLES[runner_up][language]} ({lead})")
    if classification.get("reason"):
        lines.append(f"{say['reason']}{colon}{say[classification['reason']]}")
    if classification.get("hint"):
        hint = str(classification["hint"])
        lines.append(f"{say['hint']}{colon}{hint} - {TITLES[hint][language]}")
    lines.append(f"{say['decided']} {classification['decided_by']}{colon}{_rule(classification, language)}")
    lines += _evidence(classification, language)
    lines += _guards(classification, language)
    if classification.get("disagreeing"):
        lines.append(f"{say['disagreeing']}{colon}{', '.join(map(quoted, classification['disagreeing']))}")
    lines.append(f"{say['version']}{colon}{classification['rules_version']}")
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Return words of a listing fit for a terminal: no control characters, at most 80 characters."""
    plain = _CONTROL.sub(" ", text)
    return plain if len(plain) <= _MOST_QUOTED else plain[: _MOST_QUOTED - 1] + "…"


def _rule(classification: Mapping[str, Any], language: Language) -> str:
    name = classification.get("codebook_rule")
    return f"{name} - {decisions()[name][language]}" if name else ""


def _evidence(classification: Mapping[str, Any], language: Language) -> list[str]:
    say = _WORDS[language]
    lines = [f"{say['evidence']}{say['colon']}".rstrip()]
    for cue in classification["evidence"]:
        where = f"{cue['field']}, {quoted(cue['source'])}:{quoted(cue['source_key'])}"
        lines.append(
            f"  {_number(cue['weight'], language):>5} {cue['archetype']}  {cue['tag']}  "
            f'"{quoted(cue["matched"])}"  ({where})'
        )
        lines.append(f"          {cue['rule']}{say['colon']}{cue['sentence_' + language]}")
    return lines if len(lines) > 1 else [*lines, f"  {say['none']}"]


def _guards(classification: Mapping[str, Any], language: Language) -> list[str]:
    applied = classification.get("guards") or ()
    if not applied:
        return []
    say = _WORDS[language]
    lines = [f"{say['guards']}{say['colon']}".rstrip()]
    for guard in applied:
        lines.append(
            f"  {_number(guard['points'], language):>5} {guard['archetype']}  {guard['guard']}{say['colon']}"
            f"{guards()[guard['guard']][language]}"
        )
    return lines


def _number(value: float | None, language: Language) -> str:
    text = f"{value or 0.0:.2f}"
    return text.replace(".", ",") if language == "fr" else text
