"""Following an invitation on the page: opening changes nothing, each dead link looks the same, the end is at home."""

from datetime import date

import pytest
from nicegui.testing import User

from components.blocks import Button
from pages.base import Site, Visit
from portal import notifications
from portal.access import Role
from portal.accounts import invitations, people
from portal.acting import Acting
from portal.clock import FixedClock
from portal.people import create_patient
from tests.cast import ANNE, FATOU
from tests.pages.conftest import account_id
from tests.pages.public.conftest import fill, form_of
from tests.pages.public.test_inscription import code_to

HUGO = "hugo.lefort@example.fr"
BORN = date(1991, 4, 3)


@pytest.fixture
def home(site: Site) -> None:
    for path, role in (("/accueil", Role.PATIENT), ("/patients", Role.NURSE)):

        @site.page(path, roles=frozenset({role}))
        async def shown(visit: Visit) -> None:
            with visit.frame().page("Home"):
                Button(f"home of {visit.me.actor.name}", lambda: None)


@pytest.fixture
async def anne(site: Site) -> Acting:
    return site.portal.acting(await people.actor(site.door, account_id(ANNE)))


@pytest.fixture
async def hugo(anne: Acting) -> str:
    """A patient of Anne's, not yet invited."""
    return await create_patient(
        anne,
        family="Lefort",
        given="Hugo",
        birth_date=BORN,
        gender="male",
        organization="montpellier",
        network="bipolar",
        email=HUGO,
        account=False,
    )


async def path_of(site: Site, contact: str) -> str:
    """The address in the newest message to this contact, without the host."""
    await site.queue.drained()
    kept = next(one for one in await notifications.latest(site.door.acting) if one.message.to == contact)
    return "/invitation/" + kept.message.body.split("/invitation/")[1].split()[0]


async def press(user: User, words: str) -> None:
    (button,) = [one for one in user.find(Button).elements if one.text == words]
    with user:
        await button.press()


def page(user: User, path: str) -> list[str]:
    found = user.current_layout.descendants()
    return [str(getattr(one, "content", "")).replace(path, "") for one in found]


async def test_an_invited_patient_comes_home(user: User, site: Site, anne: Acting, hugo: str, home: None):
    await invitations.invite_patient(anne, hugo)
    await user.open(await path_of(site, HUGO))
    await user.should_see("Bienvenue")
    await press(user, "Continuer")
    await fill(user, code=await code_to(site, HUGO))
    await fill(user, birth_date="4/4/1991")
    assert "birth_date" in form_of(user).errors
    await fill(user, birth_date="3/4/91")
    await user.should_see("home of Hugo Lefort", retries=100)


async def test_an_invited_professional_comes_home(user: User, site: Site, home: None):
    fatou = site.portal.acting(await people.actor(site.door, account_id(FATOU)))
    mail = "nadia.belkacem@example.fr"
    await invitations.invite_practitioner(
        fatou, family="Belkacem", given="Nadia", email=mail, role=Role.NURSE, organizations=["montpellier"]
    )
    await user.open(await path_of(site, mail))
    await press(user, "Continuer")
    await fill(user, code=await code_to(site, mail))
    await fill(user, phone="")
    assert "phone" in form_of(user).errors
    await fill(user, phone="06 39 98 10 79")
    await fill(user, code_sms=await code_to(site, "+33639981079"))
    await fill(user, password="quatre mots bien à moi")
    await user.should_see("home of Nadia Belkacem", retries=100)


async def test_a_robot_that_opens_the_link_uses_nothing_up(user: User, site: Site, anne: Acting, hugo: str):
    await invitations.invite_patient(anne, hugo)
    path = await path_of(site, HUGO)
    for _ in range(3):
        answer = await user.http_client.get(path)
        assert answer.status_code == 200
    await user.open(path)
    await user.should_see("Bienvenue")
    assert HUGO not in " ".join(page(user, path))  # masked: whoever holds the link learns no address


async def test_a_reload_comes_back_to_the_same_step(user: User, site: Site, anne: Acting, hugo: str):
    await invitations.invite_patient(anne, hugo)
    path = await path_of(site, HUGO)
    await user.open(path)
    await press(user, "Continuer")
    await user.open(path)
    await user.should_see("Vérifions votre adresse e-mail")
    await fill(user, code=await code_to(site, HUGO))
    await user.open(path)
    await user.should_see("Votre date de naissance")


async def test_all_dead_links_look_the_same(create_user, site: Site, anne: Acting, hugo: str, clock: FixedClock):
    cancelled = await invitations.invite_patient(anne, hugo)
    paths = ["/invitation/never-was", await path_of(site, HUGO)]
    await invitations.cancel(anne, cancelled)
    await invitations.invite_patient(anne, hugo)
    paths.append(await path_of(site, HUGO))
    clock.tick(8 * 24 * 3600)
    pages = []
    for path in paths:
        user = create_user()
        await user.open(path)
        await user.should_see("Ce lien ne fonctionne plus")
        pages.append(page(user, path))
    assert pages[0] == pages[1] == pages[2]
