"""The documents of the APIs as files, for who has no Loket at hand."""

from typing import Any

import yaml

from agent_ui.api.api import described
from connectors.portal.api import described as described_for_customers

_HEADER = "# Made by `loket openapi`. Do not edit: change the operations.\n"


def api() -> str:
    """OpenAPI 3.1 of `/api/v1`, as YAML."""
    return _written(described())


def customer_api() -> str:
    """The same of `/api/portal/v1`."""
    return _written(described_for_customers())


def _written(spec: dict[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=100)
