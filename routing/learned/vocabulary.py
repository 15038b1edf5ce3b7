"""Which features count and how much: those that several examples share, the rarer the more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.learned.features import WORD, Grams

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

LEAST_EXAMPLES = 2
MOST_FEATURES = 60_000


@dataclass(frozen=True)
class Vector:
    """The places of the features that are known, and what each of them counts."""

    rows: Rows
    values: Floats


@dataclass(frozen=True)
class Vocabulary:
    """`keys` is sorted. `unknown` is what a feature counts that no two examples share."""

    keys: Grams
    weights: Floats
    unknown: float

    @classmethod
    def of(cls, examples: Sequence[Grams]) -> "Vocabulary":
        keys, counts = np.unique(np.concatenate(examples), return_counts=True)
        kept = np.flatnonzero(counts >= LEAST_EXAMPLES)
        if len(kept) > MOST_FEATURES:
            most = np.argsort(-counts[kept], kind="stable")[:MOST_FEATURES]
            kept = np.sort(kept[most])
        rarity = np.log((len(examples) + 1) / (counts[kept] + 1))
        unknown = float(np.log((len(examples) + 1) / 2))
        return cls(keys[kept], rarity.astype(np.float32), unknown)

    def vector(self, grams: Grams) -> Vector:
        """Words and pieces weigh the same together, and both less where much is unknown: a text
        like none before points nowhere."""
        places = np.searchsorted(self.keys, grams)
        places[places == len(self.keys)] = 0
        known = self.keys[places] == grams if len(self.keys) else np.zeros(len(grams), np.bool_)
        is_word = grams >= WORD
        values = np.where(known, self.weights[places] if len(self.keys) else 0, self.unknown)
        squares = values * values
        sizes = np.where(is_word, squares[is_word].sum(), squares[~is_word].sum())
        scaled = values / np.sqrt(sizes + 1e-9)
        return Vector(places[known], scaled[known].astype(np.float32))
