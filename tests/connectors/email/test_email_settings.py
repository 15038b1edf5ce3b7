"""What an operator may write, and what is refused before it does harm."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.email.accounts import Accounts
from connectors.email.settings import EmailSettings


def settings(**changes: Any) -> EmailSettings:
    accounts = {
        "support": {"address": "Support@Acme.Example", "aliases": ["Info@acme.example"]},
        "rest": {"address": "rest@acme.example", "aliases": ["@acme.example"]},
    }
    return EmailSettings.model_validate({"accounts": accounts} | changes)


SERVER = {"host": "mail.acme.example", "user": "u", "password": "p"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"acounts": {}}, "acounts"),
        ({"accounts": {"a": {"address": "nobody"}}}, "write a mail address"),
        ({"accounts": {"a": {"address": "a@b.example", "aliases": ["@"]}}}, "write a mail address"),
        (
            {"accounts": {name: {"address": "a@b.example"} for name in "xy"}},
            "two accounts have the address a@b.example",
        ),
        ({"smtp": SERVER | {"tls": "none"}}, "tls = none is for this machine only"),
        ({"smtp": SERVER | {"tls": "ssl"}}, "implicit"),
        ({"smtp": SERVER | {"oauth": {}}}, "either token_file or token_url"),
        ({"listen": {"tls_key": Path("key.pem")}}, "tls_certificate and tls_key"),
        ({"listen": {"users": {"mta": "secret"}}}, "not taken in the clear"),
        ({"separator": "--"}, "separator"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        settings(**changes)
    assert "secret" not in str(refused.value).replace("client_secret", "")


def test_secrets_do_not_show() -> None:
    oauth = {
        "token_url": "https://login.example",
        "client_secret": "s3cret",
        "refresh_token": "s3cret",
    }
    shown = settings(
        smtp=SERVER | {"password": "s3cret", "oauth": oauth},
        listen={"users": {"mta": "s3cret"}, "tls_certificate": Path("c"), "tls_key": Path("k")},
    )
    assert "s3cret" not in repr(shown)
    assert "s3cret" not in shown.model_dump_json()


@pytest.mark.parametrize(
    ("recipient", "account"),
    [
        ("support@acme.example", "support@acme.example"),
        ("SUPPORT+c-abc@ACME.EXAMPLE", "support@acme.example"),
        ("info@acme.example", "support@acme.example"),
        ("info+x@acme.example", "support@acme.example"),
        ("anybody@acme.example", "rest@acme.example"),
        ("anybody@other.example", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_whose_mail_it_is(recipient: str, account: str | None) -> None:
    found = Accounts(settings()).of(recipient)
    assert (found.address if found else None) == account


def test_a_colleague_is_not_one_of_our_accounts() -> None:
    accounts = Accounts(settings())
    assert accounts.owns("support@acme.example")
    assert accounts.owns("info@acme.example")
    assert not accounts.owns("piet@acme.example")
