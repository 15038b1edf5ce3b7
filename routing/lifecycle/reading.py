"""From the text of a version to a model whose decisions carry the number of the version."""

from routing.model import Model
from routing.model_file import read_model


def name_of(number: int) -> str:
    """Under which problems of a version are reported."""
    return f"version {number}"


def read_version(written: str, number: int) -> Model:
    """Raises BrokenModel with every problem found."""
    model = read_model(written, name_of(number))
    return Model(model.definition.model_copy(update={"version": str(number)}))
