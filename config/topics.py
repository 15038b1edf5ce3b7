"""`loket topics`: learn topics from contacts of which the topic is known; show how good it is."""

from typing import Annotated

import typer
from rich.table import Table

from config import basics
from config.command import ConfigOption, read_settings, run, terminal, with_store
from config.in_force import in_force
from config.settings import Settings
from hub.errors import Rejected
from hub.store import Database, learning
from hub.store.learning import Version
from routing.learned.report import NOTHING, Report

OPERATOR = "operator"
_STEPS = 5

app = typer.Typer(no_args_is_help=True, help="Topics that are learned from earlier contacts.")


@app.command("train")
def train(config: ConfigOption = None) -> None:
    """Learn now from what agents confirmed and corrected; routers take it over by themselves."""
    settings = read_settings(config)
    version, report = run(with_store(settings, lambda db: _train(settings, db)))
    terminal.print(
        f"Version {version}: {len(report.topics)} topics from {report.examples} contacts, "
        f"{report.accuracy:.1%} right without a threshold."
    )


@app.command("report")
def report(config: ConfigOption = None) -> None:
    """Show how good the newest version is: the curve to choose a threshold from, and each topic."""
    newest, chosen = run(with_store(read_settings(config), _newest))
    found = Report.model_validate(newest.report)
    terminal.print(_summary(newest, found, chosen))
    terminal.print(_curve(found))
    terminal.print(_topics(found))
    for topic, count in found.left_out.items():
        terminal.print(f"Not learned: {topic}, of which only {count} contacts are known.")


@app.command("threshold")
def threshold(
    value: Annotated[float, typer.Argument(min=0, max=1, help="0 to 1.")],
    config: ConfigOption = None,
) -> None:
    """Suggest only what is at least so sure. Look at the report first."""
    run(
        with_store(
            read_settings(config),
            lambda db: db.write(lambda c: learning.set_threshold(c, value, by=OPERATOR)),
        )
    )
    terminal.print(f"From now on a suggestion must be {value:.0%} sure.")


async def _train(settings: Settings, database: Database) -> tuple[int, Report]:
    model = await in_force(settings, database)
    return await basics.make_teaching(settings, database, lambda: model).teach(by=OPERATOR)


async def _newest(database: Database) -> tuple[Version, float | None]:
    newest = await database.read(learning.newest)
    if newest is None:
        raise Rejected("nothing_learned", "Nothing was learned yet: loket topics train.")
    return newest, await database.read(learning.threshold)


def _summary(newest: Version, found: Report, chosen: float | None) -> str:
    holds = found.proposed_threshold if chosen is None else chosen
    effect = "" if holds < NOTHING else ": nothing is suggested"
    whose = "proposed" if chosen is None else "set by an administrator"
    return (
        f"Version {newest.version}, learned {newest.trained_at:%Y-%m-%d %H:%M}Z from "
        f"{found.examples} contacts about {len(found.topics)} topics.\n"
        f"{found.accuracy:.1%} right without a threshold (always the most frequent topic: "
        f"{found.always:.1%}); confidence is off by {found.calibration_error:.1%} on average.\n"
        f"The threshold is {holds:.2f}, {whose}{effect}."
    )


def _curve(found: Report) -> Table:
    table = Table("threshold", "right, of what is suggested", "suggested, of all")
    for point in found.curve[::_STEPS]:
        table.add_row(f"{point.threshold:.2f}", f"{point.precision:.1%}", f"{point.coverage:.1%}")
    return table


def _topics(found: Report) -> Table:
    table = Table("topic", "contacts", "right, of suggested", "found, of all", "taken for")
    for one in sorted(found.topics, key=lambda topic: topic.found):
        table.add_row(
            one.topic,
            str(one.examples),
            f"{one.precision:.0%}",
            f"{one.found:.0%}",
            one.taken_for,
        )
    return table
