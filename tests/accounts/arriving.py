"""People who arrive: they sign up, or are invited. Fictitious, known to nobody before."""

from portal import notifications
from portal.access import Role
from portal.accounts import Door, drafts, proof_of_work, proofs, signing_up
from portal.accounts.drafts import Draft
from portal.accounts.signing_up import Asking, Step
from portal.i18n import Texts
from portal.notifications import Kept
from portal.worker import worker_of

LEA = {
    "family": "Marchand",
    "given": "Léa",
    "email": "lea.marchand@example.fr",
    "birth_date": "1985-05-12",
    "gender": "female",
    "phone": "06 39 98 10 77",
}
NADIA = {
    "family": "Belkacem",
    "given": "Nadia",
    "email": "nadia.belkacem@example.fr",
    "gender": "female",
    "phone": "06 39 98 10 78",
    "organization": "montpellier",
}
FOUR_WORDS = "lampe rivière carnet tilleul"
TAB = "tab0000000000000001"
BROWSER = "browser-of-somebody-new"
ADDRESS = "192.0.2.7"


async def send_form(
    door: Door, typed: dict[str, str], role: Role, t: Texts, *, tab: str = TAB, browser: str = BROWSER
) -> Asking:
    work = proof_of_work.solve(proof_of_work.challenge(door, digits=3))
    asking, _ = await signing_up.send_form(door, tab, role, typed, work, browser=browser, address=ADDRESS, t=t)
    return asking


async def delivered(door: Door) -> None:
    """What waits to be done after the answer is done: audit events, messages."""
    await door.later.drained()
    await worker_of(door).drained()


async def last_message(door: Door, to: str = "") -> Kept:
    """The newest one, to this contact when given."""
    await delivered(door)
    return next(kept for kept in await notifications.latest(door.acting) if not to or kept.message.to == to)


async def code_to(door: Door, contact: str) -> str:
    body = (await last_message(door, contact)).message.body
    return next(word for word in body.split() if word.isdecimal() and len(word) == 8)


async def prove_all(door: Door, t: Texts, *, tab: str = TAB, browser: str = BROWSER) -> Asking:
    """Types the code of each contact, as it is asked."""
    while True:
        asking = await signing_up.standing(door, await draft_of(door, tab=tab, browser=browser))
        if asking.contact is None:
            return asking
        await proofs.try_code(door, asking.draft, await code_to(door, asking.contact.value), browser=browser)
        asking, _ = await signing_up.ask_next(
            door, await draft_of(door, tab=tab, browser=browser), browser=browser, address=ADDRESS, t=t
        )


async def draft_of(door: Door, *, tab: str = TAB, browser: str = BROWSER) -> Draft:
    draft = await drafts.find(door, tab, browser)
    assert draft is not None
    return draft


async def sign_up(
    door: Door, typed: dict[str, str], role: Role, t: Texts, *, tab: str = TAB, browser: str = BROWSER
) -> None:
    """From the form to the account."""
    await send_form(door, typed, role, t, tab=tab, browser=browser)
    asking = await prove_all(door, t, tab=tab, browser=browser)
    password = FOUR_WORDS if asking.step is Step.PASSWORD else ""
    await signing_up.finish(door, asking.draft, browser=browser, password=password, t=t)
