"""The AsyncAPI 3 document of the bus, made from the events themselves."""

from typing import Any

import yaml

from hub.bus.topology import EVENTS
from hub.events import ALL, MEDIA_TYPE, WITH_BULK, Event, MessageSend, type_of
from hub.interaction import Channel

_HEADER = "# Made by `loket asyncapi`. Do not edit: change hub/events.py.\n"


def document() -> str:
    """The document as YAML (asyncapi.com/docs/reference/specification/v3.0.0)."""
    spec = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Loket",
            "version": "1",
            "description": (
                "What happened to contacts. Bind a queue of your own to the topic exchange; "
                "messages are CloudEvents 1.0 in structured JSON, at least once, in order "
                "within a subject (the conversation, or what else the event is about)."
            ),
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {address: _channel(address, event) for address, event in _addresses()},
        "operations": {f"publish.{address}": _operation(address) for address, _ in _addresses()},
        "components": {"messages": {event.__name__: _message(event) for event in ALL}},
    }
    return _HEADER + yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=100)


def _addresses() -> list[tuple[str, type[Event]]]:
    found: list[tuple[str, type[Event]]] = []
    for event in ALL:
        if event is MessageSend:
            found += [(f"{event.topic}.{channel}", event) for channel in Channel]
            found += [(f"{event.topic}.{channel}.bulk", event) for channel in WITH_BULK]
        else:
            found.append((event.topic, event))
    return found


def _channel(address: str, event: type[Event]) -> dict[str, Any]:
    exchange = {"name": EVENTS, "type": "topic", "durable": True}
    return {
        "address": address,
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(address: str) -> dict[str, Any]:
    pointer = address.replace("~", "~0").replace("/", "~1")
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{pointer}"},
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "bindingVersion": "0.3.0"}},
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": type_of(event),
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": MEDIA_TYPE,
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": {"type": "string"},
                "source": {"type": "string", "format": "uri-reference"},
                "type": {"const": type_of(event)},
                "subject": {"type": "string", "description": "what it is about"},
                "time": {"type": "string", "format": "date-time"},
                "datacontenttype": {"const": "application/json"},
                "correlationid": {"type": "string"},
                "data": event.model_json_schema(),
            },
        },
    }
