"""`loket model export` and `loket model convert`: a model to a spreadsheet or table, and back."""

from pathlib import Path
from typing import Annotated

import typer

from config.command import ConfigOption, plain_errors, read_settings, run, terminal, with_store
from config.in_force import named_definition
from config.settings import Settings
from routing.definition import Definition
from routing.forms.files import Form, bring, write_form
from routing.model_file import load_model

FileOption = Annotated[
    Path | None, typer.Option("--model", help="A model file; without it, the model in use.")
]


def export_model(
    out: Annotated[Path, typer.Argument(help="The file to write; for csv a folder.")],
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.YAML,
    file: FileOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the model as YAML, as a spreadsheet, or who is responsible as a DMN table."""
    with plain_errors():
        if file:
            name, definition = file.name, load_model(file).definition
        else:
            name, definition = _in_use(read_settings(config))
        write_form(definition, form, out)
    terminal.print(f"{name} is written to {out}.")


def _in_use(settings: Settings) -> tuple[str, Definition]:
    return run(with_store(settings, lambda db: named_definition(settings, db)))


def convert_model(
    file: Annotated[Path, typer.Argument(help=".yaml, .xlsx, .dmn, or a folder of CSV files.")],
    out: Annotated[Path, typer.Argument(help="The model file to write.")],
    base: Annotated[
        Path | None,
        typer.Option(help="For a DMN table: the model that has all else; that of the settings."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Make a model file of another form. What is broken is said, and then nothing is written."""
    base = base or read_settings(config).routing.model
    with plain_errors():
        rows = len(bring(file, out, base).moments)
    terminal.print(f"{out} has {rows} rows. `loket model check {out}` proves it.")


def add_to(app: typer.Typer) -> None:
    app.command("export")(export_model)
    app.command("convert")(convert_model)
