"""What each kind of import keeps, and whom it takes for whom: it merges nobody."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from house import JAN, NOW, STRANGER, people, reachable
from hub.orders import terms_of
from hub.store import Database, customers, invoices, orders, tables
from import_files import refusals, results, take
from stores import count, only, rows


async def with_customers(database: Database, folder: Path) -> None:
    await take(database, folder, "organisations", "number,name,domain\nO1,Het Huis,huis.example\n")
    head = "number,name,organisation,email\n"
    text = head + "K1,Jan,O1,jan@huis.example\nK2,Piet,,piet@x.example\n"
    await take(database, folder, "persons", text)


async def test_who_is_known_by_an_address_gets_the_number(
    database: Database, tmp_path: Path
) -> None:
    """Jan mailed before; the file says which customer he is."""
    await database.write(people)
    await database.write(lambda c: reachable(c, "jan@x.example"))
    await take(database, tmp_path, "persons", "nummer;naam;e-mail\nk1;JAN;Jan@X.example\n")
    found = {row.id: row for row in await rows(database, tables.customers)}
    assert (found[JAN].number, found[JAN].organisation_id) == ("K1", "house")
    assert len(found) == 4


async def test_an_address_of_somebody_else_refuses_the_row(
    database: Database, tmp_path: Path
) -> None:
    await database.write(people)
    await database.write(lambda c: reachable(c, "jan@x.example"))
    await database.write(lambda c: reachable(c, "info@x.example", STRANGER))
    head = "number,name,email,phone\n"
    text = head + "K1,Marie,jan@x.example,\nK2,Jan,jan@x.example,\nK3,Jan,jan@x.example,\n"
    await take(database, tmp_path, "persons", text)
    assert results(tmp_path) == ["refused", "accepted", "refused"]
    said = [what for _, what in refusals(tmp_path)]
    assert said[0] == "“jan@x.example” belongs to the customer Jan. Nobody is merged by an import."
    assert "customer K2" in said[1]
    await take(database, tmp_path, "contacts", "customer,value\nK2,info@x.example\n")
    assert [column for column, _ in refusals(tmp_path)] == ["value"]
    assert await count(database, tables.customers) == 4


async def test_two_addresses_of_two_customers_are_not_joined(
    database: Database, tmp_path: Path
) -> None:
    await with_customers(database, tmp_path)
    await take(database, tmp_path, "contacts", "customer;value\nK2;06 12345678\n")
    text = "number,name,email,phone\nK9,Wie,jan@huis.example,0612345678\n"
    await take(database, tmp_path, "persons", text)
    assert refusals(tmp_path) == [("email", "These addresses belong to two customers: K1 and K2.")]


async def test_what_is_left_empty_stays(database: Database, tmp_path: Path) -> None:
    head = "number,name,language,postcode,detail.Shoe size\n"
    await take(database, tmp_path, "persons", head + "K1,Jan,Nederlands,3572 BH,43\n")
    await take(database, tmp_path, "persons", head + "K1,Jan,,,44\n")
    row = await only(database, tables.customers)
    assert (row.language, row.attributes) == ("nl", {"postcode": "3572 BH", "shoe_size": "44"})


async def test_agreements_bring_what_can_be_ordered_under_them(
    database: Database, tmp_path: Path
) -> None:
    await with_customers(database, tmp_path)
    head = "nummer;klant;titel;van;tot;soort;detail.serial_number;detail.max_order_total\n"
    text = head + "A1;O1;Bonen;1-1-2026;31-12-2030;prijs;EP2;1.500,00\n"
    text += "A2;O1;Fout;1-1-2026;31-12-2025;prijs;;\n"
    await take(database, tmp_path, "agreements", text)
    assert [column for column, _ in refusals(tmp_path)] == ["until"]
    jan = next(r for r in await rows(database, tables.customers) if r.number == "K1")
    [agreed] = (await database.read(lambda c: customers.customer(c, jan.id))).agreements
    assert (agreed.number, agreed.kind, agreed.with_organisation) == ("A1", "price", True)
    assert terms_of(agreed.details).max_order_total == 150_000
    await take(database, tmp_path, "agreements", text)
    assert results(tmp_path) == ["unchanged", "refused"]


ORDERS = """\
bestelnummer;klant;datum;artikel;omschrijving;aantal;prijs;volgcode;vervoerder;status
B1;K1;3-11-2026 10:00;HM1;Huismelange;2;17,50;3s1;Bode;
B1;K1;3-11-2026 10:00;FI;Filters;1;3,95;;;
B2;piet@x.example;4-11-2026;HM1;Huismelange;1;1.017,50;;;geleverd
B3;K8;4-11-2026;HM1;;1;1;;;
B1;K1;3-11-2026;HM1;;1;1;;;
B4;K1;4-11-2026;HM1;;1;17.5;;;
B4;K2;4-11-2026;HM1;;0;17.5;;;
"""


async def test_orders_have_lines_and_find_their_parcels(database: Database, tmp_path: Path) -> None:
    await with_customers(database, tmp_path)
    parcel = "tracking,carrier,status,at\n3S1,Bode,onderweg,2026-11-04 09:00\n"
    await take(database, tmp_path, "deliveries", parcel)
    assert (await only(database, tables.deliveries)).order_id is None
    await take(database, tmp_path, "orders", ORDERS)
    assert results(tmp_path) == ["accepted"] * 3 + ["refused"] * 4
    why = {what.split(".")[0] for _, what in refusals(tmp_path)}
    assert "Other rows stand between those of this number" in why
    assert "The rows of one number say different things here" in why
    found = await database.read(lambda c: orders.by_numbers(c, {"B1", "B2"}))
    assert [line.amount for line in found["B1"].lines] == [3500, 395]
    assert (found["B1"].total, found["B1"].state) == (3895, "shipped")
    assert found["B1"].placed_at == datetime(2026, 11, 3, 9, tzinfo=UTC)
    assert (found["B2"].total, found["B2"].state) == (101_750, "delivered")
    await take(database, tmp_path, "orders", ORDERS)
    assert results(tmp_path) == ["unchanged"] * 3 + ["refused"] * 4
    again = await database.read(lambda c: orders.by_numbers(c, {"B1", "B2"}))
    assert again == found
    await take(database, tmp_path, "deliveries", parcel)
    assert results(tmp_path) == ["unchanged"]


async def test_payments_are_paid_later(database: Database, tmp_path: Path) -> None:
    await with_customers(database, tmp_path)
    await take(database, tmp_path, "orders", ORDERS)
    head = "invoice,customer,order,amount,due,paid\n"
    text = head + 'F1,K1,b1,"38,95",17 november 2026,\nF2,K1,B9,1,,\nF3,K2,B2,1017.50,,\n'
    await take(database, tmp_path, "payments", text)
    assert refusals(tmp_path) == [("order", "No order has the number “B9”.")]
    await take(database, tmp_path, "payments", head + 'F1,K1,,"38,95",,2026-11-20\n')
    found = (await database.read(lambda c: invoices.by_numbers(c, {"F1"})))["F1"]
    assert (found.amount, found.due_on, found.paid_on) == (
        3895,
        date(2026, 11, 17),
        date(2026, 11, 20),
    )
    assert found.order_id is not None


async def test_past_interactions_are_history_and_no_work(
    database: Database, tmp_path: Path
) -> None:
    await with_customers(database, tmp_path)
    head = "id,klant,datum,kanaal,richting,onderwerp,tekst,gesprek\n"
    text = head + "1,K1,2025-01-02 10:00,telefoon,in,Vraag,Hallo,z1\n"
    text += "2,K1,2025-01-02 11:00,telefoon,uit,Vraag,Ja,z1\n3,K2,2025-02-01,brief,,Brief,Tekst,\n"
    text += "4,K2,2025-02-01,brief,,Brief,Tekst,z1\n5,K1,2025-02-01,duif,,Brief,Tekst,\n"
    await take(database, tmp_path, "interactions", text)
    assert results(tmp_path)[:3] == ["accepted"] * 3
    assert [column for column, _ in refusals(tmp_path)] == ["conversation", "channel"]
    talks = await rows(database, tables.conversations)
    assert sorted((t.interaction_count, t.state) for t in talks) == [
        (1, "resolved"),
        (2, "resolved"),
    ]
    assert await count(database, tables.work_items) == 0
    assert await count(database, tables.unrouted) == 0
    later = head + "6,K1,2025-01-03,telefoon,in,Vraag,Nog iets,z1\n"
    await take(database, tmp_path, "interactions", later)
    sequences = [r.sequence for r in await rows(database, tables.interactions)]
    assert sorted(sequences) == [1, 1, 2, 3]
    await take(database, tmp_path, "interactions", text)
    assert results(tmp_path) == ["unchanged"] * 3 + ["refused"] * 2


async def test_a_number_of_the_other_kind_is_refused(database: Database, tmp_path: Path) -> None:
    await with_customers(database, tmp_path)
    await take(database, tmp_path, "persons", "number,name,organisation\nO1,Jan,\nK3,An,K1\n")
    assert [column for column, _ in refusals(tmp_path)] == ["number", "organisation"]


async def test_what_is_known_by_a_visitor_alone_becomes_the_customer(
    database: Database, tmp_path: Path
) -> None:
    visitor: dict[str, Any] = {
        "id": "v", "kind": "visitor", "name": "", "attributes": {}, "created_at": NOW,
    }  # fmt: skip
    await database.write(lambda c: c.execute(insert(tables.customers), [visitor]))
    await database.write(lambda c: reachable(c, "an@x.example", "v"))
    await take(database, tmp_path, "persons", "number,name,email\nK1,An,an@x.example\n")
    row = await only(database, tables.customers)
    assert (row.kind, row.name, row.number) == ("person", "An", "K1")
