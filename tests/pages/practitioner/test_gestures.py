"""What a professional does in a record: write a treatment, a sample, a patient; ask for a questionnaire; correct an answer."""

from decimal import Decimal
from typing import Any, TypeVar

from nicegui import ui
from nicegui.testing import User

from components.form import DateField, DropDown, NumberField, TextField
from pages.fields import AskDialog
from pages.practitioner.biology import Tab
from pages.practitioner.correcting import Correcting
from pages.practitioner.new_patient import Making
from pages.practitioner.sample import Sheet
from portal.acting import Acting
from portal.people import find_patients
from portal.record import Result, add_biology, biology, treatments
from portal.responses import assign, open_draft, read_response, save_answer, submit, todo
from tests.pages.practitioner.conftest import CAMILLE, TODAY, press, sampled, takes_lithium

Part = TypeVar("Part", bound=ui.element)
NEVER = "LA6568-5"


def part(user: User, kind: type[Part]) -> Part:
    """The newest of this kind on the page."""
    with user:
        return max(user.find(kind=kind).elements, key=lambda one: one.id)


async def fill(user: User, where: Any, **answers: str) -> None:
    """Types or chooses in fields by their names."""
    with user:
        for name, text in answers.items():
            widget = where.fields.widgets[name]
            if isinstance(widget, TextField | NumberField | DateField):
                await widget.enter(text)
            elif isinstance(widget, DropDown):
                await widget.choose(text)
            else:
                await widget.choose(text)


async def test_treatment_is_added(anne: User, doctor: Acting) -> None:
    await anne.open(f"{CAMILLE}/traitements")
    await press(anne, "Ajouter un traitement")
    dialog = part(anne, AskDialog)
    await fill(anne, dialog, name="Xeroquel LP", dosage="1-0-2", strength="150", start="1/11/26")
    await anne.should_see("Compris : 450 mg par jour.")
    with anne:
        await dialog.accept()
    (line,) = await treatments(doctor, "camille")
    assert (line.atc, line.daily_mg, line.drug_class.key) == ("N05AH04", 450, "antipsychotic")


async def test_missing_fields_of_a_treatment_are_named(anne: User, doctor: Acting) -> None:
    await anne.open(f"{CAMILLE}/traitements")
    await press(anne, "Ajouter un traitement")
    with anne:
        await part(anne, AskDialog).accept()
    await anne.should_see("Écrivez le nom du médicament.")
    assert await treatments(doctor, "camille") == []


async def test_treatment_is_stopped_with_its_reason(anne: User, doctor: Acting) -> None:
    await takes_lithium(doctor)
    await anne.open(f"{CAMILLE}/traitements")
    await press(anne, "Arrêter")
    dialog = part(anne, AskDialog)
    await fill(anne, dialog, reason="side-effect", note="Tremblement")
    with anne:
        await dialog.accept()
    (line,) = await treatments(doctor, "camille")
    assert (line.stop_reason, line.note, line.taken) == ("side-effect", "Tremblement", False)


async def test_sample_is_written_with_decimal_commas(anne: User, doctor: Acting) -> None:
    await anne.open(f"{CAMILLE}/biologie/nouveau")
    sheet = part(anne, Sheet)
    await fill(anne, sheet, at="20/11/2026")
    with anne:
        for name, text in (("lithium.value", "0,91"), ("lithium.low", "0,6"), ("creatinine.value", "9,5")):
            sheet.cells.type(name, text)
        sheet.cells.type("creatinine.unit", "mg/L")
        await sheet.send()
    found = await biology(doctor, "camille")
    lithium, creatinine = found.of("lithium"), found.of("creatinine")
    assert lithium is not None
    assert creatinine is not None
    assert (str(lithium.last.value), str(lithium.last.low)) == ("0.91", "0.6")
    assert (float(creatinine.last.value), creatinine.last.entered) == (83.98, "9.5 mg/L")


async def test_slip_of_a_sample_is_said_at_its_row_and_nothing_typed_is_lost(anne: User, doctor: Acting) -> None:
    await anne.open(f"{CAMILLE}/biologie/nouveau")
    sheet = part(anne, Sheet)
    await fill(anne, sheet, at="20/11/2026")
    with anne:
        sheet.cells.type("lithium.value", "80")
        sheet.cells.type("sodium.value", "beaucoup")
        await sheet.send()
    await anne.should_see("Écrivez un nombre")
    with anne:
        sheet.cells.type("sodium.value", "140")
        await sheet.send()
    await anne.should_see("Cette valeur n’est pas possible.")
    assert sheet.cells.typed["lithium.value"] == "80"
    assert (await biology(doctor, "camille")).groups == ()


