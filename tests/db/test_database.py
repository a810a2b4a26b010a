"""The portal's own database: its tables are made once, what is acknowledged stays, and one failing work undoes itself alone."""

import asyncio

import pytest
from sqlalchemy import inspect, select

from portal.db import Database, messages
from portal.errors import NotReady

ROW = {"kind": "sms", "recipient": "x", "subject": "", "at": "2026-11-23"}


def keep(body: str):
    return lambda connection: connection.execute(messages.insert().values(body=body, **ROW))


async def bodies(database: Database) -> list[str]:
    return await database.read(lambda connection: [row.body for row in connection.execute(select(messages))])


async def test_a_new_folder_gets_every_table(tmp_path):
    database = await Database.open_folder(tmp_path)
    found = await database.read(lambda connection: set(inspect(connection).get_table_names()))
    await database.close()
    assert {"sessions", "challenges", "journal", "places", "messages", "alembic_version"} <= found


async def test_what_was_written_is_there_after_reopening(tmp_path):
    first = await Database.open_folder(tmp_path)
    await first.write(keep("one"))
    await first.close()
    second = await Database.open_folder(tmp_path)
    assert await bodies(second) == ["one"]
    await second.close()


async def test_a_failing_work_undoes_itself_and_nobody_else(tmp_path):
    database = await Database.open_folder(tmp_path)

    def half(connection):
        keep("lost")(connection)
        raise ValueError

    outcomes = await asyncio.gather(
        database.write(keep("before")), database.write(half), database.write(keep("after")), return_exceptions=True
    )
    assert isinstance(outcomes[1], ValueError)
    assert sorted(await bodies(database)) == ["after", "before"]
    await database.close()


async def test_a_damaged_file_is_refused_in_words(tmp_path):
    (tmp_path / "portal.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(NotReady):
        await Database.open_folder(tmp_path)
