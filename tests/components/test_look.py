"""The look as a whole: static files, frames, error pages, dialogs."""

import asyncio
import gzip
import re

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client

from components.assets import FOREVER, assets, mount_static
from components.blocks import Button, block, set_block
from components.dialogs import CommentDialog, ConfirmDialog
from components.errors import error_note, error_page, not_found_page
from components.frames import NAVIGATION, Audience, Frame, Person, language_link, person_menu
from components.icons import PATHS, icon
from components.theme import head
from portal.errors import Forbidden, NotFound, PortalError, Refused, SignInNeeded, Unavailable
from portal.i18n import Texts


@pytest.fixture
def http() -> httpx.AsyncClient:
    app = FastAPI()
    mount_static(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://portal.test")


async def test_static_files_are_kept_for_a_year_under_an_address_of_their_content(http: httpx.AsyncClient) -> None:
    answer = await http.get(assets().url("portal.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == FOREVER


async def test_a_static_file_of_another_version_is_not_given(http: httpx.AsyncClient) -> None:
    assert (await http.get("/assets/000000000000/portal.css")).status_code == 404
    assert (await http.get(f"/assets/{assets().digest}/..%2Fassets.py")).status_code == 404


async def test_the_stylesheet_travels_compressed(http: httpx.AsyncClient) -> None:
    answer = await http.get(assets().url("portal.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(assets().files["portal.css"].packed) == answer.content


def test_our_own_files_of_the_first_screen_weigh_less_than_70_kb() -> None:
    files = assets().files
    first = ("portal.css", "portal.js", "atkinson-next-latin.woff2")
    assert sum(len(files[name].packed or files[name].plain) for name in first) < 70_000


def test_every_font_of_the_stylesheet_is_served_with_its_licence() -> None:
    css = assets().files["portal.css"].plain.decode()
    named = re.findall(r'url\("([^"]+)"\)', css)
    assert named
    assert set(named) | {"OFL.txt"} <= set(assets().files)


def test_no_style_nor_page_head_calls_the_outside() -> None:
    css, script = assets().files["portal.css"].plain.decode(), assets().files["portal.js"].plain.decode()
    assert not re.search(r"https?://|@import|//[a-z]+\.[a-z]", css + head())
    own = 'if (!to.startsWith("/")) return;\n      const answer = await fetch(to, '  # a file goes to an address of this site
    assert script.count(own) == 1
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest", script.replace(own, ""))


def test_pages_may_be_zoomed() -> None:
    assert "user-scalable" not in head()


def test_the_person_s_initials_leave_out_titles() -> None:
    assert Person(name="Dr Anne Soriano").letters == "AS"
    assert Person(name="Camille").letters == "C"
    assert Person(name="").letters == ""


def test_signing_out_is_a_post(screen: Client, french: Texts) -> None:
    assert '<form method="post" action="/auth/sign-out">' in person_menu(french, Person(name="Anne Soriano"))


def test_the_other_language_is_offered_in_its_own_words(screen: Client, french: Texts, english: Texts) -> None:
    assert '<a href="/langue?to=en&next=/patients/7%3Ftab%3Dbio" lang="en"' in language_link(french)
    assert ">Français<" in language_link(english)


@pytest.mark.parametrize("audience", list(Audience))
def test_every_audience_has_its_frame(screen: Client, french: Texts, audience: Audience) -> None:
    frame = Frame(t=french, audience=audience, person=Person(name="Anne Soriano"))
    with frame.page("Une page") as content:
        block("bonjour")
    assert content.props["id"] == "content"
    assert screen.title == "Une page · Portail FondaMental"


def test_the_page_says_its_language(screen: Client, english: Texts) -> None:
    with Frame(t=english, audience=Audience.PUBLIC).page("A page"):
        pass
    assert screen.page.language == "en-GB"


def test_the_title_says_that_the_page_shows_errors(screen: Client, french: Texts) -> None:
    with Frame(t=french, audience=Audience.PUBLIC).page("Sommeil", wrong=True):
        pass
    assert screen.title.startswith("Erreur")


def test_every_icon_of_the_navigation_exists() -> None:
    assert {link.mark for links in NAVIGATION.values() for link in links} <= set(PATHS)
    assert icon("home").startswith("<svg")


def test_a_plain_string_in_a_block_is_text(screen: Client) -> None:
    made = block("<b>x</b>")
    set_block(made, "<i>y</i>")
    assert made.content == "&lt;i&gt;y&lt;/i&gt;"


async def test_a_button_pressed_twice_acts_once(screen: Client) -> None:
    pressed: list[int] = []

    async def act() -> None:
        await asyncio.sleep(0)
        pressed.append(1)

    button = Button("Envoyer", act, busy_text="Envoi…")
    await asyncio.gather(button.press(), button.press())
    assert pressed == [1]
    assert "aria-busy" not in button.props


async def test_a_button_whose_action_fails_can_be_pressed_again(screen: Client) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    button = Button("Envoyer", fail)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await button.press()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SignInNeeded(), "Votre session est terminée"),
        (Refused("x"), "Vous n’avez pas accès"),
        (Forbidden(), "Vous n’avez pas accès"),
        (NotFound(), "n’existe plus"),
        (Unavailable(), "Le service ne répond pas"),
        (PortalError("Saved at {time}", time="14 h"), "Enregistré à 14 h"),
        (ValueError("Camille Rouvière"), "L’erreur vient de nous"),
        (None, "L’erreur vient de nous"),
    ],
)
def test_each_error_has_its_page_and_no_trace(french: Texts, error: BaseException | None, words: str) -> None:
    html = error_page(french, error)
    assert words in html
    assert "Camille" not in html
    assert html.count("<h1") == 1


def test_coming_back_after_signing_in_keeps_the_place(french: Texts) -> None:
    assert "/?next=/patients/7%3Ftab%3Dbio" in error_page(french, SignInNeeded(), here="/patients/7?tab=bio")


def test_an_address_that_leads_nowhere_shows_the_way_home(french: Texts) -> None:
    assert 'href="/accueil"' in not_found_page(french, "/accueil")


def test_a_server_away_is_amber_and_a_refusal_red(french: Texts) -> None:
    assert "note warn" in error_note(french, Unavailable())
    assert "note danger" in error_note(french, Refused("x"))


async def test_a_dialog_acts_and_closes(screen: Client, french: Texts) -> None:
    done: list[str] = []
    dialog = ConfirmDialog(french, "Supprimer ?", "Tout part.", "Supprimer", lambda: done.append("x"), key="k")
    dialog.open()
    await dialog.accept()
    assert done == ["x"]
    assert not dialog.is_open


async def test_a_comment_dialog_needs_words(screen: Client, french: Texts) -> None:
    said: list[str] = []
    dialog = CommentDialog(french, "Modifier", "Pourquoi ?", "Modifier", said.append, key="why")
    dialog.open()
    await dialog.accept()
    assert dialog.is_open
    assert dialog.field.error == "Écrivez quelques mots."
    await dialog.field.enter("Erreur de saisie")
    await dialog.accept()
    assert said == ["Erreur de saisie"]
