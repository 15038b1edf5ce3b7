"""All settings in one frozen object: defaults < TOML file < environment `LOKET_…` < flags.

An unknown key is an error that names the nearest known one. Secrets never stand in the file: give
them by environment (`LOKET_HUB__SECRET`), by the path of a file (`secret_file = "…"`, or
`LOKET_HUB__SECRET_FILE`), or by the name of a variable (`secret_env = "…"`).
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pydantic import Field, ValidationError, create_model
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from agent_ui.settings import ConsoleSettings
from config import keys
from config.installed import installed
from hub.errors import LoketError
from hub.settings import HubSettings, Section
from routing.assigning.rules import Rules
from routing.learned.settings import LearningSettings
from routing.lifecycle.from_file import ModelSource

PREFIX = "LOKET_"
NOT_SETTINGS = ("LOKET_TEST_", "LOKET_CONFIG", "LOKET_AGENT_PASSWORD")
DEFAULT_MODEL = Path(__file__).parent / "interaction_model.yaml"


class SettingsError(LoketError):
    """The settings are wrong; `problems` are lines for a person, one each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class RoutingSettings(Section):
    model: Path = Field(
        DEFAULT_MODEL, description="the interaction model: the first version, see model_source"
    )
    model_source: ModelSource = Field(
        ModelSource.STORE,
        description="`store`: later versions are made in the console or by `loket model`; "
        "`file`: what the file says at a start holds, and nothing else changes it",
    )
    learning: LearningSettings = LearningSettings()
    assignment: Rules = Rules()


Connectors = create_model(
    "Connectors",
    __base__=Section,
    **cast("dict[str, Any]", {kind.name: (kind.settings | None, None) for kind in installed()}),
)


class Settings(BaseSettings):
    """Everything about this deployment. A connector runs when its section is there."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    hub: HubSettings = HubSettings()
    routing: RoutingSettings = RoutingSettings()
    console: ConsoleSettings = ConsoleSettings()
    connectors: Connectors = Field(default_factory=Connectors)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what `load` has put together."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load(path: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings; `flags` is a nested mapping that wins over everything.

    Raises SettingsError with everything that is wrong.
    """
    data = _read(path) if path is not None else {}
    problems = keys.secrets_in_file(data, Settings, str(path))
    problems += keys.unknown_variables(os.environ, Settings, PREFIX, NOT_SETTINGS)
    try:
        for over in (_environment(), keys.secrets_by_file(os.environ, Settings, PREFIX), flags):
            data = keys.merge(keys.resolve_secrets(data, Settings), over or {})
        settings = Settings(**data)
    except keys.UnreadableSecretError as error:
        raise SettingsError([*problems, str(error)]) from error
    except ValidationError as error:
        raise SettingsError([*problems, *keys.explain(error, Settings)]) from error
    if problems:
        raise SettingsError(problems)
    return settings


def _environment() -> dict[str, Any]:
    """What the environment says, as a nested mapping."""
    source = EnvSettingsSource(Settings)
    source.env_vars = {
        name: value
        for name, value in source.env_vars.items()
        if not keys.names_secret_file(name.upper(), Settings, PREFIX)
    }
    return source()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: not TOML: {error}"]) from error
