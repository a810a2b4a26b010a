"""Codes of an authenticator app (TOTP). The last step used is kept, so that a code seen over a shoulder opens nothing."""

import hmac

from pyotp.totp import TOTP
from sqlalchemy import Connection, insert, select, update

from portal.accounts import people
from portal.accounts.door import Door
from portal.db import totp

STEP = 30  # seconds
DRIFT = 1  # steps before and after, for clocks that are not quite right


async def opens(door: Door, user: str, code: str) -> bool:
    """Whether this is the app's code of now, never used before."""
    account = await people.account(door, user)
    if not account.authenticator:
        return False
    now = int(door.now.timestamp()) // STEP
    generator = TOTP(account.authenticator, interval=STEP)
    steps = range(now - DRIFT, now + DRIFT + 1)
    matching = [step for step in steps if hmac.compare_digest(generator.generate_otp(step), code)]
    if not matching:
        return False
    return await door.acting.db.write(lambda connection: _first_use(connection, user, max(matching)))


def _first_use(connection: Connection, user: str, step: int) -> bool:
    newer = update(totp).where(totp.c.user == user, totp.c.last_step < step).values(last_step=step)
    if connection.execute(newer).rowcount == 1:
        return True
    if connection.execute(select(totp).where(totp.c.user == user)).first() is not None:
        return False
    connection.execute(insert(totp).values(user=user, last_step=step))
    return True
