"""A patient signs in without a password, in French and in English."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest
from nicegui.testing import User

from components.blocks import Button
from pages.base import Site, Visit
from portal import notifications
from portal.access import Role
from portal.accounts import read_contact, sessions
from portal.accounts.codes import ask_patient_code
from portal.accounts.proof_of_work import challenge, solve
from portal.clock import FixedClock
from portal.errors import Unavailable
from portal.i18n import Texts
from tests.cast import CAMILLE
from tests.pages.conftest import SignIn, reads
from tests.pages.public.conftest import code_sent, fill, form_of, robot_check

FR = ("fr", "Bonjour", "Entrez votre code")
EN = ("en", "Hello", "Enter your code")


@pytest.fixture
def home(site: Site) -> None:
    @site.page("/accueil", roles=frozenset({Role.PATIENT}))
    async def shown(visit: Visit) -> None:
        with visit.frame().page("Home"):
            Button(f"home of {visit.me.actor.name}", lambda: None)


async def press(user: User, text: str) -> None:
    (button,) = [one for one in user.find(Button).elements if one.text == text]
    with user:
        await button.press()


@pytest.mark.parametrize(("locale", "hello", "enter"), [FR, EN])
async def test_the_code_sent_by_email_opens_the_home_page(
    user: User, site: Site, home: None, locale: str, hello: str, enter: str
):
    reads(user, locale)
    await user.open("/connexion")
    await user.should_see(hello)
    await fill(user, contact=CAMILLE.email)
    await user.should_see(enter)
    code = await code_sent(site)
    await fill(user, code=f" {code[:4]} {code[4:]} ")
    await asyncio.sleep(0.3)
    assert [one.text for one in user.find(Button).elements] == [f"home of {CAMILLE.name}"]


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("fr", "Ce code n’est pas le bon. Vérifiez les 8 chiffres\u00a0: il vous reste 4 essais."),
        ("en", "This code is not right. Check the 8 digits: you have 4 tries left."),
    ],
)
async def test_a_wrong_code_is_told_by_the_field(user: User, locale: str, sentence: str):
    reads(user, locale)
    await user.open("/connexion")
    await fill(user, contact=CAMILLE.email)
    await fill(user, code="00000000")
    assert form_of(user).errors == {"code": sentence}
    await user.should_see(sentence)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("fr", "Ce code a expiré. Nous pouvons vous en envoyer un autre."),
        ("en", "This code has expired. We can send you another."),
    ],
)
async def test_an_expired_code_says_so_and_another_can_be_sent(
    user: User, site: Site, clock: FixedClock, locale: str, sentence: str
):
    reads(user, locale)
    await user.open("/connexion")
    await fill(user, contact=CAMILLE.email)
    code = await code_sent(site)
    clock.tick(301)
    await fill(user, code=code)
    assert form_of(user).errors == {"code": sentence}
    await press(user, "Envoyer un nouveau code" if locale == "fr" else "Send a new code")
    await fill(user, code=await code_sent(site))
    assert form_of(user).errors == {}


async def test_what_is_no_contact_is_told_by_the_field_and_nothing_typed_is_lost(user: User):
    await user.open("/connexion")
    await fill(user, contact="camille")
    assert form_of(user).errors == {"contact": "Ce numéro n’est pas complet. Il ressemble à 06 12 34 56 78."}
    assert "camille" not in form_of(user).content  # it stays in the browser: the server never writes it back


async def test_a_known_and_an_unknown_contact_see_the_same_page(create_user, site: Site):
    pages = []
    for contact in (CAMILLE.email, "ca.nobody@example.fr"):
        user = create_user()
        await user.open("/connexion")
        await fill(user, contact=contact)
        pages.append([(one.tag, getattr(one, "content", "")) for one in user.current_layout.descendants()])
    assert pages[0] == pages[1]


async def test_a_reload_comes_back_to_the_code(user: User, site: Site):
    await user.open("/connexion")
    await fill(user, contact=CAMILLE.email)
    await user.open("/connexion")
    await user.should_see("Entrez votre code")
    await user.open("/connexion?autre=1")
    await user.should_see("Bonjour")


async def test_the_code_can_come_by_text_message(user: User, site: Site):
    await user.open("/connexion")
    await fill(user, contact=CAMILLE.email)
    await press(user, "Recevoir plutôt un SMS")
    await site.later.drained()
    await site.queue.drained()
    kept = await notifications.latest(site.door.acting)
    assert kept[0].message.to == CAMILLE.phone
    await user.should_not_see(CAMILLE.phone[-2:] + "</b>")


async def test_after_many_codes_the_browser_works_a_moment_and_the_person_does_nothing(user: User):
    for _ in range(5):
        await user.open("/connexion?autre=1")
        await fill(user, contact=CAMILLE.email)
    await user.open("/connexion?autre=1")
    await asyncio.gather(fill(user, contact=CAMILLE.email), soon(robot_check(user)))
    await user.should_see("Entrez votre code")


async def test_far_too_many_codes_are_refused_with_the_time_to_come_back(user: User, site: Site, fr: Texts):
    contact = read_contact(CAMILLE.email)
    for number in range(20):
        work = solve(challenge(site.door, digits=2))
        address = f"192.0.2.{number}"
        await ask_patient_code(site.door, contact, browser="b" * 43, address=address, t=fr, work=work)
    await user.open("/connexion")
    await asyncio.gather(fill(user, contact=CAMILLE.email), soon(robot_check(user)))
    assert form_of(user).errors["contact"].startswith("Trop d’essais. Réessayez dans 3 minutes")


async def soon(doing: Awaitable[None]) -> None:
    """After the form was sent, but while it waits."""
    await asyncio.sleep(0.05)
    await doing


async def test_the_record_server_away_is_told_where_one_looks(user: User, monkeypatch: pytest.MonkeyPatch, site: Site):
    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr("portal.accounts.codes.ask_patient_code", away)
    await user.open("/connexion")
    await fill(user, contact=CAMILLE.email)
    await user.should_see("Nous n’arrivons pas à joindre le serveur.")


async def test_who_is_signed_in_goes_home(user: User, sign_in: SignIn, home: None):
    await sign_in(user, CAMILLE)
    await user.open("/connexion")
    assert [one.text for one in user.find(Button).elements] == [f"home of {CAMILLE.name}"]


async def test_after_signing_in_one_is_back_where_one_wanted_to_go(user: User, site: Site):
    @site.page("/questionnaire/{task}", roles=frozenset({Role.PATIENT}))
    async def shown(visit: Visit, task: str) -> None:
        Button(f"task {task} part {visit.query['part']}", lambda: None)

    await user.open("/questionnaire/t1?part=2")
    await user.should_see("Bonjour")
    await fill(user, contact=CAMILLE.email)
    await fill(user, code=await code_sent(site))
    await asyncio.sleep(0.3)
    assert "task t1 part 2" in [one.text for one in user.find(Button).elements]


async def test_signing_in_gives_the_browser_a_new_secret(user: User, site: Site, home: None):
    await user.open("/connexion")
    before = user.http_client.cookies["portal"]
    await fill(user, contact=CAMILLE.email)
    await fill(user, code=await code_sent(site))
    await asyncio.sleep(0.3)
    assert user.http_client.cookies["portal"] != before


async def test_codes_and_contacts_are_in_no_log(user: User, site: Site, home: None, caplog, capsys):
    caplog.set_level("DEBUG")
    await user.open("/connexion")
    await fill(user, contact=CAMILLE.email)
    code = await code_sent(site)
    await fill(user, code="00000000")
    await fill(user, code=code)
    await asyncio.sleep(0.3)
    written = caplog.text + "".join(capsys.readouterr())
    for secret in (code, CAMILLE.email, user.http_client.cookies["portal"]):
        assert secret not in written


async def test_on_a_shared_tablet_the_session_lives_by_the_tablets_limits(user: User, site: Site, home: None):
    await user.open("/connexion?borne=1")
    await fill(user, contact=CAMILLE.email)
    await fill(user, code=await code_sent(site))
    await asyncio.sleep(0.3)
    (session,) = await sessions.sessions_of(site.door, "u-camille")
    assert session.kind is sessions.Kind.KIOSK
    assert (await sessions.time_left(site.door, [session.id]))[session.id] == timedelta(seconds=90)
