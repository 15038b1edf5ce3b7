"""A RabbitMQ broker of our own, which a test may stop, start and kill."""

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from servers.process import Program, ServerError, free_port, make_folder, tcp_answers

# Each quorum queue reserves three, and all tests that run at once make their queues on one broker.
FILES = 20_000

# Debian's program on the PATH runs as its own user on the system's files; these do neither.
PLACES = (Path("/usr/lib/rabbitmq/bin"), Path("/usr/local/sbin"), Path("/opt/rabbitmq/sbin"))


class RabbitMQServer:
    """One node with ports, name, cookie and data of its own; stop and kill leave its data."""

    def __init__(self) -> None:
        self._programs = programs()
        _allow_files()
        self._folder = make_folder()
        self.port = free_port()
        self._epmd_port = free_port()
        self._write_configuration()
        self._env = self._environment()
        epmd = ["epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        # Erlang would start a port mapper that outlives the node, so it gets one from us.
        self._epmd = Program(epmd, folder=self._folder)
        self._node = Program(
            [self._programs / "rabbitmq-server"], folder=self._folder, env=self._env
        )

    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> None:
        if not self._epmd.running:
            self._epmd.start(lambda: tcp_answers(self._epmd_port))
        if not self._node.running:
            self._node.start(lambda: tcp_answers(self.port))

    def stop(self) -> None:
        """Stop in good order."""
        self._node.stop()

    def kill(self) -> None:
        self._node.kill()

    def close(self) -> None:
        """Kill it and remove its data."""
        self._node.kill()
        self._epmd.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def ctl(self, *words: str) -> str:
        """Run rabbitmqctl against this node."""
        return run_ctl(self._programs / "rabbitmqctl", words, self._env)

    def evaluate(self, code: str) -> str:
        """Run these expressions of Erlang in the node; gives the value of the last."""
        return evaluate(self._programs / "rabbitmqctl", code, self._env)

    def address(self) -> dict[str, Any]:
        """Where it is, and how rabbitmqctl finds it."""
        return {"broker_url": self.url(), "env": self._env}

    def _write_configuration(self) -> None:
        lines = (
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            "disk_free_limit.absolute = 50MB",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
        )
        (self._folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self._folder / "enabled_plugins").write_text("[].\n")

    def _environment(self) -> dict[str, str]:
        folder = str(self._folder)
        return {
            "HOME": folder,  # the cookie lives here
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_LOG_BASE": folder,
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_NODENAME": f"{self._folder.name}@localhost",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} "
                # Idle, it keeps turning for a moment: half of what a start costs.
                "+sbwt none +sbwtdcpu none +sbwtdio none"
            ),
            "RUNNING_UNDER_SYSTEMD": "1",  # no shell stays between us and the node
        }


@contextlib.contextmanager
def rabbitmq_server() -> Iterator[dict[str, Any]]:
    """The address of a running broker for tests that leave it as it is."""
    server = RabbitMQServer()
    server.start()
    try:
        yield server.address()
    finally:
        server.close()


def _allow_files() -> None:
    """Let the programs that we start open `FILES` files, or as many as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def run_ctl(program: str | Path, words: Sequence[str], env: Mapping[str, str]) -> str:
    command = [program, *words]
    env = {**os.environ, **env}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise ServerError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def evaluate(program: str | Path, code: str, env: Mapping[str, str]) -> str:
    """Run Erlang in a node: of our own through erl_call, which starts a hundred times as quickly
    as `program`, rabbitmqctl. Another's cookie is not ours to read."""
    quick = shutil.which("erl_call")
    if quick is None or "RABBITMQ_NODENAME" not in env:
        return run_ctl(program, ["eval", code], env)
    command = [quick, "-sname", env["RABBITMQ_NODENAME"], "-e"]
    env = {**os.environ, **env}
    done = subprocess.run(
        command, env=env, input=f"{code}\n", capture_output=True, text=True, timeout=60, check=False
    )
    if "failed to connect" in done.stderr:  # where much goes on at once; the other waits longer
        return run_ctl(program, ["eval", code], env)
    if done.returncode != 0 or not done.stdout.startswith("{ok, "):
        raise ServerError(f"{command} {code}: {done.stdout}{done.stderr}")
    return done.stdout.strip().removeprefix("{ok, ").removesuffix("}")


def programs() -> Path:
    for place in PLACES:
        if (place / "rabbitmq-server").exists():
            return place
    raise ServerError(
        "The tests need RabbitMQ's programs: run scripts/prepare_tests, "
        "or install the package rabbitmq-server."
    )
