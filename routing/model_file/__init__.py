"""The file form of the interaction model: YAML, checked as a whole when it is read."""

from routing.model_file.problem import BrokenModel, Problem
from routing.model_file.read import load_definition, load_model, read_definition, read_model

__all__ = [
    "BrokenModel",
    "Problem",
    "load_definition",
    "load_model",
    "read_definition",
    "read_model",
]
