"""The list: one's own centres only, in both languages; searching is tested in tests/people."""

from nicegui.testing import User

from tests.cast import PAULINE
from tests.pages.conftest import SignIn, reads


async def test_patients_of_my_centre_are_listed_and_others_not(anne: User) -> None:
    await anne.open("/patients")
    await anne.should_see("ROUVIÈRE Camille")
    await anne.should_not_see("AUBÉPINE")


async def test_list_speaks_english(anne: User) -> None:
    reads(anne, "en")
    await anne.open("/patients")
    await anne.should_see("Everybody followed at: ")
    await anne.should_see("38 years old")


async def test_list_is_not_for_arcs(user: User, sign_in: SignIn) -> None:
    await sign_in(user, PAULINE)
    answer = await user.http_client.get("/patients")
    assert answer.status_code == 403
