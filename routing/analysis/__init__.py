"""Proof of a model before it goes live: what is missing, contradicts or can never happen in it."""

from routing.analysis.analyse import analyse
from routing.analysis.finding import Example, Finding, Kind, Repair, RowAt, Severity, Text
from routing.analysis.names import Names
from routing.analysis.staff import Member, Staff

__all__ = [
    "Example",
    "Finding",
    "Kind",
    "Member",
    "Names",
    "Repair",
    "RowAt",
    "Severity",
    "Staff",
    "Text",
    "analyse",
]
