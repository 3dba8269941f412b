"""An evaluation of matching to text a person reads: figures, strata, blocking rules, and the misses with features."""

from typing import Any

from dedupe.evaluation import Evaluation, Score
from warehouse.schema.match import FEATURES

_SHOWN_MISSES = 60


def render(evaluation: Evaluation) -> str:
    """Return the measures as text, most general first."""
    score, weighted = evaluation.score, evaluation.weighted
    lines = [
        f"{score.pairs} labelled pairs, {evaluation.unsure} unsure ones left out",
        f"pairwise    {_figures(score)}  (95 % interval of F1 {evaluation.low:.3f} to {evaluation.high:.3f})",
        f"weighted    {_figures(weighted)}",
        f"B-cubed     {_figures(evaluation.b_cubed)}",
        "",
        "By stratum",
        *(f"  {name:44} {own.pairs:5} pairs  {_figures(own)}" for name, own in evaluation.strata.items()),
        "",
        "Share of same pairs each blocking rule finds",
        *(f"  {rule:44} {share:.3f}" for rule, share in evaluation.rules.items()),
        "",
        f"{len(evaluation.misses)} misses",
    ]
    for miss in evaluation.misses[:_SHOWN_MISSES]:
        lines += _miss(miss)
    if len(evaluation.misses) > _SHOWN_MISSES:
        lines.append(f"  and {len(evaluation.misses) - _SHOWN_MISSES} more")
    return "\n".join(lines)


def _figures(score: Score) -> str:
    return f"precision {score.precision:.3f}  recall {score.recall:.3f}  F1 {score.f1:.3f}"


def _miss(miss: dict[str, Any]) -> list[str]:
    names = " / ".join(_shown(name) for name in miss["names"])
    keys = " and ".join(f"{miss[f'source_{side}']} {_shown(miss[f'source_key_{side}'])}" for side in "ab")
    lines = [f"  {miss['label']}  {names}", f"     {keys}"]
    match = miss["match"]
    if match is None:
        return [*lines, "     never compared: no blocking rule made it a candidate"]
    features = ", ".join(f"{name} {match[name]:.3g}" for name in FEATURES if match[name] is not None)
    return [*lines, f"     {match['verdict']} {match['score']:.3f} by {match['decided_by']}: {features}"]


def _shown(value: Any) -> str:
    # Names come from other people's sites: no control characters on a terminal.
    return "".join(character if character.isprintable() else " " for character in str(value))[:80]
