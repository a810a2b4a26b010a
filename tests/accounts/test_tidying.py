"""What is over is forgotten; what lives stays."""

from portal.access import Role
from portal.accounts import Door, codes, read_contact, sessions
from portal.accounts.tidying import forget_old
from portal.clock import FixedClock
from portal.i18n import Texts
from tests.cast import CAMILLE

TABLES = ("challenges", "throttle", "sessions")


async def counts(door: Door) -> dict[str, int]:
    def work(connection) -> dict[str, int]:
        return {table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in TABLES}

    return await door.acting.db.read(work)


async def test_codes_limits_and_sessions_are_forgotten_when_they_are_long_over(
    door: Door, fr: Texts, clock: FixedClock
):
    await codes.ask_patient_code(door, read_contact(CAMILLE.email), browser="b" * 43, address="192.0.2.7", t=fr)
    await sessions.start(door, user="u-anne", role=Role.NURSE, reference="Practitioner/anne", device="")
    before = await counts(door)
    await forget_old(door)
    assert await counts(door) == before
    clock.tick(2 * 24 * 3600)
    await forget_old(door)
    assert await counts(door) == dict.fromkeys(TABLES, 0)
