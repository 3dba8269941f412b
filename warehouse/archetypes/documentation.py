"""The tables the classifier runs on to docs/archetypes.md: generated, so that the page cannot say something else.

`pytest tests/warehouse/archetypes/test_documentation.py --accept` writes the page; the test fails on a stale copy.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence

from warehouse.archetypes import evaluation, rules
from warehouse.archetypes.classify import FINALITE
from warehouse.archetypes.decision import calibration, order
from warehouse.archetypes.decision.codebook import FINALITES, TITLES, decisions, guards
from warehouse.archetypes.reading import lexicon
from warehouse.archetypes.reading.testimony import DIRECTNESS_STRENGTH, TICKED
from warehouse.archetypes.signals import SIGNALS

_INTRODUCTION = """\
# Archetypes

Each lab carries one of the six archetypes of the DGE study of 2020, or `unclassified`, with a score, a runner-up and
the words it rests on. `labs explain LAB_ID` shows one lab; `labs classify TABLE --out FILE` classifies any table with
`id` and `name`; `labs evaluate archetypes GOLD.csv` measures it against people.

This page is generated from the tables the classifier runs on. To change a weight or a word, edit
`warehouse/archetypes/rules.toml` or `lexicon.toml`, add a case to `tests/warehouse/archetypes/cases.toml`, run
`python -m warehouse.archetypes.measures.crossvalidation GOLD.csv --write` and
`pytest tests/warehouse/archetypes/test_documentation.py --accept`, and review the rows that flipped.
"""

_ORDER = """\
## How a lab is decided

1. All its listings are read: name, operator, kinds, description, services, equipment, audiences, labels, address, web
   and e-mail domain. A description of the form `key: value | key: value` is taken apart first.
2. Words of the lexicon become cues. The longest expression wins, so that "bibliothèque universitaire" hides
   "bibliothèque" and "repair café" hides "café". An expression counts in a sentence of its language, in one too short
   to tell, and where the lab's country speaks it; proper names and loan words count everywhere.
3. Signals weigh the cues by how directly they are stated: an institution counts in full in the name, operator, address
   or domain; in prose in full when the text calls it the host ("hébergé par"), {genitive:.0%} in a genitive,
   {stated:.0%} when merely named, {mention:.0%} as partner or public. A ticked category counts {ticked:.0%}.
4. Rules turn signals into points; guards take some back.
5. The steps of the codebook are asked in order: scope, operator, functions, audience, community, score. The first
   that can tell decides. Below {least} points, or with a lead below {lead}, nothing is claimed.
6. The score is the probability that the archetype is right, fitted on labelled labs; a listing that alone would give
   another archetype lowers it and is named in `disagreeing`.
"""


def document() -> str:
    """Return the page."""
    steps = _ORDER.format(
        genitive=DIRECTNESS_STRENGTH["genitive"],
        stated=DIRECTNESS_STRENGTH["stated"],
        mention=DIRECTNESS_STRENGTH["mention"],
        ticked=TICKED,
        least=order.LEAST_POINTS,
        lead=order.LEAST_LEAD,
    )
    parts: Sequence[Callable[[], Iterator[str]]] = (
        _archetypes,
        _decisions,
        _guards,
        _rules,
        _signals,
        _lexicon,
        _score,
        _quality,
    )
    sections = ["\n".join(part()) for part in parts]
    return "\n".join([_INTRODUCTION, steps, *sections]) + "\n"


def _archetypes() -> Iterator[str]:
    yield "## The six archetypes\n\n| | name | English | finality |\n|---|---|---|---|"
    for label, finality in FINALITE.items():
        yield f"| {label} | {TITLES[label]['fr']} | {TITLES[label]['en']} | {FINALITES[finality]['en']} |"
    yield ""


def _decisions() -> Iterator[str]:
    yield "## Gates, tie-breaks and rulings\n\n`codebook_rule` names one of these.\n"
    yield "| rule | en français | in English |\n|---|---|---|"
    for name, sentence in decisions().items():
        yield f"| {name} | {sentence['fr']} | {sentence['en']} |"
    yield ""


def _guards() -> Iterator[str]:
    yield "## Guards\n\n| guard | en français | in English |\n|---|---|---|"
    for name, sentence in guards().items():
        yield f"| {name} | {sentence['fr']} | {sentence['en']} |"
    yield ""


def _rules() -> Iterator[str]:
    yield "## Rules\n\n| archetype | signal | points | step | why |\n|---|---|---:|---|---|"
    table = [rule for rules_of in rules.load().values() for rule in rules_of]
    for rule in sorted(table, key=lambda rule: (rule.archetype, -rule.weight, rule.signal)):
        yield f"| {rule.archetype} | {rule.signal} | {rule.weight} | {rule.step} | {rule.why_en} |"
    yield ""


def _signals() -> Iterator[str]:
    yield "## Signals\n\n| signal | listens to | what it reports |\n|---|---|---|"
    for name, detector in SIGNALS.items():
        told = " ".join((inspect.getdoc(detector.find) or "").split())
        yield f"| {name} | {', '.join(detector.concepts)} | {told} |"
    yield ""


def _lexicon() -> Iterator[str]:
    yield "## Lexicon\n\nExpressions a concept, by language.\n"
    yield f"| concept | codebook | {' | '.join(lexicon.BIT)} |\n|---|---|{'---:|' * len(lexicon.BIT)}"
    for concept, entry in lexicon.entries().items():
        counts = " | ".join(str(len(entry.get(language, ())) or "") for language in lexicon.BIT)
        yield f"| {concept} | {entry['codebook']} | {counts} |"
    yield ""


def _score() -> Iterator[str]:
    yield "## Score\n\nLog-odds of being right, by feature of the decision.\n\n| feature | log-odds |\n|---|---:|"
    for name, value in calibration.coefficients().items():
        yield f"| {name} | {value:.2f} |"
    yield f"| a disagreeing listing | {-calibration.DISAGREEMENT:.2f} |\n"


def _quality() -> Iterator[str]:
    found = evaluation.quality()
    yield "## Measured\n"
    yield "On 146 labelled real labs; two annotators agree on 84 % of a like sample, 97 % when a runner-up counts."
    yield "Rules, words and thresholds are not fitted; the calibration is, and its error is cross-validated.\n"
    yield "| measure | value |\n|---|---:|"
    for name in ("accuracy", "accuracy_with_alternative", "macro_f1", "coverage"):
        yield f"| {name} | {found[name]:.3f} |"
    validated = found["cross_validated"]
    yield f"| calibration error, out of fold | {validated['calibration_error']:.3f} |"
    yield f"| accuracy when every weight is off by up to 20 %, mean | {validated['shaken_accuracy']:.3f} |"
    yield f"| the same, worst of 20 draws | {validated['worst_shaken_accuracy']:.3f} |"
    yield "\n| label | labelled | precision | recall | F1 |\n|---|---:|---:|---:|---:|"
    for row in found["classes"]:
        yield f"| {row['label']} | {row['labelled']} | {row['precision']:.2f} | {row['recall']:.2f} | {row['f1']:.2f} |"