async def test_questionnaire_is_asked_of_the_patient(anne: User, doctor: Acting) -> None:
    await anne.open(f"{CAMILLE}/questionnaires")
    await press(anne, "Demander un questionnaire")
    dialog = part(anne, AskDialog)
    await fill(anne, dialog, questionnaire="PHQ9:patient", due="10/12/2026")
    with anne:
        await dialog.accept()
    (item,) = await todo(doctor, patient="camille")
    assert (item.form.code, item.asked.filled_by, str(item.asked.due)) == ("PHQ9", "patient", "2026-12-10")


async def sent_phq9(doctor: Acting) -> str:
    """Filled by the doctor for Camille, every answer "never"."""
    draft = await open_draft(doctor, await assign(doctor, patient="camille", questionnaire="PHQ9", filled_by="staff"))
    for number in range(1, 10):
        draft.session.set(f"q{number}", NEVER)
        await save_answer(doctor, draft, f"q{number}", NEVER)
    return (await submit(doctor, draft)).response


async def test_response_shows_answers_and_score_in_words(anne: User, doctor: Acting) -> None:
    response = await sent_phq9(doctor)
    await anne.open(f"{CAMILLE}/questionnaires/{response}")
    await anne.should_see("Score total PHQ-9")
    await anne.should_see("minime")
    await anne.should_see("Jamais")


async def test_response_of_another_patient_is_not_found_under_this_one(anne: User, doctor: Acting) -> None:
    response = await sent_phq9(doctor)
    answer = await anne.http_client.get(f"/patients/bruno/questionnaires/{response}")
    assert answer.status_code == 403


async def test_corrected_answer_keeps_its_history(anne: User, doctor: Acting) -> None:
    response = await sent_phq9(doctor)
    await anne.open(f"{CAMILLE}/questionnaires/{response}/modifier")
    page = part(anne, Correcting)
    with anne:
        first = next(iter(page.widgets.values()))
        await first.choose(first.item.options[3].code)
    await fill(anne, page, reason="typing-error")
    with anne:
        await page.keep()
    found = await read_response(doctor, response)
    assert [len(version.changes) for version in found.versions] == [1, 0]
    await anne.open(f"{CAMILLE}/questionnaires/{response}")
    await anne.should_see("Corrigé le")


async def test_new_patient_is_created(anne: User, doctor: Acting) -> None:
    await anne.open("/patients/nouveau")
    page = part(anne, Making)
    await fill(anne, page, family="Garonne", given="Léo", birth_date="3/4/1990", gender="male", network="bipolar")
    with anne:
        await page.create()
    found = await find_patients(doctor, text="garonne")
    assert [row.given for row in found.rows] == ["Léo"]


async def test_known_patient_is_asked_about_before_a_second_record(anne: User, doctor: Acting) -> None:
    await anne.open("/patients/nouveau")
    page = part(anne, Making)
    await fill(
        anne, page, family="ROUVIERE", given="Camille", birth_date="17/05/1988", gender="female", network="bipolar"
    )
    with anne:
        await page.create()
    await anne.should_see("Une personne a le même nom et la même date de naissance. Est-ce elle")
    await anne.should_see("Ouvrir le dossier")
    assert (await find_patients(doctor)).total == 1


async def test_row_of_an_analyte_opens_its_chart(anne: User, doctor: Acting) -> None:
    await sampled(doctor, "0.81")
    results = [Result(code="creatinine", value=Decimal(81))]
    await add_biology(doctor, "camille", at=TODAY, results=results)
    await anne.open(f"{CAMILLE}/biologie")
    tab = part(anne, Tab)
    with anne:
        tab.choose("creatinine")
        tab.choose("unknown")
    assert tab.current == "creatinine"
    await anne.should_see("valeurs usuelles")


async def test_social_security_number_of_somebody_else_raises_a_doubt(anne: User) -> None:
    await anne.open("/patients/nouveau")
    page = part(anne, Making)
    await fill(anne, page, birth_date="3/4/1990", gender="male", nir="2 06 12 75 111 005 64")
    await anne.should_see("Ce numéro est celui d’une personne de l’autre sexe.")
