"""What people do in the journeys, in their own words. `visitor.say(french, english)` chooses what they look for."""

import re

from playwright.sync_api import Locator, Page, expect

from portal.demo import PATIENTS, DemoPatient
from tests.browser.visitor import Visitor

DOCTOR = "anne.soriano@example.fr"
ARC = "pauline.weber@example.fr"
ADMINISTRATOR = "fatou.mendy@example.fr"
CENTRE_ADMINISTRATOR = "nadege.bonnet@example.fr"
OF_MONTPELLIER = [patient for patient in PATIENTS if patient.centres == ("03",)]
CAMILLE = PATIENTS[0]
NEARLY_EVERY_DAY = 3


def without_accents(name: str) -> str:
    return name.translate(str.maketrans("éèêëÉÈÊËîïôûüàâçÎÔ", "eeeeEEEEiiouuaacIO"))


# The patient


def begin(visitor: Visitor, title: str) -> None:
    """From the list: open the questionnaire of that name, wherever it stands."""
    page = visitor.go("/questionnaires")
    page.get_by_role("link").filter(has_text=title).first.click()
    page.wait_for_url("**/questionnaire/*")
    visitor.settle()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def answer(visitor: Visitor, question: int, option: int) -> None:
    """A press on the nth answer of the nth question on screen; ends when the server says that it is saved."""
    press(visitor, visitor.page.locator("fieldset.choice").nth(question).locator("label").nth(option))


def choose(visitor: Visitor, question: str, words: str) -> None:
    """A press on the answer of these words, at the question that has these in it."""
    asked = visitor.page.locator("fieldset.choice").filter(has=visitor.page.locator("legend", has_text=question))
    press(visitor, asked.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")))


def press(visitor: Visitor, label: Locator) -> None:
    if label.locator("input").is_checked():
        return
    before = revision(visitor.page)
    label.click()
    expect(label.locator("input")).to_be_checked()
    expect_saved(visitor, before)


def write(visitor: Visitor, field: Locator, text: str) -> None:
    """Types an answer and leaves the field; ends when the server says that it is saved."""
    before = revision(visitor.page)
    field.fill(text)
    field.blur()
    expect_saved(visitor, before)


def revision(page: Page) -> str:
    """How often the save line has been written: the same sentence twice is not the same answer saved."""
    return page.locator("[data-saveline]").get_attribute("data-revision") or ""


def expect_saved(visitor: Visitor, before: str) -> None:
    line = visitor.page.locator("[data-saveline]")
    expect(line).not_to_have_attribute("data-revision", before)
    words = visitor.say(r"^Enregistré à \d+\sh\s\d\d$", r"^Saved at \d\d:\d\d$")
    expect(line.locator(".now")).to_have_text(re.compile(words))


def go_on(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name=visitor.say("Continuer", "Continue"), exact=True).click()


def send(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name=visitor.say("Envoyer mes réponses", "Send my answers")).click()


def expect_part(visitor: Visitor, number: int) -> None:
    expect(visitor.page.locator(".formhead .eyebrow")).to_contain_text(
        visitor.say(f"Partie {number} ", f"Part {number} ")
    )


# The professional


def find_patient(doctor: Visitor, patient: DemoPatient) -> None:
    """From the list, by the family name typed as people type it; ends on the record."""
    page = doctor.go("/patients")
    page.get_by_role("searchbox").fill(without_accents(patient.family).lower())
    page.get_by_role("link", name=re.compile(patient.family, re.IGNORECASE)).click()
    page.wait_for_url("**/patients/*")
    doctor.settle()


def open_tab(doctor: Visitor, french: str, english: str) -> None:
    doctor.page.locator("nav.tabs").get_by_role("link", name=doctor.say(french, english), exact=True).click()
    expect(doctor.page.locator("nav.tabs [aria-current]")).to_have_text(doctor.say(french, english))
    doctor.settle()


def ask_for(doctor: Visitor, *forms: str) -> None:
    """On a record: ask the person for questionnaires, by what their names begin with."""
    open_tab(doctor, "Questionnaires", "Questionnaires")
    for form in forms:
        doctor.page.get_by_role(
            "button", name=doctor.say("Demander un questionnaire", "Ask for a questionnaire")
        ).click()
        dialog = doctor.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        pick(dialog.get_by_role("combobox").first, form)
        confirm(doctor, "Demander", "Ask")


def confirm(doctor: Visitor, french: str, english: str) -> None:
    """Presses the verb of the open dialog and waits for the page that shows what has changed."""
    doctor.page.evaluate("() => { window.before = true }")
    doctor.page.get_by_role("dialog").get_by_role("button", name=doctor.say(french, english), exact=True).click()
    doctor.page.wait_for_function("() => !window.before")
    doctor.settle()


def pick(select: Locator, beginning: str) -> None:
    """In a native list, the entry that begins so."""
    option = select.locator("option").filter(has_text=re.compile(rf"^\s*{re.escape(beginning)}"))
    select.select_option(label=option.first.text_content())


def open_response(doctor: Visitor, name: str) -> None:
    """On the Questionnaires tab: the latest one of that name."""
    doctor.page.locator("a.sent").filter(has_text=name).first.click()
    doctor.page.wait_for_url("**/questionnaires/*")
    doctor.settle()
