"""Signing up on the page: the form, its errors, a reload, the codes, the end; the same words for everybody."""

from dataclasses import dataclass

import pytest
from nicegui.testing import User

from components.blocks import Button
from components.form import ChoiceItem, DropDown, Widget
from components.form.fields import TypedField
from pages.base import Site, Visit
from pages.public.sign_up_words import NAMES, PATHS, address_of
from portal import notifications
from portal.access import Role
from tests.accounts.arriving import FOUR_WORDS, LEA, NADIA
from tests.cast import CAMILLE, MONTPELLIER
from tests.pages.conftest import reads
from tests.pages.public.conftest import fill, form_of, robot_check

NIR = "1 85 05 2A 004 001 81"


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of somebody's browser; `luck` is what its address holds."""

    user: User
    luck: str

    async def type(self, **typed: str) -> None:
        """Fills fields as people do: a date as typed, a list by what stands in it."""
        for name, text in typed.items():
            await self.answer(name, text)

    async def answer(self, name: str, text: str) -> None:
        (widget,) = [one for one in self.user.find(Widget).elements if one.link_id == f"su-{name}"]
        with self.user:
            if isinstance(widget, ChoiceItem | DropDown):
                await widget.choose(text)
            else:
                assert isinstance(widget, TypedField)
                await widget.enter(text)

    async def press(self, *words: str) -> None:
        (button,) = [one for one in self.user.find(Button).elements if one.text in words]
        with self.user:
            await button.press()

    async def send(self) -> None:
        await robot_check(self.user)
        await self.press("Continuer", "Continue")

    def text_of(self) -> list[str]:
        """Everything that the page says, in order, without what is luck."""
        found = self.user.current_layout.descendants()
        texts = [str(getattr(one, "content", "")) for one in found if "captcha" not in one.classes]
        return [text.replace(self.luck, "") for text in texts]


async def opened(user: User, role: Role = Role.PATIENT, *, tab: str = "0123456789abcdefghjk") -> Tab:
    await user.open(address_of(role, tab))
    return Tab(user, tab)


async def code_to(site: Site, contact: str) -> str:
    await site.later.drained()
    await site.queue.drained()
    kept = next(one for one in await notifications.latest(site.door.acting) if one.message.to == contact)
    return next(word for word in kept.message.body.split() if word.isdecimal() and len(word) == 8)


def as_typed(person: dict[str, str]) -> dict[str, str]:
    return {**person, "birth_date": "12/5/85"} if "birth_date" in person else person


@pytest.fixture
def home(site: Site) -> None:
    @site.page("/accueil", roles=frozenset({Role.PATIENT}))
    async def shown(visit: Visit) -> None:
        with visit.frame().page("Home"):
            Button(f"home of {visit.me.actor.name}", lambda: None)


async def test_all_seven_kinds_are_offered_and_no_administrator(user: User):
    await user.open("/inscription")
    page = " ".join(str(getattr(one, "content", "")) for one in user.current_layout.descendants())
    assert all(f'href="{address_of(role)}"' in page for role in NAMES)
    assert len(PATHS) == 7
    assert page.count('href="/inscription/') == len(PATHS)


@pytest.mark.parametrize("path", ["/inscription/administrateur", "/inscription/patient/../../x", "/inscription/x/y"])
async def test_an_address_of_no_kind_leads_to_the_choice(user: User, path: str):
    answer = await user.http_client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("location")) in {(303, "/inscription"), (404, None)}


@pytest.mark.parametrize("locale", ["fr", "en"])
async def test_a_patient_signs_up_and_is_at_home(user: User, site: Site, home: None, locale: str):
    reads(user, locale)
    tab = await opened(user)
    await tab.type(**as_typed(LEA))
    await tab.send()
    await fill(user, code=await code_to(site, LEA["email"]))
    await fill(user, code_sms=await code_to(site, "+33639981077"))
    await user.should_see("Votre compte est prêt" if locale == "fr" else "Your account is ready", retries=100)


async def test_a_professional_chooses_a_password_and_waits(user: User, site: Site):
    tab = await opened(user, Role.NURSE)
    await user.should_see(MONTPELLIER)
    await tab.type(**NADIA)
    await tab.send()
    await fill(user, code=await code_to(site, NADIA["email"]))
    await fill(user, code_sms=await code_to(site, "+33639981078"))
    await fill(user, password="court")
    assert "password" in form_of(user).errors
    await fill(user, password=FOUR_WORDS)
    await user.should_see("Votre demande est envoyée", retries=100)


