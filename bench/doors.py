"""How long five doors take to answer, for somebody known and for somebody unknown: pairs in a shuffled order, one after
the other, on a whole portal. What is done after the answer is done between two measurements, as the queue does it.

python -m bench.doors [--json] [pairs] [door…]      2,000 pairs of all five take a quarter of an hour, most of it hashing
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal import notifications
from portal.access import Role
from portal.accounts import Door, codes, drafts, invitations, joining, people, proofs, read_contact
from portal.accounts.passwords import check_password
from portal.app import Portal, open_portal
from portal.background import Background
from portal.errors import LinkDead, PasswordRefused
from portal.i18n import texts
from portal.people import create_patient
from portal.settings import Settings
from portal.worker import worker_of
from tests.cast import ANNE, CAMILLE, EVERYONE
from tests.pages.world import account_id, settle

PAIRS = 2000
SEED = 20261123
RESAMPLES = 2000
MANY = 10**9
UNTHROTTLED = {
    "codes_per_hour": MANY,
    "codes_per_hour_address": MANY,
    "passwords_per_hour": MANY,
    "passwords_per_hour_address": MANY,
    "work_after": MANY,
}
ADDRESS = "192.0.2.1"
REAL = ("patient", "professional", "recovery", "sign_up", "invitation")
PLANTED = "planted"
"""A door that makes the message before it answers: named alone, it shows what the measure finds."""
FR = texts("fr")


@dataclass(frozen=True, slots=True)
class Ask:
    """One door: what a request for somebody known does, and for somebody unknown. Each says what the person sees."""

    known: Callable[[], Awaitable[str]]
    unknown: Callable[[], Awaitable[str]]


async def measure(pairs: int, wanted: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="portal-doors-") as folder:
        portal = await open_portal(Settings(data_dir=Path(folder), demo=True, **UNTHROTTLED))
        await settle(portal, EVERYONE)
        later = Background()
        later.start()
        door = Door(acting=portal.service(), key=portal.secret, later=later)
        found: dict[str, Any] = {"pairs": pairs, "seed": SEED}
        for name, ask in (await doors(portal, door)).items():
            if name not in (wanted or REAL):
                continue
            print(f"… {name}", file=sys.stderr, flush=True)
            found[name] = await compare(door, ask, pairs)
        await later.stop()
        await portal.close()
    return found


async def doors(portal: Portal, door: Door) -> dict[str, Ask]:
    dead = await _cancelled_link(portal, door)
    return {
        PLANTED: Ask(lambda: _hasty(door, CAMILLE.email), lambda: _hasty(door, "camille.nobody@example.fr")),
        "patient": Ask(lambda: _patient(door, CAMILLE.email), lambda: _patient(door, "camille.nobody@example.fr")),
        "professional": Ask(lambda: _password(door, ANNE.email), lambda: _password(door, "anne.nobody@example.fr")),
        "recovery": Ask(lambda: _recovery(door, ANNE.email), lambda: _recovery(door, "anne.nobody@example.fr")),
        "sign_up": Ask(lambda: _sign_up(door, CAMILLE.email), lambda: _sign_up(door, "camille.nobody@example.fr")),
        "invitation": Ask(lambda: _invitation(door, dead), lambda: _invitation(door, "x" * len(dead))),
    }


async def compare(door: Door, ask: Ask, pairs: int) -> dict[str, Any]:
    """The median of the differences within a pair (known minus unknown), with its 95 % interval by bootstrap."""
    luck = random.Random(SEED)
    worker = worker_of(door)
    differences: list[float] = []
    took: list[float] = []
    same = True
    for n in range(pairs + pairs // 20):
        seen: dict[bool, tuple[float, str]] = {}
        for known in luck.sample((True, False), 2):
            await door.later.drained()
            await worker.drained()
            start = time.perf_counter()
            answer = await (ask.known if known else ask.unknown)()
            seen[known] = (time.perf_counter() - start, answer)
        if n < pairs // 20:
            continue  # warming up
        same = same and seen[True][1] == seen[False][1]
        differences.append((seen[True][0] - seen[False][0]) * 1000)
        took.append(seen[False][0] * 1000)
    low, high = interval(differences, luck)
    return {
        "same_answer": same,
        "answers_in_ms_median": round(statistics.median(took), 3),
        "gap_ms_median": round(statistics.median(differences), 4),
        "gap_ms_95": [round(low, 4), round(high, 4)],
    }


def interval(differences: list[float], luck: random.Random) -> tuple[float, float]:
    medians = sorted(statistics.median(luck.choices(differences, k=len(differences))) for _ in range(RESAMPLES))
    return medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975)]


async def _patient(door: Door, contact: str) -> str:
    asked = await codes.ask_patient_code(door, read_contact(contact), browser="b" * 43, address=ADDRESS, t=FR)
    return f"{asked.purpose} {asked.channel} {asked.shown}"


async def _hasty(door: Door, contact: str) -> str:
    account = await people.find_account(door, read_contact(contact))
    if account is not None:
        message = notifications.code_message(FR, by_sms=False, to=contact, code="12345678", minutes=5)
        await notifications.send(door.acting, message)
    return await _patient(door, contact)


async def _recovery(door: Door, email: str) -> str:
    asked = await codes.ask_recovery_code(door, read_contact(email), browser="b" * 43, address=ADDRESS, t=FR)
    return f"{asked.purpose} {asked.channel} {asked.shown}"


async def _password(door: Door, email: str) -> str:
    try:
        await check_password(door, email=email, password="not this one", address=ADDRESS)
    except PasswordRefused as error:
        return str(error.message)
    return "in"


async def _sign_up(door: Door, email: str) -> str:
    browser, tab = "s" * 43, "tab0000000000000001"
    draft = await drafts.find(door, tab, browser) or await drafts.keep(door, tab, browser, Role.PATIENT, {})
    await proofs.ask(door, draft, read_contact(email), browser=browser, address=ADDRESS, t=FR)
    kept = await drafts.find(door, tab, browser)
    return str(kept.proof.shown if kept and kept.proof else "")


async def _invitation(door: Door, token: str) -> str:
    try:
        await joining.look(door, token)
    except LinkDead as error:
        return str(error.message)
    return "in"


async def _cancelled_link(portal: Portal, door: Door) -> str:
    """The token of an invitation that an inviter took back."""
    anne = portal.acting(await people.actor(door, account_id(ANNE)))
    patient = await create_patient(
        anne,
        family="Marchand",
        given="Léa",
        birth_date=date(1985, 5, 12),
        gender="female",
        organization="montpellier",
        network="bipolar",
        email="lea.marchand@example.fr",
        account=False,
    )
    sent = await invitations.invite_patient(anne, patient)
    body = (await notifications.latest(door.acting))[0].message.body
    await invitations.cancel(anne, sent)
    return next(word for word in body.split() if "/invitation/" in word).rsplit("/", 1)[1]


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "--json"]
    count = next((int(one) for one in given if one.isdecimal()), PAIRS)
    print(json.dumps(asyncio.run(measure(count, [one for one in given if not one.isdecimal()])), indent=2))
