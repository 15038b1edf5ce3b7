"""`loket model export` and `loket model import`: a model to a spreadsheet or table, and back."""

from pathlib import Path
from typing import Annotated

import typer

from config.command import ConfigOption, plain_errors, read_settings, terminal
from routing.forms.files import Form, bring, write_form
from routing.model_file import load_model

FileOption = Annotated[
    Path | None, typer.Option("--model", help="A model file; without it, that of the settings.")
]


def export_model(
    out: Annotated[Path, typer.Argument(help="The file to write; for csv a folder.")],
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.YAML,
    file: FileOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the model as YAML, as a spreadsheet, or who is responsible as a DMN table."""
    path = file or read_settings(config).routing.model
    with plain_errors():
        write_form(load_model(path).definition, form, out)
    terminal.print(f"{path.name} is written to {out}.")


def import_model(
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
    app.command("import")(import_model)
