"""What was learned, ready for use: guesses the topic of a contact and says how sure that is."""

import json
import struct
import zlib
from dataclasses import dataclass, replace

import numpy as np

from hub.errors import LoketError
from routing.decide import Guess
from routing.learned.features import grams
from routing.learned.softmax import softmax
from routing.learned.vocabulary import Floats, Vocabulary

FORMAT = 1
_HEAD = struct.Struct("!I")


class UnreadableLearning(LoketError):
    """What is stored was made by another release: train again."""


@dataclass(frozen=True)
class Classifier:
    """`sharpness` scales scores so that of guesses that are 80 % sure 80 % are right.

    `version` and `threshold` are not part of what was learned; the store knows them.
    """

    topics: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    sharpness: float
    version: int = 0
    threshold: float = 1.0

    def guess(self, subject: str, text: str) -> Guess | None:
        """The likeliest topic; None where the text has nothing that was seen before."""
        vector = self.vocabulary.vector(grams(subject, text))
        if not len(vector.rows):
            return None
        shares = softmax((vector.values @ self.weights[vector.rows]) * np.float32(self.sharpness))
        best = int(shares.argmax())
        return Guess(self.topics[best], float(shares[best]))

    def known_as(self, version: int, threshold: float) -> "Classifier":
        return replace(self, version=version, threshold=threshold)

    def to_bytes(self) -> bytes:
        """As kept in the store: a head in JSON, then the numbers, compressed."""
        head = json.dumps(
            {
                "format": FORMAT,
                "topics": self.topics,
                "features": len(self.vocabulary.keys),
                "unknown": self.vocabulary.unknown,
                "sharpness": self.sharpness,
            }
        ).encode()
        numbers = (
            self.vocabulary.keys.astype("<u4").tobytes()
            + self.vocabulary.weights.astype("<f4").tobytes()
            + self.weights.astype("<f2").tobytes()
        )
        return _HEAD.pack(len(head)) + head + zlib.compress(numbers, 1)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Classifier":
        """Raises UnreadableLearning."""
        try:
            return cls._read(content)
        except (ValueError, KeyError, TypeError, struct.error, zlib.error) as error:
            raise UnreadableLearning(f"what was learned cannot be read: {error}") from error

    @classmethod
    def _read(cls, content: bytes) -> "Classifier":
        (size,) = _HEAD.unpack_from(content)
        head = json.loads(content[_HEAD.size : _HEAD.size + size])
        if head["format"] != FORMAT:
            raise ValueError(f"it has format {head['format']}, not {FORMAT}")
        numbers = zlib.decompress(content[_HEAD.size + size :])
        features, topics = int(head["features"]), tuple(head["topics"])
        keys = np.frombuffer(numbers, "<u4", features)
        rarity = np.frombuffer(numbers, "<f4", features, offset=4 * features)
        weights = np.frombuffer(numbers, "<f2", features * len(topics), offset=8 * features)
        return cls(
            topics=topics,
            vocabulary=Vocabulary(
                keys.astype(np.uint32), rarity.astype(np.float32), float(head["unknown"])
            ),
            weights=weights.reshape(features, len(topics)).astype(np.float32),
            sharpness=float(head["sharpness"]),
        )
