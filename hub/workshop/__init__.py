"""The five-step session in which people make an interaction model: its cards and their order.

In the code it is a workshop, because a session is a sign-in there.
"""

from hub.workshop.board import Board, Card
from hub.workshop.vocabulary import Kind, Where, Write, check, new_card, row_id, where_of

__all__ = [
    "Board",
    "Card",
    "Kind",
    "Where",
    "Write",
    "check",
    "new_card",
    "row_id",
    "where_of",
]
