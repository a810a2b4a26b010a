"""The portal's own database, on SQLite and on PostgreSQL: its tables are made once, what is acknowledged stays, one failing
work undoes itself alone, and two processes never cross.
"""

import asyncio

import pytest
from sqlalchemy import inspect, select, update

from portal.db import Database, messages, places
from portal.db.engines import latest_revision
from portal.db.schema import metadata
from portal.errors import NotReady

ROW = {"kind": "sms", "recipient": "x", "subject": "", "at": "2026-11-23"}


def keep(body: str):
    return lambda connection: connection.execute(messages.insert().values(body=body, **ROW))


async def bodies(database: Database) -> list[str]:
    return await database.read(lambda connection: [row.body for row in connection.execute(select(messages))])


async def test_a_new_database_gets_every_table_and_column(address):
    database = await Database.open(address)

    def columns(connection):
        found = inspect(connection)
        return {table: {one["name"] for one in found.get_columns(table)} for table in found.get_table_names()}

    found = await database.read(columns)
    await database.close()
    assert found.pop("alembic_version") == {"version_num"}
    assert found == {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}


async def test_two_processes_may_start_on_a_new_database_at_once(address):
    opened = await asyncio.gather(*(Database.open(address) for _ in range(4)))
    revisions = [
        await one.read(lambda c: c.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())
        for one in opened
    ]
    for one in opened:
        await one.close()
    assert revisions == [latest_revision()] * 4


async def test_what_was_written_is_there_after_reopening(address):
    first = await Database.open(address)
    await first.write(keep("one"))
    await first.close()
    second = await Database.open(address)
    assert await bodies(second) == ["one"]
    await second.close()


async def test_a_failing_work_undoes_itself_and_nobody_else(address):
    database = await Database.open(address)

    def half(connection):
        keep("lost")(connection)
        raise ValueError

    outcomes = await asyncio.gather(
        database.write(keep("before")), database.write(half), database.write(keep("after")), return_exceptions=True
    )
    assert isinstance(outcomes[1], ValueError)
    assert sorted(await bodies(database)) == ["after", "before"]
    await database.close()


async def test_a_failing_work_that_is_alone_leaves_nothing(address):
    database = await Database.open(address)

    def half(connection):
        keep("lost")(connection)
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        await database.write(half)
    assert await bodies(database) == []
    await database.close()


async def test_a_work_that_the_database_refuses_leaves_the_others_alone(address):
    database = await Database.open(address)

    def refused(connection):
        connection.exec_driver_sql("SELECT * FROM nowhere")

    outcomes = await asyncio.gather(
        database.write(keep("before")), database.write(refused), database.write(keep("after")), return_exceptions=True
    )
    assert isinstance(outcomes[1], Exception)
    assert sorted(await bodies(database)) == ["after", "before"]
    await database.close()


async def test_two_processes_that_count_together_lose_no_count(address):
    """Each reads a number and writes the next one: what is right for one after the other must be right together."""
    first, second = await asyncio.gather(Database.open(address), Database.open(address))
    await first.write(
        lambda connection: connection.execute(
            places.insert().values(response="r", section=0, revision=0, sealed_until="", at="")
        )
    )

    def count(connection):
        revision = connection.execute(select(places.c.revision)).scalar_one()
        connection.execute(update(places).values(revision=revision + 1))

    async def ten_times(database):
        for _ in range(10):
            await database.write(count)

    await asyncio.gather(ten_times(first), ten_times(second))
    assert await first.read(lambda connection: connection.execute(select(places.c.revision)).scalar_one()) == 20
    await first.close()
    await second.close()


async def test_instants_are_in_order_as_they_are_written(address):
    database = await Database.open(address)
    at = ["2026-12-02T13:02:00+00:00", "2026-12-02T13:02:00.500+00:00", "2026-12-02T13:02:01+00:00", "9999"]
    for each in reversed(at):
        await database.write(lambda c, each=each: c.execute(messages.insert().values(body="", **{**ROW, "at": each})))
    found = await database.read(lambda c: list(c.execute(select(messages.c.at).order_by(messages.c.at)).scalars()))
    await database.close()
    assert found == at


async def test_a_new_folder_gets_a_database(tmp_path):
    database = await Database.open_folder(tmp_path / "new")
    assert (await bodies(database), database.kind) == ([], "sqlite")
    await database.close()


async def test_a_damaged_file_is_refused_in_words(tmp_path):
    (tmp_path / "portal.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(NotReady):
        await Database.open_folder(tmp_path)


@pytest.mark.parametrize(
    "url", ["mysql://a:secret@host/db", "postgresql://portal:secret@127.0.0.1:1/portal", "secret", "sqlite+x:///secret"]
)
async def test_a_database_that_cannot_be_opened_is_refused_without_its_password(url):
    with pytest.raises(NotReady) as refused:
        await Database.open(url)
    assert "secret" not in str(refused.value) + str(refused.value.message.params)