async def test_who_waits_signs_in_to_a_calm_page(user: User, site: Site):
    tab = await opened(user, Role.NURSE)
    await tab.type(**NADIA)
    await tab.send()
    await fill(user, code=await code_to(site, NADIA["email"]))
    await fill(user, code_sms=await code_to(site, "+33639981078"))
    await fill(user, password=FOUR_WORDS)
    await user.open("/pro")
    await fill(user, email=NADIA["email"], password=FOUR_WORDS)
    await fill(user, code=await code_to(site, NADIA["email"]))
    await user.should_see("Votre demande est en attente", retries=100)
    answer = await user.http_client.get("/patients", follow_redirects=False)
    assert answer.status_code != 200


async def test_errors_are_by_the_fields_and_all_together_on_top(user: User):
    tab = await opened(user)
    await tab.type(given="Léa")
    await tab.send()
    await user.should_see("4 réponses à revoir")
    errors = {one.link_id: one.error for one in user.find(Widget).elements if one.error}
    assert set(errors) == {"su-family", "su-birth_date", "su-gender", "su-email"}
    assert errors["su-family"] == "Écrivez votre nom."


async def test_a_date_that_cannot_be_read_is_kept_and_told(user: User):
    tab = await opened(user)
    await tab.type(**{**LEA, "birth_date": "hier"})
    await tab.send()
    (date,) = [one for one in user.find(Widget).elements if one.link_id == "su-birth_date"]
    assert (date.typed, bool(date.error)) == ("hier", True)
    await user.should_see("1 réponse à revoir")


async def test_a_reload_keeps_what_was_typed_and_hides_the_social_security_number(user: User):
    tab = await opened(user)
    await tab.type(family="Marchand", birth_date="12/5/85", gender="female", nir=NIR)
    tab = await opened(user)
    shown = {one.link_id: getattr(one, "typed", "") for one in user.find(Widget).elements}
    assert (shown["su-family"], shown["su-birth_date"], shown["su-nir"]) == ("Marchand", "12/05/1985", "")
    page = " ".join(tab.text_of())
    assert "finissant par 0181" in page
    assert "2A 004" not in page


async def test_a_doubt_on_the_number_is_said_and_refuses_nothing(user: User):
    tab = await opened(user)
    await tab.type(**as_typed(LEA), nir=NIR)
    await user.should_see("Ce numéro est celui d’une personne de l’autre sexe.")
    await tab.send()
    await user.should_see("Vérifions votre adresse e-mail")


async def test_a_reload_comes_back_to_the_code(user: User):
    tab = await opened(user)
    await tab.type(**as_typed(LEA))
    await tab.send()
    await opened(user)
    await user.should_see("Vérifions votre adresse e-mail")


async def test_the_address_can_be_changed_with_everything_still_there(user: User):
    tab = await opened(user)
    await tab.type(**as_typed(LEA))
    await tab.send()
    await tab.press("Changer d’adresse", "Changer l’adresse")
    shown = {one.link_id: getattr(one, "typed", "") for one in user.find(Widget).elements}
    assert shown["su-email"] == LEA["email"]


async def test_a_patient_may_go_on_without_a_number(user: User, site: Site, home: None):
    tab = await opened(user)
    await tab.type(**as_typed(LEA))
    await tab.send()
    await fill(user, code=await code_to(site, LEA["email"]))
    await tab.press("Continuer sans numéro de mobile")
    await user.should_see("Votre compte est prêt", retries=100)


async def test_a_known_and_an_unknown_address_see_the_same_page(create_user, site: Site):
    pages = []
    for luck, mail in (("a", "ca.nobody@example.fr"), ("b", CAMILLE.email)):
        user = create_user()
        tab = await opened(user, tab=luck * 20)
        await tab.type(**{**as_typed(LEA), "email": mail})
        await tab.send()
        await site.later.drained()
        first = tab.text_of()
        await fill(user, code="00000000")
        pages.append((first, tab.text_of(), form_of(user).errors))
    assert pages[0] == pages[1]
    assert any("ca•••••@example.fr" in text for text in pages[0][0])


async def test_without_the_automatic_check_nothing_is_sent(user: User, site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("components.captcha.PATIENCE", 0.05)
    tab = await opened(user)
    await tab.type(**as_typed(LEA))
    await tab.press("Continuer")
    await user.should_see("La vérification automatique n’a pas abouti")
    assert await notifications.latest(site.door.acting) == []


async def test_another_browser_at_the_same_address_sees_an_empty_form(create_user):
    first, second = create_user(), create_user()
    await (await opened(first)).type(family="Marchand")
    await opened(second)
    shown = {one.link_id: getattr(one, "typed", "") for one in second.find(Widget).elements}
    assert shown["su-family"] == ""
