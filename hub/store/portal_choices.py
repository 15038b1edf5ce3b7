"""What a customer says about themselves in the portal: name, language, the channel they prefer."""

from sqlalchemy import Connection, select, update

from hub.store import audit, customer_keys
from hub.store.tables import customers

LONGEST_NAME = 200


def preferred(connection: Connection, customer_id: str) -> str:
    """The channel that they prefer; empty for none."""
    found = select(customers.c.attributes).where(customers.c.id == customer_id)
    return str(connection.execute(found).scalar_one().get("preferred_channel", ""))


def choose(
    connection: Connection, customer_id: str, *, name: str, language: str, preferred: str
) -> None:
    """Keep it; the audit log has what it was."""
    former = connection.execute(
        select(customers).where(customers.c.id == customer_id).with_for_update()
    ).one()
    attributes = {k: v for k, v in former.attributes.items() if k != "preferred_channel"}
    if preferred:
        attributes["preferred_channel"] = preferred
    values = {
        "name": name[:LONGEST_NAME] or former.name,
        "language": language,
        "attributes": attributes,
    }
    connection.execute(update(customers).where(customers.c.id == customer_id).values(values))
    customer_keys.refresh(connection, [customer_id])
    audit.record(
        connection,
        actor=customer_id,
        action="portal.details",
        about=customer_id,
        details={
            "from": {
                "name": former.name,
                "language": former.language,
                "preferred_channel": former.attributes.get("preferred_channel", ""),
            },
            "to": {"name": values["name"], "language": language, "preferred_channel": preferred},
        },
    )
