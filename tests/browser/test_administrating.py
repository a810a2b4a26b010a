"""The administrator's day: a centre, a professional who is invited, an associate who is accepted, a study; no file touched."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser import doings
from tests.browser.server import Server
from tests.browser.signing_in import newest_code, sign_in_professional
from tests.browser.visitor import Device, Locale, Visitor

PASSWORD = "girafe violette sous la pluie"
LINK = re.compile(r"https?://\S+/invitation/\S+")


@dataclass(frozen=True, kw_only=True)
class Day:
    """Other names in each language, so that the days do not meet."""

    city: str
    code: str
    nurse: str
    associate: str

    def address(self, family: str) -> str:
        return f"jeanne.{family.lower()}@example.fr"


DAYS: dict[Locale, Day] = {
    "fr": Day(city="Strasbourg", code="17", nurse="Amandier", associate="Cerisier"),
    "en": Day(city="Marseille", code="18", nurse="Noyer", associate="Prunier"),
}


def say(visitor: Visitor, french: str, english: str) -> re.Pattern[str]:
    return re.compile(visitor.say(french, english))


def press(visitor: Visitor, french: str, english: str) -> None:
    visitor.page.get_by_role("button", name=say(visitor, french, english)).first.click()


def section(visitor: Visitor, french: str, english: str, path: str) -> Page:
    """Through the menu: on a phone the one at the bottom."""
    menu = visitor.page.locator("nav.bottombar" if visitor.device == "phone" else "nav.mainnav")
    menu.get_by_role("link", name=say(visitor, french, english)).click()
    visitor.page.wait_for_url(f"**{path}")
    visitor.settle()
    visitor.shows_no_fault()
    return visitor.page


def tab(visitor: Visitor, french: str, english: str, path: str) -> Page:
    visitor.page.locator("nav.tabs").get_by_role("link", name=say(visitor, french, english)).click()
    visitor.page.wait_for_url(f"**{path}")
    visitor.settle()
    visitor.shows_no_fault()
    return visitor.page


def type_code(visitor: Visitor, server: Server, contact: str, before: int) -> None:
    page = visitor.page
    page.locator("input.input-code").fill(newest_code(server, contact, after=before))
    press(visitor, "^Continuer", "^Continue")


def newest(server: Server, contact: str) -> int:
    messages = server.json("/demo/outbox.json")["messages"]
    return max((int(message["id"]) for message in messages if message["to"] == contact), default=0)


def invitation_link(server: Server, contact: str) -> str:
    bodies = [one["body"] for one in server.json("/demo/outbox.json")["messages"] if one["to"] == contact]
    found = [match[0] for body in bodies if (match := LINK.search(body))]
    assert found, f"no invitation for {contact}"
    return found[0].partition("/invitation/")[2]


def opens_a_centre(admin: Visitor, day: Day) -> None:
    page, dialog = admin.page, admin.page.get_by_role("dialog")
    press(admin, "^Ajouter un centre", "^Add a centre")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name=say(admin, "^Ajouter$", "^Add$")).click()
    expect(dialog.locator(".has-error .error").first).to_be_visible()
    admin.shows_no_fault()
    dialog.get_by_label(say(admin, "^Nom du centre", "^Name of the centre")).fill(f"Centre expert de {day.city}")
    dialog.get_by_label(say(admin, "^Ville", "^City")).fill(day.city)
    dialog.get_by_label(say(admin, "^Code à deux chiffres", "^Two-digit code")).fill(day.code)
    dialog.get_by_label(say(admin, "Trouble bipolaire", "Bipolar disorder")).check()
    doings.confirm(admin, "Ajouter", "Add")
    page.get_by_role("searchbox").fill(day.city.lower())
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(page.locator("table.list")).to_contain_text(day.city)


def invites_a_nurse(admin: Visitor, day: Day) -> None:
    page, dialog = section(admin, "^Personnes", "^People", "/personnes"), admin.page.get_by_role("dialog")
    press(admin, "^Inviter un professionnel", "^Invite a professional")
    expect(dialog).to_be_visible()
    admin.shows_no_fault()
    dialog.get_by_label(say(admin, "^Nom", "^Last name")).fill(day.nurse)
    dialog.get_by_label(say(admin, "^Prénom", "^First name")).fill("Jeanne")
    dialog.get_by_label(say(admin, "^Adresse e-mail", "^E-mail address")).fill(day.address(day.nurse))
    doings.pick(dialog.get_by_label(say(admin, "^Rôle", "^Role")), admin.say("Infirm", "Nurse"))
    dialog.get_by_label(f"Centre expert de {day.city}").check()
    doings.confirm(admin, "Envoyer l’invitation", "Send the invitation")
    page = tab(admin, "^Demandes", "^Requests", "/demandes")
    expect(page.locator(".keep").filter(has_text=day.address(day.nurse))).to_contain_text(
        say(admin, "Pas encore de réponse", "Not answered yet")
    )


def follows_the_link(nurse: Visitor, server: Server, day: Day, phone: str) -> None:
    mail = day.address(day.nurse)
    page = nurse.go(f"/invitation/{invitation_link(server, mail)}")
    nurse.shows_no_fault()
    before = newest(server, mail)
    page.locator("#begin").click()
    type_code(nurse, server, mail, before)
    field = page.get_by_label(say(nurse, "mobile", "[Mm]obile"))
    field.fill(phone)
    before = newest(server, "+33" + phone.replace(" ", "")[1:])
    press(nurse, "^Continuer", "^Continue")
    expect(page.locator("input.input-code")).to_be_visible()
    type_code(nurse, server, "+33" + phone.replace(" ", "")[1:], before)
    page.locator("input[type=password]").fill(PASSWORD)
    press(nurse, "^Ouvrir mon compte", "^Open my account")
    page.wait_for_url("**/patients")
    nurse.settle()
    expect(page.get_by_text(day.city).first).to_be_attached()


def signs_up_as_an_associate(arc: Visitor, server: Server, day: Day, phone: str) -> None:
    mail = day.address(day.associate)
    page = arc.go("/inscription")
    page.get_by_role("link", name=re.compile(r"\(ARC\)|ARC")).click()
    page.wait_for_url("**/inscription/*/*")
    arc.settle()
    for name, words in (("family", day.associate), ("given", "Jeanne"), ("email", mail), ("phone", phone)):
        page.locator(f"#q-su-{name}-field").fill(words)
    page.get_by_label(say(arc, "Femme", "Woman")).check()
    doings.pick(page.get_by_role("combobox").first, f"Centre expert de {day.city}")
    before = newest(server, mail)
    page.locator("#send").click()
    expect(page.locator("input.input-code")).to_be_visible()
    type_code(arc, server, mail, before)
    number = "+33" + phone.replace(" ", "")[1:]
    expect(page.get_by_role("heading", level=1)).to_contain_text(say(arc, "mobile", "mobile"))
    type_code(arc, server, number, 0)
    page.locator("input[type=password]").fill(PASSWORD)
    press(arc, "^Créer mon compte", "^Create my account")
    page.wait_for_url("**demande=1")


def accepts_the_associate(admin: Visitor, day: Day) -> None:
    section(admin, "^Personnes", "^People", "/personnes")
    page = tab(admin, "^Demandes", "^Requests", "/demandes")
    line = page.locator(".keep").filter(has_text=day.associate.upper())
    line.get_by_role("button", name=say(admin, "^Accepter", "^Accept")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    admin.shows_no_fault()
    doings.confirm(admin, "Accepter", "Accept")
    expect(page.locator(".keep").filter(has_text=day.associate.upper())).to_have_count(0)


def gives_a_study(admin: Visitor, day: Day) -> None:
    page = section(admin, "^Études", "^Studies", "/etudes")
    study = page.locator("#etude-emma")
    study.get_by_role("button", name=say(admin, "^Ouvrir dans un centre", "^Open in a centre")).click()
    doings.pick(page.get_by_role("dialog").get_by_role("combobox"), f"Centre expert de {day.city}")
    doings.confirm(admin, "Ajouter", "Add")
    expect(study).to_contain_text(day.city)
    study.get_by_role("button", name=say(admin, "^Confier à un ARC", "^Give to an associate")).click()
    doings.pick(page.get_by_role("dialog").get_by_role("combobox"), day.associate.upper())
    admin.shows_no_fault()
    doings.confirm(admin, "Ajouter", "Add")
    expect(study).to_contain_text(day.associate.upper())


@pytest.mark.parametrize(
    ("device", "locale"), [("phone", "fr"), pytest.param("desktop", "en", marks=pytest.mark.prove)]
)
def test_the_administrator_s_day(new_visitor, server: Server, device: Device, locale: Locale):
    day = DAYS[locale]
    admin: Visitor = new_visitor(device=device, locale=locale)
    sign_in_professional(admin, server, doings.ADMINISTRATOR)
    admin.shows_no_fault()
    opens_a_centre(admin, day)
    invites_a_nurse(admin, day)
    follows_the_link(new_visitor(device="phone", locale=locale), server, day, f"06 39 98 90 {day.code}")
    arc: Visitor = new_visitor(device="desktop", locale=locale)
    signs_up_as_an_associate(arc, server, day, f"06 39 98 91 {day.code}")
    accepts_the_associate(admin, day)
    gives_a_study(admin, day)

    sign_in_professional(arc, server, day.address(day.associate), PASSWORD)
    expect(arc.page).to_have_url(re.compile("/revue"))
    arc.shows_no_fault()


SCREENS = (
    "/centres",
    "/personnes",
    "/demandes",
    "/messages",
    "/etudes",
    "/suivis",
    "/chiffres",
    "/chiffres?par=age",
    "/journal",
    "/compte",
)


@pytest.mark.parametrize(
    ("device", "locale"), [("phone", "en"), pytest.param("desktop", "fr", marks=pytest.mark.prove)]
)
def test_every_screen_of_administration(new_visitor, server: Server, device: Device, locale: Locale):
    admin: Visitor = new_visitor(device=device, locale=locale)
    sign_in_professional(admin, server, doings.ADMINISTRATOR)
    page = admin.page
    for path in SCREENS:
        admin.go(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        admin.shows_no_fault()
    for listing, link in (("/centres", "a.name"), ("/personnes", "a.name")):
        admin.go(listing)
        page.locator(link).first.click()
        page.wait_for_url(f"**{listing}/*")
        admin.settle()
        admin.shows_no_fault()


def test_an_administrator_of_a_centre_sees_its_part(new_visitor, server: Server):
    local: Visitor = new_visitor(device="phone", locale="fr")
    sign_in_professional(local, server, doings.CENTRE_ADMINISTRATOR)
    page = local.page
    expect(page).to_have_url(re.compile("/personnes"))
    expect(page.locator("table.list")).to_contain_text("SORIANO")
    expect(page.locator("table.list")).not_to_contain_text("LEBRUN")
    local.shows_no_fault()
    section(local, "^Demandes", "^Requests", "/demandes")
    section(local, "^Suivis", "^Patients", "/suivis")
    expect(page.locator("table.list")).not_to_contain_text(doings.OF_MONTPELLIER[0].family.upper())
    page.locator("a.name").first.click()
    page.wait_for_url("**/suivis/*")
    local.settle()
    local.shows_no_fault()


def test_a_study_is_given_by_keyboard_alone(new_visitor, server: Server):
    admin: Visitor = new_visitor(device="desktop", locale="fr")
    sign_in_professional(admin, server, doings.ADMINISTRATOR)
    page = admin.go("/etudes")

    def reach(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
            )
            if str(here).startswith(name):
                return
        raise AssertionError(f"“{name}” is not reached with Tab")

    reach("Confier à un ARC")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    chosen = dialog.get_by_role("combobox").evaluate("(list) => list.selectedOptions[0].text")
    page.evaluate("() => { window.before = true }")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !window.before")
    admin.settle()
    expect(page.locator("main")).to_contain_text(chosen)
