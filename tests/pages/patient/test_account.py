"""My account: who I am here, how it looks, where I am signed in."""

from nicegui.testing import User

from pages.base import Site
from portal.accounts import sessions
from tests.cast import CAMILLE, INES
from tests.pages.conftest import SignIn
from tests.pages.patient.conftest import press


async def test_contacts_are_masked(camille: User) -> None:
    await camille.open("/compte")
    await camille.should_see("ca•••••@example.fr")
    await camille.should_not_see(CAMILLE.phone)


async def test_another_place_where_one_is_signed_in_can_be_ended(
    camille: User, create_user, sign_in: SignIn, site: Site
) -> None:
    await sign_in(create_user(), CAMILLE)
    await camille.open("/compte")
    await press(camille, "Déconnecter")
    assert len(await sessions.sessions_of(site.door, "u-camille")) == 1


async def test_a_dark_look_is_kept(camille: User) -> None:
    await camille.http_client.get("/theme?to=dark")
    assert camille.http_client.cookies["theme"] == "dark"


async def test_the_look_of_the_device_is_the_absence_of_a_choice(camille: User) -> None:
    await camille.http_client.get("/theme?to=dark")
    await camille.http_client.get("/theme?to=auto")
    assert "theme" not in camille.http_client.cookies


async def test_a_way_back_leads_nowhere_else(camille: User) -> None:
    answer = await camille.http_client.get("/theme?to=dark&next=https://elsewhere.example")
    assert answer.headers["location"] == "/"


async def test_professionals_have_the_same_page(user: User, sign_in: SignIn) -> None:
    await sign_in(user, INES)
    await user.open("/compte")
    await user.should_see("Inès Kaci")
