"""docker-compose.yml starts every role of this release, with settings that this release knows."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from typer.testing import CliRunner

from config.cli import app
from config.sections import enabled
from config.settings import Settings, load
from config.wiring import Role
from connectors.email.settings import EmailSettings, Tls

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
ROLES = [role.value for role in Role if role is not Role.ALL]
ONCE = {"certificate", "migrate"}


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
    awaited = SERVICES[name]["depends_on"]
    assert awaited["migrate"] == {"condition": "service_completed_successfully"}
    assert awaited["rabbitmq"] == {"condition": "service_healthy"}


def test_who_sends_mail_and_who_takes_it_wait_for_the_certificate() -> None:
    for name in ("connectors", "mail"):
        awaited = SERVICES[name]["depends_on"]["certificate"]
        assert awaited == {"condition": "service_completed_successfully"}, name


@pytest.mark.parametrize("name", ROLES)
def test_a_role_may_finish_what_it_has_in_hand(name: str) -> None:
    patience = float(SERVICES[name]["stop_grace_period"].removesuffix("s"))
    assert patience > load().hub.drain_seconds


@pytest.mark.parametrize("name", [*ROLES, "migrate"])
def test_a_process_may_be_ended_before_it_listens_to_signals(name: str) -> None:
    """The first process of a container ignores what it does not handle."""
    assert SERVICES[name]["init"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_open_to_other_machines(name: str) -> None:
    for port in SERVICES[name].get("ports", ()):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_stands_on_its_own_network(name: str) -> None:
    """One that borrows another's is cut off for good when that other one restarts."""
    assert "network_mode" not in SERVICES[name]


def test_what_is_waited_for_exists() -> None:
    waited_for = {name for service in SERVICES.values() for name in service.get("depends_on", ())}
    assert waited_for <= SERVICES.keys()
    mounted = {
        mount.partition(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", ())
    }
    assert mounted == COMPOSE["volumes"].keys()


@pytest.mark.parametrize("name", [*ROLES, "certificate"])
def test_what_a_service_of_ours_writes_is_on_a_volume_that_it_owns(name: str) -> None:
    made = re.search(r"install --directory --owner loket (.*)", (ROOT / "Dockerfile").read_text())
    assert made
    folders = {mount.split(":")[1] for mount in SERVICES[name]["volumes"]}
    assert folders <= set(made[1].split())
    if name in ROLES:
        assert SERVICES[name]["environment"]["LOKET_HUB__BLOBS__PATH"] in folders


@pytest.mark.parametrize("name", [*ROLES, "migrate"])
def test_the_settings_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(name, monkeypatch)
    assert settings.hub.store.url.startswith("postgresql://")
    assert settings.hub.bus.url.startswith("amqp://")
    assert settings.hub.secret.get_secret_value()


def test_the_services_find_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings("connectors", monkeypatch)
    assert urlsplit(settings.hub.store.url).hostname in SERVICES
    assert urlsplit(settings.hub.bus.url).hostname in SERVICES
    email = next(section for _, section in enabled(settings) if isinstance(section, EmailSettings))
    assert email.smtp is not None
    sink = SERVICES[email.smtp.host]
    assert email.smtp.tls is Tls.STARTTLS
    assert Path(str(email.smtp.ca_file)).name == Path(sink["environment"]["MP_SMTP_TLS_CERT"]).name


@pytest.mark.parametrize("name", ROLES)
def test_health_is_asked_where_the_role_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = _settings(name, monkeypatch).hub.http.port
    assert f"http://127.0.0.1:{port}/readyz" in SERVICES[name]["healthcheck"]["test"][-1]


def test_the_example_names_every_secret() -> None:
    asked_for = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert offered == asked_for
    made = re.search(r"for name in ([A-Z_ ]+); do", (ROOT / "README.md").read_text())
    assert made
    assert set(made[1].split()) == asked_for


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_secrets_are_made_once_and_nobody_else_reads_them(shell: str, tmp_path: Path) -> None:
    made = re.search(r"^.*; done > \.env\)?$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert made
    run = [shell, "-c", made[0]]
    assert subprocess.run(run, cwd=tmp_path, check=False).returncode == 0
    kept = (tmp_path / ".env").read_text()
    assert all(re.fullmatch(r"[A-Z_]+=[0-9a-f]{64}", line) for line in kept.splitlines())
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert subprocess.run(run, cwd=tmp_path, check=False, capture_output=True).returncode != 0
    assert (tmp_path / ".env").read_text() == kept


def test_the_key_of_the_mail_sink_is_with_the_sink_alone(tmp_path: Path) -> None:
    key = SERVICES["mail"]["environment"]["MP_SMTP_TLS_KEY"]
    [volume] = [mount for mount in SERVICES["mail"]["volumes"] if _inside(mount, key)]
    name = volume.partition(":")[0]
    having = {
        service
        for service, said in SERVICES.items()
        if name in [mount.partition(":")[0] for mount in said.get("volumes", ())]
    }
    assert having == {"certificate", "mail"}
    # What made it before left the key beside the certificate, which every role reads.
    [script] = SERVICES["certificate"]["command"]
    for folder in (tmp_path / "certificates", tmp_path / "mail-key"):
        folder.mkdir()
    for left in ("mail.key", "mail.pem"):
        (tmp_path / "certificates" / left).write_text("old")
    here = script.replace("/var/lib/loket", str(tmp_path))
    made = []
    for _ in range(2):
        subprocess.run(["sh", "-ec", here], check=True, capture_output=True)
        files = sorted(path for path in tmp_path.rglob("mail.*"))
        made.append({str(path.relative_to(tmp_path)): path.read_text() for path in files})
    assert made[0].keys() == {"certificates/mail.pem", "mail-key/mail.key"}
    assert "PRIVATE KEY" in made[0]["mail-key/mail.key"]
    assert made[0] == made[1]


def _inside(mount: str, path: str) -> bool:
    return Path(path).is_relative_to(mount.split(":")[1])


def test_no_secret_is_copied_into_the_image() -> None:
    assert ".env" in (ROOT / ".dockerignore").read_text().split()


@pytest.mark.parametrize("page", ["README.md", "docker-compose.yml"])
def test_the_commands_to_type_are_there(page: str) -> None:
    typed = re.findall(
        r"docker compose exec (\w+) loket ([a-z-]+(?: [a-z-]+)?)", (ROOT / page).read_text()
    )
    assert typed
    for service, words in typed:
        assert service in ROLES
        assert CliRunner().invoke(app, [*words.split(), "--help"]).exit_code == 0


def _settings(service: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for key, value in SERVICES[service]["environment"].items():
        monkeypatch.setenv(key, _filled_in(value))
    return load()


def _filled_in(value: str) -> str:
    return re.sub(r"\$\{\w+:\?[^}]*\}", "0" * 32, value)
