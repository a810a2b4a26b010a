"""Sent answers on screen: scores beside the former ones, validation and its lock, files, papers, what the patient reads."""

import base64
from collections.abc import Awaitable, Callable

import pytest
from nicegui.testing import User

from components.blocks import Button
from components.form import TextArea
from pages.base import Site
from portal.accounts import people
from portal.acting import Acting
from portal.clock import FixedClock
from portal.errors import Forbidden, Invalid, NotFound, Refused, ResponseLocked
from portal.fhir import Transaction
from portal.files import attachment, open_file, receive
from portal.responses import (
    assign,
    open_amendment,
    open_draft,
    read_response,
    reopen_response,
    results,
    save_answer,
    submit,
    validate_response,
    validation_of,
)
from tests.cast import ANNE, BRUNO, CAMILLE, INES, MARC
from tests.files.contents import PDF, PNG
from tests.pages.conftest import SignIn, account_id
from tests.pages.practitioner.conftest import press

Fill = Callable[..., Awaitable[str]]


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public", "patient", "practitioner")


async def acting_as(site: Site, person) -> Acting:
    return site.portal.acting(await people.actor(site.door, account_id(person)))


@pytest.fixture
def fill(doctor: Acting, site: Site) -> Fill:
    """Camille fills and sends a questionnaire, each answer the option of this rank; returns the response's id."""

    async def filled(code: str = "PHQ9", rank: int = 1) -> str:
        camille = await acting_as(site, CAMILLE)
        draft = await open_draft(camille, await assign(doctor, patient="camille", questionnaire=code))
        for path in list(draft.session.paths):
            options = draft.session.state(path).options
            if options and not draft.session.state(path).read_only:
                draft.session.set(path, options[min(rank, len(options) - 1)].key)
                await save_answer(camille, draft, path, options[min(rank, len(options) - 1)].key)
        return (await submit(camille, draft)).response

    return filled


async def test_a_score_is_told_with_the_one_before(fill: Fill, doctor: Acting, clock: FixedClock) -> None:
    await fill(rank=2)
    clock.tick(40 * 24 * 3600)
    told = await results(doctor, await read_response(doctor, await fill(rank=1)))
    main = next(each for each in told if each.definition.main)
    assert (main.value, main.previous.value, main.change) == (9, 18, -9)
    assert main.band is not None


async def test_the_page_says_the_band_the_meaning_and_the_change(
    fill: Fill, user: User, sign_in: SignIn, clock: FixedClock
) -> None:
    await fill(rank=2)
    clock.tick(40 * 24 * 3600)
    response = await fill(rank=1)
    await sign_in(user, ANNE)
    await user.open(f"/patients/camille/questionnaires/{response}")
    await user.should_see("sur 27")
    await user.should_see("Plus bas de 9 à présent.")


async def test_patients_read_what_they_sent_with_what_is_shown_to_them(
    fill: Fill, user: User, sign_in: SignIn, site: Site
) -> None:
    response = await fill()
    await sign_in(user, CAMILLE)
    await user.open(f"/questionnaires/{response}")
    await user.should_see("Vos réponses")
    told = await results(await acting_as(site, CAMILLE), await read_response(await acting_as(site, CAMILLE), response))
    assert all(each.definition.shown_to_patient for each in told)


async def test_what_the_form_computed_is_read_with_the_answers(doctor: Acting, user: User, sign_in: SignIn) -> None:
    task = await assign(doctor, patient="camille", questionnaire="PHYSICAL_PARAMS", filled_by="staff")
    draft = await open_draft(doctor, task)
    for path, value in (("weight", 72), ("height", 180)):
        draft.session.set(path, value)
        await save_answer(doctor, draft, path, value)
    response = (await submit(doctor, draft)).response
    await sign_in(user, ANNE)
    await user.open(f"/patients/camille/questionnaires/{response}")
    await user.should_see("22,2")
    await user.should_see("calculé par le formulaire")


async def test_the_authors_of_an_instrument_stand_under_its_answers(fill: Fill, user: User, sign_in: SignIn) -> None:
    response = await fill()
    for person, address in ((CAMILLE, "/questionnaires"), (ANNE, "/patients/camille/questionnaires")):
        await sign_in(user, person)
        await user.open(f"{address}/{response}")
        await user.should_see("Source et droits")
        await user.should_see("Robert L. Spitzer")


async def test_patients_read_nothing_of_another(fill: Fill, user: User, sign_in: SignIn) -> None:
    response = await fill()
    await sign_in(user, BRUNO)
    assert (await user.http_client.get(f"/questionnaires/{response}")).status_code in {403, 404}
    assert (await user.http_client.get(f"/questionnaires/{response}/pdf")).status_code in {403, 404}


