"""The business rules of the demo organisation, the canned replies that they propose, and its
contact arrangements."""

from datetime import date, tzinfo
from typing import Any

from sqlalchemy import Connection, insert

from config.demo import example
from hub import clock
from hub.rules.rule import read_rule
from hub.store import business_rules, outreaches
from hub.store.tables import canned_replies

BY = "demo"


def add(connection: Connection, today: date, zone: tzinfo) -> None:
    written = example.rules()
    ids = {reply.shortcut: clock.new_id() for reply in written.replies}
    rows = [
        {"id": ids[reply.shortcut], "changed_at": clock.now(), **reply.model_dump()}
        for reply in written.replies
    ]
    connection.execute(insert(canned_replies), rows)
    for rule in written.rules:
        given = rule | {"active_from": today, "action": _with_id(rule["action"], ids)}
        business_rules.add(connection, read_rule(given), by=BY)
    outreaches.keep(connection, written.arrangements, zone, by=BY)


def _with_id(action: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    return action | {"canned": ids[action["canned"]]} if "canned" in action else action
