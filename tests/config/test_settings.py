"""File < environment < flags; what is unknown is refused; secrets stay out of the file."""

from pathlib import Path

import pytest

from config.demo.running import demo_settings
from config.sections import mailboxes
from config.settings import DEFAULT_MODEL, SettingsError, load
from routing.model_file import load_model


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("LOKET_"):
            monkeypatch.delenv(name)


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "loket.toml"
    path.write_text(text)
    return path


def problems(path: Path | None) -> str:
    with pytest.raises(SettingsError) as refused:
        load(path)
    return str(refused.value)


def test_without_anything_the_embedded_default() -> None:
    settings = load()
    assert settings.hub.store.url.startswith("sqlite:///")
    assert settings.hub.bus.url == "local:"


def test_the_environment_goes_before_the_file_and_flags_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, '[hub.http]\nport = 1\nhost = "127.0.0.2"\n[hub.bus]\nbatch = 7\n')
    monkeypatch.setenv("LOKET_HUB__HTTP__PORT", "2")
    settings = load(path)
    assert (settings.hub.http.port, settings.hub.http.host) == (2, "127.0.0.2")
    flagged = load(path, {"hub": {"http": {"port": 3}}})
    assert (flagged.hub.http.port, flagged.hub.http.host) == (3, "127.0.0.2")
    assert flagged.hub.bus.batch == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[hub.store]\nulr = "sqlite:///x"', "hub.store.ulr: no such setting. Did you mean url?"),
        ("[conectors]", "conectors: no such setting. Did you mean connectors?"),
        ("[hub.http]\nport = 'x'", "hub.http.port:"),
        ("[hub", "not TOML"),
        ("[hub.retention]\nevent_days = 6", "write 7 to 36500 days, or 0 for ever"),
        ("[hub.retention]\naudit_days = -1", "write 1 to 36500 days, or 0 for ever"),
        ("[hub.retention]\noriginal_days = 99999", "write 1 to 36500 days, or 0 for ever"),
        ('[hub.http]\ntrusted_proxies = ["10.0.0.1/8"]', "write an address or a network"),
        (
            '[connectors.email.accounts.info]\nadress = "a@b.example"',
            "connectors.email.accounts.info.adress: no such setting. Did you mean address?",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in problems(file(tmp_path, text))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    said = problems(file(tmp_path, "[hub.store]\nulr = 'x'\n[hub.http]\nport = 99999\n"))
    assert "ulr" in said
    assert "port" in said


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere.toml: cannot be read" in problems(tmp_path / "nowhere.toml")


def test_an_unknown_variable_is_an_error_that_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOKET_HUB__STORE__ULR", "x")
    assert "LOKET_HUB__STORE__ULR: no such setting. Did you mean LOKET_HUB__STORE__URL?" in (
        problems(None)
    )


def test_a_secret_in_the_file_is_refused(tmp_path: Path) -> None:
    said = problems(file(tmp_path, f'[hub]\nsecret = "{"x" * 40}"'))
    assert "hub.secret: a secret does not belong in this file" in said
    assert "x" * 40 not in said


def test_secrets_come_from_a_file_or_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "secret"
    kept.write_text("s" * 40 + "\n")
    by_path = load(file(tmp_path, f'[hub]\nsecret_file = "{kept}"'))
    assert by_path.hub.secret.get_secret_value() == "s" * 40
    monkeypatch.setenv("OURS", "t" * 40)
    by_name = load(file(tmp_path, '[hub]\nsecret_env = "OURS"'))
    assert by_name.hub.secret.get_secret_value() == "t" * 40
    monkeypatch.setenv("LOKET_HUB__SECRET_FILE", str(kept))
    assert load().hub.secret.get_secret_value() == "s" * 40


def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in problems(file(tmp_path, '[hub]\nsecret_file = "/nowhere"'))
    assert "NOT_SET is not set" in problems(file(tmp_path, '[hub]\nsecret_env = "NOT_SET"'))


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKET_HUB__SECRET", "very secret indeed, more than enough")
    assert "very secret" not in repr(load())
    assert "very secret" not in load().model_dump_json()


def test_accounts_and_their_secrets_by_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(
        tmp_path,
        '[connectors.email.accounts.info]\naddress = "info@b.example"\n'
        '[connectors.email.accounts.info.imap]\nhost = "imap.b.example"\n',
    )
    monkeypatch.setenv("LOKET_CONNECTORS__EMAIL__ACCOUNTS__INFO__IMAP__PASSWORD", "p")
    email = load(path).connectors.email  # type: ignore[attr-defined]
    account = email.accounts["info"]
    assert account.address == "info@b.example"
    assert account.imap.password.get_secret_value() == "p"


def test_the_demo_names_a_supervisor_that_its_model_has(tmp_path: Path) -> None:
    settings = demo_settings(1, 2, 3, tmp_path)
    [supervisors] = settings.routing.assignment.supervisor_roles
    assert supervisors in load_model(DEFAULT_MODEL).roles


def test_mail_is_taken_in_for_addresses_with_a_mailbox_or_a_listener(tmp_path: Path) -> None:
    assert mailboxes(load()) == ()
    text = """
        [connectors.email.accounts]
        info = {address = "info@vandalen.example", imap = {host = "mail.vandalen.example"}}
        sales = {address = "sales@vandalen.example"}
        [connectors.email.smtp]
        host = "mail.vandalen.example"
        """
    assert mailboxes(load(file(tmp_path, text))) == ("info@vandalen.example",)
    listens = text + "[connectors.email.listen]\nport = 2525\n"
    assert len(mailboxes(load(file(tmp_path, listens)))) == 2
