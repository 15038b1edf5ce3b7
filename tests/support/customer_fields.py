"""Fields of customers for tests, made through the console's form."""

from console_house import House, Person
from hub.store.tables import customer_fields

FIELDS = "/console/admin/fields"
BOTH = {"whose.person": "1", "whose.organisation": "1"}


async def add_field(house: House, ina: Person, title: str, **wanted: str | list[str]) -> str:
    """As an administrator; gives its id."""
    page = await ina.post(FIELDS, **({"title.en": title} | BOTH | wanted))
    assert page.path == FIELDS, page.text("[role=alert]")
    rows = await house.rows(customer_fields)
    return str(max(rows, key=lambda row: row.id).id)


def choices(*titles: tuple[str, str]) -> dict[str, str]:
    """English and Dutch, of a list."""
    found = {"rows": str(len(titles))}
    for row, (english, dutch) in enumerate(titles):
        found |= {f"choice.{row}.en": english, f"choice.{row}.nl": dutch}
    return found
