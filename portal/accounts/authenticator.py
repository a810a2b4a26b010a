"""Codes of an authenticator app (TOTP). The last step used is kept, so that a code seen over a shoulder opens nothing.

The key stands on the account (FHIR User, `twoFactor`), where the record server's own second factor has it too.
"""

import base64
import hashlib
import hmac

import segno
from pyotp.totp import TOTP
from sqlalchemy import Connection, insert, select, update

from portal.accounts import people
from portal.accounts.door import Door
from portal.db import totp
from portal.errors import CodeRefused
from portal.i18n import N_

STEP = 30  # seconds
DRIFT = 1  # steps before and after, for clocks that are not quite right


def new_key(door: Door) -> str:
    """160 bits of luck, as apps read it: capitals and digits."""
    return base64.b32encode(hashlib.sha256(door.acting.chance.token().encode()).digest()[:20]).decode()


def address_of(key: str, name: str) -> str:
    """What the QR code says: otpauth://totp/…, under which the app keeps the key."""
    return TOTP(key, interval=STEP).provisioning_uri(name=name, issuer_name="Portail FondaMental")


def picture(address: str) -> str:
    """That QR code as SVG: black on white, whatever the page wears, because cameras want it so."""
    return segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)


async def enrol(door: Door, user: str, key: str, code: str) -> None:
    """From now on the app is this account's second factor. The code shows that the app has the key; it is used up.

    Raises CodeRefused. The caller has seen that the session is fresh.
    """
    if not await _fits(door, user, key, code):
        raise CodeRefused(N_("This is not the code that the app shows now. Wait for the next one and copy it."))
    await people.amend_account(door, user, {"twoFactor": {"enabled": True, "secretKey": key}})


async def remove(door: Door, user: str) -> None:
    """The account goes back to codes by message. The caller has seen that the session is fresh."""
    await people.amend_account(door, user, {"twoFactor": None})


async def opens(door: Door, user: str, code: str) -> bool:
    """Whether this is the app's code of now, never used before."""
    account = await people.account(door, user)
    return bool(account.authenticator) and await _fits(door, user, account.authenticator, code)


async def _fits(door: Door, user: str, key: str, code: str) -> bool:
    now = int(door.now.timestamp()) // STEP
    generator = TOTP(key, interval=STEP)
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
