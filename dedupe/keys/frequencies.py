"""How common a word is in lab names: frozen with the model, so that no week changes its own weights."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedupe.keys.text import Array

RARE = 1 / 20_000
"""Share of names at which a word counts as rare; words the table does not know are at most this common."""


@dataclass(frozen=True)
class Frequencies:
    """Share of lab names each common word stands in, 0-1; words not in the table are rare."""

    shares: dict[str, float]

    def weights(self, words: pa.Array) -> Array:
        """Return what each word is worth: 0 when every name has it, 1 when it is rare (inverse document frequency)."""
        scale = 1 / np.log(1 / RARE)
        known, common = pa.array(list(self.shares), pa.string()), np.array([*self.shares.values(), RARE])
        shares = common[pc.index_in(words, known).fill_null(len(known)).to_numpy(zero_copy_only=False)]
        weights: Array = (-np.log(np.maximum(shares, RARE)) * scale).astype(np.float32)
        return weights


@cache
def shipped() -> Frequencies:
    """Return the frequencies committed with the model."""
    path = resources.files("dedupe") / "model" / "word_shares.json"
    return Frequencies(json.loads(path.read_text(encoding="utf-8")))
