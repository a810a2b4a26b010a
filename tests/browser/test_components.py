"""The parts in a real browser: keyboard, focus, lost line, and axe on every state in both languages and both lights."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import ROOT
from tests.browser.visitor import Device, Locale, Visitor

PAGES = (
    "states", "form", "form?error=1", "further", "rarer", "rehearsal", "welcome", "home", "refused", "ended", "errors", "review", "charts",
    "list", "dialogs?show=confirm", "dialogs?show=comment",
)  # fmt: skip
Look = tuple[Device, Locale, str]
LOOKS: tuple[Look, ...] = (("phone", "fr", "dark"), ("desktop", "en", "light"))
OTHER_LOOKS: tuple[Look, ...] = (("phone", "en", "light"), ("desktop", "fr", "dark"))
SECONDS_TO_START = 30


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The address of the gallery, served by a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outside_tests = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "tests.components.gallery", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=outside_tests) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/ended")
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    limit = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except URLError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


@pytest.fixture
def open_at(browser: Browser, gallery: str) -> Iterator[Callable[..., Visitor]]:
    """`open_at("form", device="phone", locale="fr", light="dark")`"""
    visitors: list[Visitor] = []

    def make(path: str, *, device: Device = "desktop", locale: Locale = "fr", light: str = "light") -> Visitor:
        visitor = Visitor(browser, gallery, device=device, locale=locale)
        visitors.append(visitor)
        visitor.page.emulate_media(color_scheme=light, reduced_motion="reduce")
        visitor.go(f"/{path}{'&' if '?' in path else '?'}lang={locale}")
        return visitor

    yield make
    for visitor in visitors:
        visitor.leave()


def focused(page: Page) -> str:
    return page.evaluate(
        "() => document.activeElement.id || document.activeElement.name || document.activeElement.tagName"
    )


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out(open_at: Callable[..., Visitor], path: str) -> None:
    look_at(open_at, path, LOOKS)


@pytest.mark.prove
@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out_in_any_other_look(
    open_at: Callable[..., Visitor], path: str, pytestconfig: pytest.Config
) -> None:
    if "prove" not in pytestconfig.option.markexpr:
        pytest.skip("the same states again: `make prove` looks at them")
    look_at(open_at, path, OTHER_LOOKS)


def look_at(open_at: Callable[..., Visitor], path: str, looks: tuple[Look, ...]) -> None:
    for device, locale, light in looks:
        visitor = open_at(path, device=device, locale=locale, light=light)
        if path == "charts":
            visitor.page.wait_for_selector(".chart svg")
        if path.startswith("dialogs"):
            visitor.page.wait_for_selector("dialog[open]")
        visitor.shows_no_fault()


def test_a_question_is_one_tab_stop_and_arrows_choose(open_at: Callable[..., Visitor]) -> None:
    page = open_at("form").page
    page.get_by_role("radio", name="Quelques jours").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Plus d’un jour sur deux").first).to_be_checked()
    page.keyboard.press("Tab")
    assert focused(page) == "q-q7"


def test_an_answer_that_stands_alone_drives_the_others_out_at_once(open_at: Callable[..., Visitor]) -> None:
    page = open_at("form").page
    page.get_by_label("Une tisane").check()
    page.get_by_label("Rien").check()
    expect(page.get_by_label("Une tisane")).not_to_be_checked()
    page.get_by_label("Une tisane").check()
    expect(page.get_by_label("Rien")).not_to_be_checked()


def test_a_scale_can_be_answered_without_dragging(open_at: Callable[..., Visitor]) -> None:
    page = open_at("form").page
    scale = page.locator("#q-q8")
    expect(scale.locator("output")).to_contain_text("Pas encore de réponse")
    scale.get_by_role("button", name="Un point de plus").click()
    scale.get_by_role("button", name="Un point de plus").click()
    expect(scale.locator("output")).to_have_text("51 sur 100")
    scale.get_by_role("slider").press("ArrowLeft")
    expect(scale.locator("output")).to_have_text("50 sur 100")


def test_the_focus_goes_to_what_must_be_corrected(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal").page
    page.get_by_role("button", name="Continuer", exact=True).press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    assert page.title().startswith("Erreur")
    page.get_by_role("link", name="Question 1").press("Enter")
    assert focused(page) == "q-q1"


def test_the_focus_goes_to_the_heading_of_the_next_part(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal").page
    page.get_by_label("Non").check()
    page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pour finir")


def test_the_mark_and_the_focus_stay_when_a_question_appears(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal").page
    page.get_by_label("Oui").press("Space")
    expect(page.get_by_role("slider")).to_be_visible()
    expect(page.get_by_label("Oui")).to_be_checked()
    assert focused(page) == "q-q1"
    expect(page.get_by_role("link", name="3114")).to_have_count(2)


def test_a_date_is_rewritten_and_a_wrong_one_keeps_the_focus(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal").page
    since = page.get_by_label("Depuis quand")
    since.fill("27/3/26")
    since.press("Tab")
    expect(since).to_have_value("27/03/2026")
    since.fill("27/13/26")
    since.press("Enter")
    expect(page.get_by_text("Cette date n’existe pas")).to_be_visible()
    expect(since).to_be_focused()
    expect(since).to_have_value("27/13/26")


def test_a_text_of_two_megabytes_is_refused_in_words_and_not_lost(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal").page
    page.get_by_label("Non").check()
    page.get_by_role("button", name="Continuer", exact=True).click()
    word = page.get_by_label("Un mot")
    word.evaluate(
        "field => { field.value = 'a'.repeat(2_000_000); field.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    word.evaluate("field => field.dispatchEvent(new Event('change', {bubbles: true}))")
    expect(page.locator("#q-note-error")).to_contain_text("trop long")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#errors")).to_be_focused()
    assert word.evaluate("field => field.value.length") == 2_000_000


def test_two_quick_presses_send_once(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal").page
    page.get_by_label("Non").check()
    page.get_by_role("button", name="Continuer", exact=True).click()
    page.get_by_role("button", name="Envoyer").dblclick()
    page.wait_for_url("**/home?sent=1")


def test_an_answer_given_without_a_line_is_delivered_when_it_returns(open_at: Callable[..., Visitor]) -> None:
    visitor = open_at("rehearsal", device="phone")
    page = visitor.page
    visitor.context.set_offline(True)
    page.evaluate("() => window.socket.io.engine.close()")
    expect(page.locator(".lostbar")).to_contain_text("Pas de connexion")
    page.get_by_label("Oui").check()
    expect(page.locator(".saveline")).to_have_text("Pas encore enregistré : pas de connexion", use_inner_text=True)
    visitor.context.set_offline(False)
    expect(page.locator(".saveline")).to_contain_text("Enregistré à 14 h 02", use_inner_text=True, timeout=20_000)
    expect(page.locator(".lostbar")).to_be_empty()


def test_a_server_away_is_said_and_the_answer_stays(open_at: Callable[..., Visitor]) -> None:
    page = open_at("rehearsal?away=1").page
    page.get_by_label("Oui").check()
    expect(page.locator(".saveline")).to_contain_text("nous réessayons", use_inner_text=True)
    expect(page.get_by_label("Oui")).to_be_checked()


def test_a_control_that_keeps_nothing_does_not_say_that_an_answer_is_being_saved(
    open_at: Callable[..., Visitor],
) -> None:
    page = open_at("rehearsal").page
    page.get_by_label("Oui").wait_for()
    press = """(unkept) => {
        const mark = document.querySelector("input[type=radio]:not(:checked)");
        mark.closest("fieldset").toggleAttribute("data-unkept", unkept);
        mark.click();
        return "dirty" in document.querySelector("[data-saveline]").dataset;
    }"""
    assert [page.evaluate(press, unkept) for unkept in (True, False)] == [False, True]


def test_keys_decide_inside_a_row_and_only_there(open_at: Callable[..., Visitor]) -> None:
    page = open_at("review").page
    page.locator("body").press("v")
    tension = page.locator("#q-tension")
    tension.get_by_label("Valide", exact=True).focus()
    page.keyboard.press("v")
    expect(tension.get_by_text("le 23 nov. à 14 h 02")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "q-pouls-verdict"
    page.keyboard.press("n")
    expect(page.locator("#q-pouls-text")).to_be_focused()
    page.keyboard.type("vn : pourquoi ?")
    expect(page.locator("#q-pouls-text")).to_have_value("vn : pourquoi ?")
    page.locator("#q-pouls").get_by_role("button", name="Envoyer").click()
    expect(page.locator("#q-pouls .thread")).to_contain_text("vn : pourquoi ?")


def test_a_chart_and_its_table_change_places(open_at: Callable[..., Visitor]) -> None:
    page = open_at("charts").page
    card = page.locator(".chart-card").first
    expect(card.locator("svg[role=img], .chart svg").first).to_be_visible()
    card.get_by_role("button", name="Voir en tableau").press("Enter")
    expect(card.get_by_role("table").first).to_be_visible()
    expect(card.locator(".chart")).to_be_hidden()
    card.get_by_role("button", name="Voir le graphique").press("Enter")
    expect(card.locator(".chart")).to_be_visible()


def test_a_search_keeps_the_focus_and_never_reaches_the_address(open_at: Callable[..., Visitor]) -> None:
    page = open_at("list").page
    search = page.get_by_role("searchbox")
    search.press_sequentially("rouv")
    expect(page.get_by_role("row")).to_have_count(6)
    expect(search).to_be_focused()
    search.press("Enter")
    assert "rouv" not in page.url


def test_a_column_is_sorted_by_keyboard_and_says_so(open_at: Callable[..., Visitor]) -> None:
    page = open_at("list").page
    page.get_by_role("button", name="Patient", exact=True).press("Enter")
    expect(page.get_by_role("columnheader", name="Patient")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("button", name="Patient", exact=True)).to_be_focused()


def test_a_dialog_gives_the_focus_back(open_at: Callable[..., Visitor]) -> None:
    page = open_at("dialogs").page
    page.get_by_role("button", name="Modifier").first.press("Enter")
    expect(page.get_by_role("dialog", name="Modifier la réponse")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Modifier").first).to_be_focused()


def test_the_person_s_menu_opens_and_closes_by_keyboard(open_at: Callable[..., Visitor]) -> None:
    page = open_at("home").page
    menu = page.locator("details.menu")
    menu.locator("summary").press("Enter")
    expect(page.get_by_role("button", name="Me déconnecter")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Me déconnecter")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_the_keyboard_can_go_straight_to_the_content(open_at: Callable[..., Visitor]) -> None:
    page = open_at("home").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "content"


def test_a_search_is_done_by_the_keyboard_alone(open_at: Callable[..., Visitor]) -> None:
    page = open_at("further").page
    field = page.get_by_role("combobox", name="Votre ville")
    field.focus()
    page.keyboard.type("mon")
    expect(page.locator("#q-r3-list [role=option]")).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "q-r3-o0")
    page.keyboard.press("Enter")
    expect(page.locator("#q-r3-chosen")).to_contain_text("Montpellier")
    expect(page.locator("#q-r3-field")).to_be_focused()
    expect(page.locator("#q-r3-field")).to_have_value("")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#q-r3-chosen li")).to_have_count(0)


def test_writing_an_answer_of_one_s_own_ticks_its_mark(open_at: Callable[..., Visitor]) -> None:
    page = open_at("further").page
    asked = page.locator("#q-r1")
    asked.locator("label").first.click()
    expect(asked.locator("input.own")).to_have_value("")
    asked.locator("input.own").fill("le silence")
    asked.locator("input.own").blur()
    expect(asked.locator("input[value=own]")).to_be_checked()
    expect(asked.locator("input[value='0']")).not_to_be_checked()


def test_tabs_follow_the_arrows_and_hidden_questions_are_not_reached(open_at: Callable[..., Visitor]) -> None:
    page = open_at("further").page
    page.get_by_role("tab", name="Enfance").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Âge adulte")).to_be_focused()
    expect(page.get_by_role("tab", name="Âge adulte")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_label("Votre école")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Votre métier")).to_be_focused()
    page.evaluate("portal.focus('q-t1a')")
    expect(page.get_by_label("Votre école")).to_be_focused()


def test_a_field_is_added_with_the_focus_in_it(open_at: Callable[..., Visitor]) -> None:
    page = open_at("further").page
    several = page.locator("#q-r7")
    several.get_by_role("button", name="En ajouter").click()
    expect(several.locator("input")).to_have_count(3)
    expect(several.locator("input").nth(2)).to_be_focused()
    page.keyboard.type("Dr Blanc")
    several.get_by_role("button", name="Retirer la réponse 1").click()
    expect(several.locator("input")).to_have_count(2)
    expect(several.locator("input").nth(1)).to_have_value("Dr Blanc")


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_stands_out_of_a_narrow_or_enlarged_page(open_at: Callable[..., Visitor], width: int) -> None:
    """320 px, and 1280 px at 200 %."""
    page = open_at("further", device="phone").page
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll('#content input, #content button, #content select, #content textarea')]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().right > innerWidth + 1).length"""
        )
        == 0
    )
