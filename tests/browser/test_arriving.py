"""All seven sign-ups and an invitation, by keyboard alone: both languages, a telephone's width and a desk's."""

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from pages.public.sign_up_words import NAMES, PATHS
from portal.access import Role
from portal.i18n import texts
from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import newest_code, sign_in_professional
from tests.browser.visitor import Device, Locale, Visitor

EVERYBODY: list[tuple[Role, Device, Locale]] = [
    (Role.PATIENT, "phone", "fr"),
    (Role.PRACTITIONER, "desktop", "en"),
    (Role.PSYCHIATRIST, "phone", "en"),
    (Role.PSYCHOLOGIST, "desktop", "fr"),
    (Role.NURSE, "phone", "fr"),
    (Role.CARE_COORDINATOR, "desktop", "en"),
    (Role.ARC, "phone", "en"),
]
OFTEN = {Role.PATIENT, Role.PSYCHOLOGIST, Role.ARC}  # in every `make test`; all seven in `make prove`
LOOKED_AT = {Role.PATIENT, Role.ARC}  # every screen of theirs is shown to axe; the others have the same
PASSWORD = "quatre mots bien à moi"
LUCK = itertools.count(1)


def tab_to(page: Page, css: str) -> None:
    """Presses Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(40):
        if page.evaluate("css => document.activeElement.matches(css)", css):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {css}")


def type_into(page: Page, css: str, text: str) -> None:
    tab_to(page, css)
    page.keyboard.insert_text(text)


def type_code(visitor: Visitor, server: Server, contact: str) -> None:
    """The code, then Enter, as the cursor stands in its field already."""
    page = visitor.page
    expect(page.locator("#code" if "@" in contact else "#code_sms")).to_be_focused()
    page.keyboard.insert_text(newest_code(server, contact))
    page.keyboard.press("Enter")


def number(role: Role) -> tuple[str, str]:
    """A mobile number that nobody has yet, as typed and in E.164; from the range that the regulator keeps for fiction."""
    digits = f"63998{4000 + next(LUCK) * 10 + list(PATHS).index(role)}"
    return f"0{digits}", f"+33{digits}"


def look(visitor: Visitor, role: Role) -> None:
    if role in LOOKED_AT:
        visitor.shows_no_fault()


@pytest.mark.parametrize(
    ("role", "device", "locale"),
    [pytest.param(*one, id=str(one[0]), marks=() if one[0] in OFTEN else (pytest.mark.prove,)) for one in EVERYBODY],
)
def test_signing_up_by_keyboard(new_visitor, server: Server, role: Role, device: Device, locale: Locale):
    visitor = new_visitor(device=device, locale=locale)
    page = visitor.go("/inscription")
    look(visitor, role)
    tab_to(page, f"a[href='/inscription/{PATHS[role]}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/inscription/{PATHS[role]}/*")
    visitor.settle()
    expect(page.get_by_text(texts(locale)(NAMES[role])).first).to_be_visible()
    typed, phone = number(role)
    mail = f"{PATHS[role]}.{phone[-4:]}@example.fr"
    type_into(page, "#q-su-family-field", "Marchand-Lévy")
    type_into(page, "#q-su-given-field", "Zoé")
    if role is Role.PATIENT:
        type_into(page, "input.input-date", "12/5/85")
    tab_to(page, "#q-su-gender input")
    page.keyboard.press("Space")
    type_into(page, "#q-su-email-field", mail)
    type_into(page, "#q-su-phone-field", typed)
    if role is not Role.PATIENT:
        tab_to(page, "#q-su-organization-field")
        page.keyboard.press("End")  # “Other” is last
        type_into(page, "#q-su-other-field", "Clinique des Pins, Nîmes")
    tab_to(page, "#send")
    look(visitor, role)
    page.keyboard.press("Enter")
    expect(page.locator("#step-title")).to_have_text(re.compile("e-mail"))
    look(visitor, role)
    type_code(visitor, server, mail)
    expect(page.locator("#step-title")).to_have_text(re.compile("mobile"))
    type_code(visitor, server, phone)
    if role is Role.PATIENT:
        page.wait_for_url("**/bienvenue")
        visitor.settle()
        look(visitor, role)
        tab_to(page, "a[href='/accueil']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/accueil")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Zoé")
        return
    expect(page.locator("#password")).to_be_focused()
    look(visitor, role)
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/en-attente*")
    visitor.settle()
    look(visitor, role)


def test_errors_lead_to_their_field_and_a_reload_loses_nothing(new_visitor, server: Server):
    visitor = new_visitor(device="phone", locale="fr")
    page = visitor.go("/inscription/patient")
    type_into(page, "#q-su-given-field", "Zoé")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    visitor.shows_no_fault()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#q-su-family-field")).to_be_focused()
    page.reload()
    visitor.settle()
    expect(page.locator("#q-su-given-field")).to_have_value("Zoé")


def test_an_invited_patient_follows_the_link_by_keyboard(new_visitor, server: Server):
    doctor = new_visitor(device="desktop", locale="fr")
    sign_in_professional(doctor, server, doings.DOCTOR)
    page = doctor.go("/patients/nouveau")
    mail = f"hugo.{next(LUCK)}@example.fr"
    page.get_by_label("Nom de naissance").fill("Invité-Lefort")
    page.get_by_label("Prénom").fill("Hugo")
    page.locator("input.input-date").fill("3/4/1931")
    page.locator("label[data-code=male]").click()
    for select in page.locator("select").all():
        select.select_option(index=1)
    page.get_by_label("E-mail (facultatif)").fill(mail)
    page.get_by_role("button", name="Créer le patient").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-z]{20}$"))
    doctor.settle()
    expect(page.locator("#acces")).to_contain_text(mail)
    doctor.shows_no_fault()
    body = next(one["body"] for one in server.json("/demo/outbox.json")["messages"] if one["to"] == mail)
    link = re.search(r"/invitation/\S+", body)
    assert link is not None

    hugo = new_visitor(device="phone", locale="fr")
    page = hugo.go(link.group())
    hugo.shows_no_fault()
    tab_to(page, "#begin")
    page.keyboard.press("Enter")
    type_code(hugo, server, mail)
    expect(page.locator("#birth_date")).to_be_focused()
    hugo.shows_no_fault()
    page.keyboard.insert_text("3/4/1931")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accueil")
    page = hugo.go(link.group())
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne fonctionne plus")
    hugo.shows_no_fault()
