"""Sessions live on the server: limits, ending one, ending all."""

from portal.access import Role
from portal.accounts import Door, sessions
from portal.clock import FixedClock


async def begin(door: Door, user: str = "u-anne", before: str = "") -> str:
    return await sessions.start(
        door, user=user, role=Role.PSYCHIATRIST, reference="Practitioner/anne", device="Firefox · Linux", before=before
    )


async def test_the_cookie_of_a_session_finds_it(door: Door):
    session = await sessions.current(door, await begin(door))
    assert session is not None
    assert (session.user, session.role, session.device) == ("u-anne", Role.PSYCHIATRIST, "Firefox · Linux")


async def test_no_cookie_and_a_foreign_one_find_nothing(door: Door):
    await begin(door)
    assert await sessions.current(door, None) is None
    assert await sessions.current(door, "x" * 43) is None


async def test_a_session_dies_after_fifteen_minutes_without_action(door: Door, clock: FixedClock):
    secret = await begin(door)
    clock.tick(15 * 60)
    assert await sessions.current(door, secret) is None


async def test_action_keeps_a_session_alive(door: Door, clock: FixedClock):
    secret = await begin(door)
    for _ in range(3):
        clock.tick(14 * 60)
        session = await sessions.current(door, secret)
        assert session is not None
        await sessions.touch(door, session)


async def test_a_session_dies_after_twelve_hours_in_any_case(door: Door, clock: FixedClock):
    secret = await begin(door)
    for _ in range(60):
        clock.tick(12 * 60)
        if (session := await sessions.current(door, secret)) is not None:
            await sessions.touch(door, session)
    assert await sessions.current(door, secret) is None


async def test_an_ended_session_is_dead_and_the_others_live(door: Door):
    first, second = await begin(door), await begin(door)
    session = await sessions.current(door, first)
    assert session is not None
    await sessions.end(door, session.id)
    assert await sessions.current(door, first) is None
    assert await sessions.current(door, second) is not None


async def test_a_person_ends_all_their_sessions_and_nobody_elses(door: Door):
    mine, also_mine, other = await begin(door), await begin(door), await begin(door, user="u-ines")
    await sessions.end_all(door, "u-anne")
    assert [await sessions.current(door, secret) is None for secret in (mine, also_mine, other)] == [True, True, False]


async def test_signing_in_again_ends_the_session_that_the_browser_had(door: Door):
    former = await begin(door)
    await begin(door, before=former)
    assert await sessions.current(door, former) is None


async def test_a_person_sees_where_they_are_signed_in(door: Door, clock: FixedClock):
    await begin(door)
    clock.tick(60)
    await begin(door)
    listed = await sessions.sessions_of(door, "u-anne")
    assert [session.created for session in listed] == sorted((one.created for one in listed), reverse=True)
    assert len(listed) == 2


async def test_the_database_does_not_hold_the_secret(door: Door):
    secret = await begin(door)
    rows = await door.acting.db.read(lambda connection: connection.exec_driver_sql("SELECT * FROM sessions").all())
    assert secret not in str(rows)
