"""docker-compose.yml starts every role of this release, with settings that this release knows."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import load
from config.wiring import Role

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
ROLES = [role.value for role in Role if role is not Role.ALL]
ONCE = {"migrate"}


def test_every_role_is_a_service() -> None:
    commands = {name: service.get("command") for name, service in SERVICES.items()}
    assert {name: commands[name] for name in ROLES} == {
        name: ["serve", "--role", name] for name in ROLES
    }


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONCE))
def test_every_service_that_stays_says_how_it_is(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ROLES)
def test_a_role_waits_for_the_schema_and_the_broker(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "rabbitmq": {"condition": "service_healthy"},
    }


def test_what_is_waited_for_exists() -> None:
    waited_for = {name for service in SERVICES.values() for name in service.get("depends_on", ())}
    assert waited_for <= SERVICES.keys()
    mounted = {
        mount.partition(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", ())
    }
    assert mounted == COMPOSE["volumes"].keys()


@pytest.mark.parametrize("name", [*ROLES, "migrate"])
def test_the_settings_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in SERVICES[name]["environment"].items():
        monkeypatch.setenv(key, _filled_in(value))
    settings = load()
    assert settings.hub.store.url.startswith("postgresql://")
    assert settings.hub.bus.url.startswith("amqp://")
    assert settings.hub.secret.get_secret_value()


def test_the_example_names_every_secret() -> None:
    asked_for = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert offered == asked_for


def _filled_in(value: str) -> str:
    return re.sub(r"\$\{\w+:\?[^}]*\}", "0" * 32, value)
