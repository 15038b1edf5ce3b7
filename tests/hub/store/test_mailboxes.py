"""The cursor of a mailbox, on both engines."""

from dataclasses import replace
from functools import partial

from hub.store import Database, mailboxes
from hub.store.mailboxes import Place

INBOX = Place("support@acme.example", "INBOX", 7)


async def last_uid(database: Database, place: Place) -> int | None:
    return await database.read(partial(mailboxes.last_uid, place=place))


async def taken(database: Database, place: Place) -> set[int]:
    return await database.read(partial(mailboxes.taken, place=place))


async def start_over(database: Database, place: Place) -> None:
    await database.write(partial(mailboxes.start_over, place=place))


async def record(database: Database, place: Place, *uids: int) -> None:
    outcomes: dict[int, mailboxes.Outcome] = dict.fromkeys(uids, "accepted")
    await database.write(partial(mailboxes.record, place=place, outcomes=outcomes, up_to=max(uids)))


async def test_a_new_folder_has_no_cursor(database: Database) -> None:
    assert await last_uid(database, INBOX) is None
    await start_over(database, INBOX)
    assert await last_uid(database, INBOX) == 0
    assert await taken(database, INBOX) == set()


async def test_the_cursor_moves_forward_only(database: Database) -> None:
    await start_over(database, INBOX)
    await record(database, INBOX, 3, 5)
    await record(database, INBOX, 4)
    assert await last_uid(database, INBOX) == 5
    assert await taken(database, INBOX) == {3, 4, 5}


async def test_the_same_message_twice_is_one(database: Database) -> None:
    await start_over(database, INBOX)
    await record(database, INBOX, 1)
    await record(database, INBOX, 1)
    assert await taken(database, INBOX) == {1}


async def test_new_uids_begin_anew(database: Database) -> None:
    await start_over(database, INBOX)
    await record(database, INBOX, 1, 2)
    renumbered = replace(INBOX, uid_validity=8)
    assert await last_uid(database, renumbered) is None
    await start_over(database, renumbered)
    assert await last_uid(database, renumbered) == 0
    assert await last_uid(database, INBOX) is None
    assert await taken(database, INBOX) == set()


async def test_folders_and_accounts_are_apart(database: Database) -> None:
    others = (replace(INBOX, folder="Orders"), replace(INBOX, account="sales@acme.example"))
    for place in (INBOX, *others):
        await start_over(database, place)
    await record(database, INBOX, 9)
    await start_over(database, others[0])
    assert [await last_uid(database, place) for place in (INBOX, *others)] == [9, 0, 0]
    count = partial(mailboxes.count_taken, account=INBOX.account, folder="INBOX")
    assert await database.read(count) == 1
