"""Keeps the messages over a restart: one line of JSON for each change, the last one counts."""

from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter
from pydantic_core import to_json

from config.demo.twilio.message import Message

_MESSAGE = TypeAdapter(Message)


class Keeping:
    """Without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def load(self) -> list[Message]:
        if self._path is None or not self._path.exists():
            return []
        lines = self._path.read_bytes().splitlines()
        newest = {message.sid: message for message in map(_MESSAGE.validate_json, lines)}
        return list(newest.values())

    def keep(self, message: Message) -> None:
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(to_json(asdict(message)) + b"\n")
