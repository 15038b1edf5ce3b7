"""Fits a linear model (multinomial logistic regression) to vectors, one after the other."""

from collections.abc import Sequence

import numpy as np

from routing.learned.vocabulary import Floats, Vector

ROUNDS = 3
STEP = 2.0
LEAST_ERROR = 0.1
_SEED = 20


def fit(vectors: Sequence[Vector], labels: Sequence[int], *, features: int, topics: int) -> Floats:
    """The weight of each feature for each topic. The same input gives the same weights."""
    weights = np.zeros((features, topics), np.float32)
    order = np.random.default_rng(_SEED)
    step, steps = 0, ROUNDS * len(vectors)
    for _ in range(ROUNDS):
        for place in order.permutation(len(vectors)):
            vector = vectors[place]
            here = weights[vector.rows]
            error = softmax(vector.values @ here)
            error[labels[place]] -= 1
            size = STEP * (1 - step / steps)
            step += 1
            # What is known well by now teaches nothing, and leaving it saves half of the time.
            if error[labels[place]] < -LEAST_ERROR:
                here -= np.multiply.outer(vector.values * np.float32(size), error)
                weights[vector.rows] = here
    return weights


def softmax(scores: Floats) -> Floats:
    """Probabilities over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
