"""A form with files, copies, searches and a signature, from its first answer to the record; and two devices that disagree."""

import pytest
from nicegui.testing import User

from components.blocks import Button
from components.form import CopiesBox, FileField, SearchField, SignatureField, TextField
from pages.base import Site
from pages.practitioner.correcting import Correcting
from portal.authoring import Catalogue
from portal.responses import Signature, add_copy, keep_amendment, open_draft, read_response, save_answer, submit
from portal.sdc import compile_form
from tests.cast import ANNE, CAMILLE
from tests.files.contents import JPEG, PDF
from tests.pages.conftest import SignIn
from tests.pages.patient.conftest import NEVER, SEVERAL_DAYS, Ask, choose, press, question

DRAWING = "data:image/png;base64,iVBORw0KGgo="
HL7 = "http://hl7.org/fhir/StructureDefinition"
MANY = [{"valueCoding": {"system": "s", "code": f"c{n}", "display": f"Ville {n}"}} for n in range(12)]
SIGNED = {
    "url": f"{HL7}/questionnaire-signatureRequired",
    "valueCodeableConcept": {"coding": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}]},
}
AUTOCOMPLETE = {
    "url": f"{HL7}/questionnaire-itemControl",
    "valueCodeableConcept": {"coding": [{"code": "autocomplete"}]},
}
INSTRUMENT = "https://portail.fondation-fondamental.org/fhir/CodeSystem/questionnaire"
WHOLE = {
    "resourceType": "Questionnaire",
    "id": "whole",
    "url": "https://portail.fondation-fondamental.org/fhir/Questionnaire/WHOLE",
    "version": "1.0.0",
    "status": "active",
    "title": "Dossier entier",
    "code": [{"system": INSTRUMENT, "code": "WHOLE"}],
    "extension": [
        SIGNED,
        {
            "url": "https://portail.fondation-fondamental.org/fhir/StructureDefinition/shown-to-patient",
            "valueBoolean": True,
        },
    ],
    "item": [
        {
            "linkId": "one",
            "type": "group",
            "text": "Pièces",
            "item": [
                {"linkId": "piece", "type": "attachment", "text": "Votre ordonnance"},
                {
                    "linkId": "ville",
                    "type": "choice",
                    "text": "Votre ville",
                    "answerOption": MANY,
                    "extension": [AUTOCOMPLETE],
                },
            ],
        },
        {
            "linkId": "two",
            "type": "group",
            "text": "Traitements",
            "item": [
                {
                    "linkId": "med",
                    "type": "group",
                    "repeats": True,
                    "text": "Médicament",
                    "item": [{"linkId": "nom", "type": "string", "text": "Nom"}],
                }
            ],
        },
    ],
}
LINES = {
    **WHOLE,
    "id": "lines",
    "url": "https://portail.fondation-fondamental.org/fhir/Questionnaire/LINES",
    "title": "Traitements",
    "code": [{"system": INSTRUMENT, "code": "LINES"}],
    "extension": WHOLE["extension"][1:],
    "item": [
        {
            "linkId": "med",
            "type": "group",
            "repeats": True,
            "text": "Traitement",
            "item": [{"linkId": f"q{n}", "type": "string", "text": f"Question {n}", "required": n == 0} for n in range(11)],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(all_forms: Catalogue) -> Catalogue:
    return Catalogue.of([*all_forms.forms, compile_form(WHOLE), compile_form(LINES)])


@pytest.fixture
def audiences() -> tuple[str, ...]:
    return ("public", "patient", "practitioner")


async def upload(user: User, task: str, content: bytes, *, name: str = "ordonnance.pdf", path: str = "piece"):
    return await user.http_client.post(
        f"/fichiers/pour/{task}?question={path}",
        files={"file": (name, content, "application/pdf")},
        headers={"origin": "http://localhost:8080"},
    )


def one(user: User, kind: type):
    return next(iter(user.find(kind=kind).elements))


async def test_a_whole_form_reaches_the_record(
    camille: User, ask: Ask, site: Site, create_user, sign_in: SignIn
) -> None:
    task = await ask("WHOLE")
    await camille.open(f"/questionnaire/{task}")
    key = (await upload(camille, task, PDF)).json()["key"]
    with camille:
        await one(camille, FileField).receive({"file": key})
        search = one(camille, SearchField)
        await search.receive({"search": "ville 11"})
        await search.receive({"choose": "c11"})
    await camille.should_see("ordonnance.pdf")
    await press(camille, "Continuer")
    with camille:
        await one(camille, CopiesBox).more.press()
        for number, name in enumerate(("Lithium", "Valproate")):
            await next(w for w in camille.find(kind=TextField).elements if w.link_id == f"med[{number}]/nom").enter(
                name
            )
    await press(camille, "Continuer")
    await camille.should_see("Relisez vos réponses")
    await camille.should_see("ligne 2")
    await press(camille, "Envoyer mes réponses")
    await camille.should_see("écrivez votre nom pour signer")
    with camille:
        await one(camille, SignatureField).receive({"name": "Camille Rouvière"})
    await press(camille, "Envoyer mes réponses")
    await camille.open(f"/merci/{task}")
    (stored,) = await site.portal.service().fhir.all("QuestionnaireResponse", {"patient": "Patient/camille"})
    assert stored["status"] == "completed"
    first, second = stored["item"]
    assert first["item"][0]["answer"][0]["valueAttachment"]["url"] == f"Binary/{key}"
    assert first["item"][1]["answer"][0]["valueCoding"]["code"] == "c11"
    assert [each["item"][0]["answer"][0]["valueString"] for each in second["item"]] == ["Lithium", "Valproate"]
    (signature,) = [each["valueSignature"] for each in stored["extension"] if "valueSignature" in each]
    assert signature["who"] == {"reference": "Patient/camille", "display": "Camille Rouvière"}
    anne = create_user()
    await sign_in(anne, ANNE)
    for browser in (camille, anne):
        assert (await browser.http_client.get(f"/fichiers/{key}")).content == PDF
    await camille.open(f"/questionnaires/{stored['id']}")
    await camille.should_see("Ville 11")
    await camille.should_see("ordonnance.pdf")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00 program", "ordonnance.pdf", "accepté"),
        (b"<html><script>alert(1)</script>", "photo.jpg", "accepté"),
        (b"", "vide.pdf", "vide"),
    ],
)
async def test_a_file_is_refused_for_what_it_is_whatever_its_name(
    camille: User, ask: Ask, site: Site, content: bytes, name: str, words: str
) -> None:
    task = await ask("WHOLE")
    await camille.open(f"/questionnaire/{task}")
    answer = await upload(camille, task, content, name=name)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert await site.portal.service().fhir.total("DocumentReference", {"patient": "Patient/camille"}) == 0


async def test_a_file_of_another_form_is_no_answer(camille: User, ask: Ask) -> None:
    task = await ask("WHOLE")
    await camille.open(f"/questionnaire/{task}")
    with camille:
        await one(camille, FileField).receive({"file": "never-received"})
    assert one(camille, FileField).files == ()


async def test_a_file_wants_our_own_pages(camille: User, ask: Ask) -> None:
    task = await ask("WHOLE")
    await camille.open(f"/questionnaire/{task}")
    for headers in ({"origin": "https://evil.example"}, {}):
        answer = await camille.http_client.post(
            f"/fichiers/pour/{task}?question=piece", files={"file": ("a.jpg", JPEG)}, headers=headers
        )
        assert answer.status_code == 403


async def test_a_removed_line_takes_its_answers_along(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('WHOLE')}?partie=2")
    with camille:
        box = one(camille, CopiesBox)
        await box.more.press()
        for number, name in enumerate(("Lithium", "Valproate")):
            await next(w for w in camille.find(kind=TextField).elements if w.link_id == f"med[{number}]/nom").enter(
                name
            )
        first = next(each for each in box.descendants() if "copy-remove" in each.classes)
        await first.press()
    left = {w.link_id: w.typed for w in camille.find(kind=TextField).elements}
    assert left == {"med[0]/nom": "Valproate"}


async def test_parts_are_reached_by_the_table_of_contents(camille: User, ask: Ask) -> None:
    await camille.open(f"/questionnaire/{await ask('WHOLE')}")
    await camille.should_see("Toutes les parties")
    screen = one(camille, FileField).on_answer.__self__
    with camille:
        await screen.turn_to(1)
    await camille.should_see("Médicament 1")
    with camille:
        await screen.turn_to(2)
    await camille.should_see("Relisez vos réponses")


async def two_devices(camille: User, ask: Ask, create_user, sign_in: SignIn) -> User:
    task = await ask("GAD7")
    tablet = create_user()
    tablet.http_client.headers["accept-language"] = "fr"
    await sign_in(tablet, CAMILLE)
    await camille.open(f"/questionnaire/{task}")
    await tablet.open(f"/questionnaire/{task}")
    await choose(tablet, "q1", SEVERAL_DAYS)
    await choose(camille, "q1", NEVER)
    return tablet


async def test_two_answers_to_one_question_are_both_shown(camille: User, ask: Ask, create_user, sign_in) -> None:
    await two_devices(camille, ask, create_user, sign_in)
    await camille.should_see("Laquelle gardez-vous")
    words = [each.text for each in camille.find(kind=Button).elements]
    assert any("Plusieurs jours" in each for each in words)
    assert any("Jamais" in each for each in words)


@pytest.mark.parametrize(("theirs", "held"), [(True, SEVERAL_DAYS), (False, NEVER)])
async def test_the_answer_that_is_chosen_holds(
    camille: User, ask: Ask, create_user, sign_in: SignIn, theirs: bool, held: str
) -> None:
    tablet = await two_devices(camille, ask, create_user, sign_in)
    with camille:
        await question(camille, "q1").on_answer.__self__.choose("q1", theirs=theirs)
    assert question(camille, "q1").value == (held,)
    await camille.should_not_see("Laquelle gardez-vous")
    await choose(tablet, "q2", NEVER)
    assert question(tablet, "q1").value == (held,)


async def test_the_same_answer_on_two_devices_asks_nothing(
    camille: User, ask: Ask, create_user, sign_in: SignIn
) -> None:
    task = await ask("GAD7")
    tablet = create_user()
    await sign_in(tablet, CAMILLE)
    await camille.open(f"/questionnaire/{task}")
    await tablet.open(f"/questionnaire/{task}")
    await choose(tablet, "q1", NEVER)
    await choose(camille, "q1", NEVER)
    await camille.should_not_see("Laquelle gardez-vous")


async def test_a_correction_adds_lines_and_leaves_files_as_they_are(
    camille: User, ask: Ask, create_user, sign_in: SignIn, acting_as
) -> None:
    mine = await acting_as(CAMILLE)
    draft = await open_draft(mine, await ask("WHOLE"))
    for path, value in (("ville", "c3"), ("med[0]/nom", "Lithium")):
        draft.session.set(path, value)
        await save_answer(mine, draft, path, value)
    response = (await submit(mine, draft, signature=Signature(name="Camille"))).response
    anne = create_user()
    anne.http_client.headers["accept-language"] = "fr"
    await sign_in(anne, ANNE)
    await anne.open(f"/patients/camille/questionnaires/{response}/modifier")
    correcting = one(anne, Correcting)
    with anne:
        assert one(anne, FileField).item.locked
        correcting.turn_to(1)
        await one(anne, CopiesBox).more.press()
        await correcting.widgets["med[1]/nom"].enter("Valproate")
    await keep_amendment(await acting_as(ANNE), correcting.amendment, reason="late-information")
    found = await read_response(await acting_as(ANNE), response)
    assert [each.values for each in found.answers if each.item.link_id == "nom"] == [("Lithium",), ("Valproate",)]


@pytest.fixture
async def correcting_lines(camille: User, ask: Ask, create_user, sign_in: SignIn, acting_as) -> User:
    """Anne's browser, on the correction of a group of two long lines, of which the last is open."""
    mine = await acting_as(CAMILLE)
    draft = await open_draft(mine, await ask("LINES"))
    for number, name in enumerate(("Lithium", "Valproate")):
        if number:
            await add_copy(mine, draft, "med[0]")
        draft.session.set(f"med[{number}]/q0", name)
        await save_answer(mine, draft, f"med[{number}]/q0", name)
    response = (await submit(mine, draft)).response
    anne = create_user()
    anne.http_client.headers["accept-language"] = "fr"
    await sign_in(anne, ANNE)
    await anne.open(f"/patients/camille/questionnaires/{response}/modifier")
    return anne


async def test_a_line_that_is_folded_away_is_opened_and_corrected(correcting_lines: User) -> None:
    anne = correcting_lines
    correcting = one(anne, Correcting)
    assert "med[0]/q0" not in correcting.widgets
    await press(anne, "Ouvrir : Traitement 1")
    with anne:
        await correcting.widgets["med[0]/q0"].enter("Quétiapine")
    assert correcting.amendment.session.state("med[0]/q0").value == "Quétiapine"
    assert "med[0]/q0" in correcting.widgets


async def test_a_line_that_is_added_to_a_correction_is_the_open_one(correcting_lines: User) -> None:
    anne = correcting_lines
    correcting = one(anne, Correcting)
    await press(anne, "Ouvrir : Traitement 1")
    with anne:
        await one(anne, CopiesBox).more.press()
    assert [path for path in correcting.widgets if path.endswith("q0")] == ["med[2]/q0"]


async def test_what_is_refused_in_a_folded_line_of_a_correction_opens_it(correcting_lines: User) -> None:
    anne = correcting_lines
    correcting = one(anne, Correcting)
    for line in ("med[0]", "med[1]"):
        correcting.amendment.session.set(f"{line}/q0", None)
        correcting.amendment.session.set(f"{line}/q1", "x")
    with anne:
        correcting.fields.values["reason"] = ("typing-error",)
        await correcting.keep()
    refused = {path: widget.error for path, widget in correcting.widgets.items() if path.endswith("q0")}
    assert list(refused) == ["med[0]/q0", "med[1]/q0"]
    assert all(refused.values())


async def test_a_signature_is_read_with_the_answers(
    camille: User, ask: Ask, create_user, sign_in: SignIn, acting_as
) -> None:
    mine = await acting_as(CAMILLE)
    draft = await open_draft(mine, await ask("WHOLE"))
    draft.session.set("ville", "c3")
    await save_answer(mine, draft, "ville", "c3")
    response = (await submit(mine, draft, signature=Signature(name="Camille R", drawing=DRAWING))).response
    anne = create_user()
    anne.http_client.headers["accept-language"] = "fr"
    await sign_in(anne, ANNE)
    for browser, path in ((camille, "/questionnaires"), (anne, "/patients/camille/questionnaires")):
        await browser.open(f"{path}/{response}")
        await browser.should_see("Signé par Camille R le")
        await browser.should_see(DRAWING)
