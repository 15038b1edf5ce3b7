"""`loket demo`: everything in one process, embedded, with the example organisation."""

import hashlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console as Terminal

from config import basics, wiring
from config.demo import ADDRESSES, CHAT_SITE, Demo, DemoContext
from config.demo.carrier import carrier_secret
from config.demo.sandbox_phones import connector_settings, phone_settings
from config.demo.trade import CARRIER
from config.settings import DEFAULT_MODEL, Settings, load
from config.signals import stop_on_signals
from connectors.partners.notices import TEXTS
from hub import clock
from hub.collecting import collect_seldom
from hub.errors import Rejected
from hub.store import migrate
from hub.turns import take_short_turns
from routing.model_file import load_model

ORGANISATION = "Van Dalen Koffie"
NOTICED = tuple(TEXTS["en"])
HANDOVER_AFTER = 15  # seconds; short, so that a newcomer sees the mail
HANDOVER_PAUSE = 60
_HIGH = 60_000
SUPERVISORS = "account-management"  # one whom the agent that newcomers try first does not hold


async def run_demo(*, port: int, smtp_port: int, sink_port: int, folder: Path, quiet: bool) -> None:
    """Set up what is missing in `folder`, start, and run until asked to end. `quiet`: without a
    month of work and without customers who write at once."""
    refuse_taken({"--port": port, "--smtp-port": smtp_port, "--sink-port": sink_port})
    stopped = stop_on_signals()
    settings = demo_settings(port, smtp_port, sink_port, folder)
    demo = Demo(
        DemoContext(
            organisation=ORGANISATION,
            public_url=settings.hub.http.public_url,
            smtp_port=smtp_port,
            sink_port=sink_port,
            folder=folder,
            carrier_secret=carrier_secret(settings.hub.secret.get_secret_value()),
            model=load_model(DEFAULT_MODEL),
            auth_token=_secret(folder, "sandbox-token"),
            identity_secret=_identity_secret(folder),
        )
    )
    database = basics.open_store(settings)
    await migrate.upgrade(database)
    is_new = await demo.load_organisation(database, with_month=not quiet)
    await database.close()
    process = wiring.build(settings, extra=demo)
    await process.start()
    collect_seldom()
    take_short_turns()
    try:
        if is_new and not quiet:
            await demo.write_in()
        _greet(demo, settings, smtp_port)
        await stopped.wait()
    finally:
        await process.stop()


def refuse_taken(ports: Mapping[str, int]) -> None:
    """By option. Before anything is loaded: the next start would find a demo that never began.

    Raises Rejected, which names all that are taken, and what to type: by `make run` the program is
    not on the path.
    """
    taken = {option: port for option, port in ports.items() if not _is_free(port)}
    if taken:
        said = " and ".join(str(port) for port in taken.values())
        another = " ".join(
            f"{option} {port + (1000 if port < _HIGH else -1000)}" for option, port in taken.items()
        )
        raise Rejected(
            "port_taken",
            f"Something listens at port {said} already. End it, or choose others: "
            f"{sys.argv[0]} demo {another}",
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def demo_settings(port: int, smtp_port: int, sink_port: int, folder: Path) -> Settings:
    """The settings of the demo: nothing in them leads off the machine."""
    return load(None, _flags(port, smtp_port, sink_port, folder))


def _flags(port: int, smtp_port: int, sink_port: int, folder: Path) -> dict[str, Any]:
    base = f"http://127.0.0.1:{port}"
    secret = _secret(folder, "secret")
    return {
        "hub": {
            "organisation": ORGANISATION,
            "secret": secret,
            "store": {"url": f"sqlite:///{folder}/loket.db"},
            "bus": {"url": "local:"},
            "blobs": {"path": str(folder / "blobs")},
            "http": {"port": port, "public_url": base},
            "log": {"format": "console"},
        },
        "routing": {"assignment": {"supervisor_roles": [SUPERVISORS]}},
        "connectors": {
            "email": {
                "accounts": {
                    address.partition("@")[0]: {"address": address, "from_name": ORGANISATION}
                    for address in ADDRESSES
                },
                "listen": {"port": smtp_port},
                "smtp": {"host": "127.0.0.1", "port": sink_port, "tls": "none"},
            },
            "chat": {
                "email_account": ADDRESSES[0],
                "handover_after": HANDOVER_AFTER,
                "handover_pause": HANDOVER_PAUSE,
                "sites": {
                    CHAT_SITE: {
                        "origins": [base, f"http://localhost:{port}"],
                        "identity_secret": _identity_secret(folder),
                    }
                },
            },
            "messaging": connector_settings(base, _secret(folder, "sandbox-token")),
            "phone": phone_settings(base, _secret(folder, "sandbox-token")),
            "portal": {"mail_account": ADDRESSES[0]},
            "webhooks": {"allow_private": True},
            "partners": {
                "partners": {CARRIER: {"secret": carrier_secret(secret)}},
                # At any hour: who plays the carrier at night sees the customer being told as well.
                "notices": {
                    "kinds": [kind.value for kind in NOTICED],
                    "language": "nl",
                    "from_hour": 0,
                    "until_hour": 24,
                },
            },
        },
    }


def _secret(folder: Path, name: str) -> str:
    """One per installation, kept for the next start."""
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(clock.new_secret())
    return path.read_text()


def _identity_secret(folder: Path) -> str:
    """What the shop and Loket share: another one than what Loket signs with."""
    ours = _secret(folder, "secret")
    return hashlib.sha256(f"shop {ours}".encode()).hexdigest()


def _greet(demo: Demo, settings: Settings, smtp_port: int) -> None:
    terminal = Terminal(highlight=False)
    terminal.print(
        f"\n  [bold]Loket runs.[/] Start here: [bold]{settings.hub.http.public_url}[/]\n"
    )
    terminal.print("  Sign in to the console as:")
    for person in demo.sign_ins:
        roles = ", ".join((*person.roles, *(["administrator"] if person.administrator else [])))
        terminal.print(f"    {person.login:<10} {person.password:<18} {roles}")
    terminal.print(f"\n  Mail for {ADDRESSES[0]} goes to 127.0.0.1:{smtp_port} (SMTP).")
    terminal.print("  Nothing leaves this machine. Ctrl+C stops it.\n")