async def test_validated_answers_are_locked_until_opened_again(fill: Fill, doctor: Acting) -> None:
    response = await fill()
    assert await validation_of(doctor, response) is None
    first = await validate_response(doctor, response)
    assert (first.locked, first.name) == (True, doctor.actor.name)
    assert await validate_response(doctor, response) == first
    with pytest.raises(ResponseLocked):
        await open_amendment(doctor, response)
    with pytest.raises(Invalid):
        await reopen_response(doctor, response, reason=" ")
    opened = await reopen_response(doctor, response, reason="erreur de saisie")
    assert (opened.locked, opened.reason) == (False, "erreur de saisie")
    assert (await open_amendment(doctor, response)).form.code == "PHQ9"


async def test_who_signs_no_assessment_validates_none(fill: Fill, site: Site) -> None:
    response = await fill()
    for person in (INES, MARC, CAMILLE):
        with pytest.raises((Refused, Forbidden)):
            await validate_response(await acting_as(site, person), response)


async def test_the_page_validates_and_opens_again(fill: Fill, anne: User) -> None:
    response = await fill()
    page = f"/patients/camille/questionnaires/{response}"
    await anne.open(page)
    await press(anne, "Valider les réponses")
    await anne.open(page)
    await anne.should_see("les réponses sont verrouillées")
    await anne.should_not_see("Corriger une réponse")
    await press(anne, "Rouvrir pour corriger")
    with anne:
        await next(iter(anne.find(kind=TextArea).elements)).enter("une erreur")
        await next(one for one in anne.find(Button).elements if one.text == "Rouvrir").press()
    await anne.open(page)
    await anne.should_see("une erreur")
    await anne.should_see("Corriger une réponse")


async def test_answers_and_blank_forms_are_saved_as_papers(
    fill: Fill, anne: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.reports import Printer

    printed: list[str] = []

    async def pdf(_printer: Printer, document: str) -> bytes:
        printed.append(document)
        return b"%PDF-"

    monkeypatch.setattr(Printer, "pdf", pdf)
    response = await fill()
    for address in (f"/patients/camille/questionnaires/{response}/pdf", "/formulaires/PHQ9/pdf"):
        answer = await anne.http_client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert "ROUVIÈRE" in printed[0].upper()
    assert "ROUVI" not in printed[1].upper()


@pytest.fixture
async def given(doctor: Acting, site: Site) -> str:
    """A file that Camille gave with a form that is shown to her; its key. No form of the catalogue asks for one, so the
    document stands as one that she gave.
    """
    key = "letter-1"
    document = {
        "resourceType": "DocumentReference",
        "id": key,
        "status": "current",
        "subject": {"reference": "Patient/camille"},
        "date": "2026-11-20T10:00:00Z",
        "content": [{"attachment": {"contentType": "application/pdf", "title": "Lettre.pdf", "url": f"Binary/{key}"}}],
        "author": [{"reference": "Patient/camille"}],
    }
    held = {
        "resourceType": "Binary",
        "id": key,
        "contentType": "application/pdf",
        "data": base64.b64encode(PDF).decode(),
    }
    transaction = Transaction()
    transaction.create({**held, "securityContext": {"reference": "Patient/camille"}})
    transaction.create(document)
    await site.portal.service().fhir.commit(transaction)
    return key


async def test_documents_of_the_record_open(anne: User, given: str) -> None:
    await anne.open("/patients/camille/questionnaires")
    await anne.should_see("Lettre.pdf")
    answer = await anne.http_client.get(f"/fichiers/{given}")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-disposition"].startswith("inline")


async def test_documents_open_for_their_patient_and_for_nobody_else(given: str, create_user, sign_in: SignIn) -> None:
    camille, bruno, marc = create_user(), create_user(), create_user()
    for browser, person in ((camille, CAMILLE), (bruno, BRUNO), (marc, MARC)):
        await sign_in(browser, person)
    assert (await camille.http_client.get(f"/fichiers/{given}")).status_code == 200
    for other in (bruno, marc):
        answer = await other.http_client.get(f"/fichiers/{given}")
        assert answer.status_code == 403
        assert PDF not in answer.content
    assert (await create_user().http_client.get(f"/fichiers/{given}")).status_code == 303


async def test_content_that_is_no_known_kind_is_only_saved(anne: User, given: str, site: Site) -> None:
    service = site.portal.service().fhir
    held = await service.read("Binary", given)
    await service.replace({**held, "data": base64.b64encode(b"<script>alert(1)</script>").decode()})
    answer = await anne.http_client.get(f"/fichiers/{given}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_file_is_taken_only_for_a_question_that_asks_for_one(doctor: Acting, site: Site) -> None:
    task = await assign(doctor, patient="camille", questionnaire="PHQ9")
    camille = await acting_as(site, CAMILLE)
    with pytest.raises(NotFound):
        await receive(camille, task, "q1", name="a.png", content=PNG)
    with pytest.raises((Refused, Forbidden)):
        await receive(await acting_as(site, BRUNO), task, "q1", name="a.png", content=PNG)


async def test_a_document_of_elsewhere_is_no_answer_here(doctor: Acting, given: str) -> None:
    with pytest.raises(NotFound):
        await attachment(doctor, given, patient="camille", response="qr-other")
    with pytest.raises(NotFound):
        await open_file(doctor, "nothing")
