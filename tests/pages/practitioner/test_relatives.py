"""A relative fills one form by a link: once, on one device, seeing nothing else."""

from datetime import timedelta

import pytest
from nicegui.testing import User

from components.blocks import Button
from components.form import ChoiceItem
from pages.base import Site
from pages.public.relative import acting_as
from portal.access import Actor, Role
from portal.accounts import people
from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import LinkOver, Refused, SignInNeeded
from portal.responses import Helper, assign, cancel_link, helper_at, invite_relative, open_draft, relative_links
from tests.cast import MARC
from tests.pages.conftest import account_id

CAMILLE = "camille"


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public", "practitioner")


async def invited(doctor: Acting, *, days: int = 7) -> str:
    link = await invite_relative(
        doctor, patient=CAMILLE, questionnaire="GAD7", name="Jeanne Rouvière", relationship="MTH", days=days
    )
    return link.secret


async def opened(relative: User, secret: str) -> None:
    answer = await relative.http_client.post(f"/proche/{secret}/ouvrir")
    assert (answer.status_code, answer.headers["location"]) == (303, "/proche/formulaire")


@pytest.fixture
def relative(create_user) -> User:
    """Somebody without any account, in French."""
    browser = create_user()
    browser.http_client.headers.update({"accept-language": "fr", "origin": "http://localhost:8080"})
    return browser


async def test_reading_the_link_s_page_changes_nothing(relative: User, doctor: Acting) -> None:
    secret = await invited(doctor)
    for _ in range(3):
        await relative.open(f"/proche/{secret}")
    await relative.should_see("Commencer")
    assert [link.state for link in await relative_links(doctor, CAMILLE)] == ["waiting"]


async def test_the_link_s_page_names_nobody_and_no_questionnaire(relative: User, doctor: Acting) -> None:
    answer = await relative.http_client.get(f"/proche/{await invited(doctor)}")
    assert "Rouvi" not in answer.text
    assert "GAD" not in answer.text


async def test_a_relative_fills_and_sends_the_form(relative: User, doctor: Acting, site: Site) -> None:
    secret = await invited(doctor)
    await relative.open(f"/proche/{secret}")
    await opened(relative, secret)
    await relative.open("/proche/formulaire")
    for number in range(1, 8):
        widget = next(w for w in relative.find(kind=ChoiceItem).elements if w.link_id == f"q{number}")
        with relative:
            await widget.choose(widget.item.options[1].code)
    with relative:
        await next(b for b in relative.find(kind=Button).elements if b.text == "Envoyer mes réponses").press()
    await relative.open("/proche/merci")
    await relative.should_see("Le lien ne fonctionne plus")
    stored = await site.portal.service().fhir.all("QuestionnaireResponse", {"patient": "Patient/camille"})
    assert [each["status"] for each in stored] == ["completed"]
    person = await site.portal.service().fhir.read("RelatedPerson", stored[0]["author"]["reference"].split("/")[1])
    assert person["patient"] == {"reference": "Patient/camille"}
    assert stored[0]["author"] == stored[0]["source"]
    assert [link.state for link in await relative_links(doctor, CAMILLE)] == ["sent"]
    assert (await relative.http_client.get("/proche/formulaire")).headers["location"] == "/proche/fini"


async def test_a_second_browser_finds_the_link_used(relative: User, doctor: Acting, create_user) -> None:
    secret = await invited(doctor)
    await relative.open(f"/proche/{secret}")
    await opened(relative, secret)
    other = create_user()
    other.http_client.headers["origin"] = "http://localhost:8080"
    assert "ne fonctionne plus" in (await other.http_client.get(f"/proche/{secret}")).text
    refused = await other.http_client.post(f"/proche/{secret}/ouvrir")
    assert refused.status_code != 303


async def test_the_same_browser_comes_back_to_its_answers(relative: User, doctor: Acting) -> None:
    secret = await invited(doctor)
    await relative.open(f"/proche/{secret}")
    await opened(relative, secret)
    await relative.open("/proche/formulaire")
    with relative:
        widget = next(w for w in relative.find(kind=ChoiceItem).elements if w.link_id == "q1")
        await widget.choose(widget.item.options[2].code)
    chosen = widget.value
    await opened(relative, secret)
    await relative.open("/proche/formulaire")
    assert next(w for w in relative.find(kind=ChoiceItem).elements if w.link_id == "q1").value == chosen


async def test_a_link_is_over_after_its_days(relative: User, doctor: Acting, clock: FixedClock) -> None:
    secret = await invited(doctor, days=1)
    clock.tick(timedelta(days=1, seconds=1).total_seconds())
    assert "ne fonctionne plus" in (await relative.http_client.get(f"/proche/{secret}")).text


async def test_a_cancelled_link_stops_an_open_page(relative: User, doctor: Acting, site: Site) -> None:
    secret = await invited(doctor)
    await relative.open(f"/proche/{secret}")
    await opened(relative, secret)
    await relative.open("/proche/formulaire")
    await cancel_link(doctor, (await relative_links(doctor, CAMILLE))[0].id)
    widget = next(iter(relative.find(kind=ChoiceItem).elements))
    filling = widget.on_answer.__self__.handlers
    with relative, pytest.raises(SignInNeeded):
        await filling.answer(widget.link_id, (widget.item.options[0].code,))
    stored = await site.portal.service().fhir.all("QuestionnaireResponse", {"patient": "Patient/camille"})
    assert all("item" not in each for each in stored)


async def test_a_relative_may_open_no_other_form(doctor: Acting, site: Site) -> None:
    await invited(doctor)
    others = await assign(doctor, patient=CAMILLE, questionnaire="PHQ9")
    row = (await relative_links(doctor, CAMILLE))[0]
    owner = (await site.portal.service().fhir.read("Task", row.task))["owner"]["reference"]
    actor = Actor(user="x", role=Role.RELATIVE, reference=owner, name="")
    mine = acting_as(site, Helper(link=row.id, task=row.task, actor=actor))
    assert (await open_draft(mine, row.task)).form.code == "GAD7"
    with pytest.raises(Refused):
        await open_draft(mine, others)


async def test_a_browser_without_a_link_is_nobody(site: Site) -> None:
    for browser in ("", "unknown"):
        with pytest.raises(LinkOver):
            await helper_at(site.portal.service(), browser)


async def test_a_doctor_of_another_centre_makes_no_link(site: Site) -> None:
    marc = site.portal.acting(await people.actor(site.door, account_id(MARC)))
    with pytest.raises(Refused):
        await invited(marc)


async def test_the_link_is_shown_to_who_makes_it(anne: User) -> None:
    await anne.open("/patients/camille/proches")
    await anne.should_see("Créer le lien")
    await anne.should_see("Nom du proche")
