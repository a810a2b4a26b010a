"""Blocks for the moments when there is nothing to show or something is in the way: pure functions, HTML out."""

from collections.abc import Sequence

from markupsafe import Markup

from components.icons import icon
from components.markup import h, link_button, note
from portal.i18n import Texts


def empty(title: str, sentence: str, mark: str = "inbox", level: int = 2) -> Markup:
    """Says what will appear here and when."""
    return h('<div class="empty">{}<h{lv}>{}</h{lv}><p>{}</p></div>', icon(mark), title, sentence, lv=level)


def loading(sentence: str) -> Markup:
    """Grey lines and a sentence; they show only after 300 ms, so that a quick answer does not blink."""
    return h(
        '<div class="loading"><div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></div>'
        '<p class="muted" role="status">{}</p></div>',
        sentence,
    )


def backend_away(t: Texts, *, answers: bool = True) -> Markup:
    """The record server does not answer. `answers` = this page holds answers of the person."""
    safe = t("We cannot reach the server. Your saved answers are safe.")
    return note(
        safe if answers else t("We cannot reach the server. Try again in a moment."),
        "warn",
        "cloud",
        t("The service does not answer"),
    )


def refused(t: Texts, title: str, places: Sequence[str] = (), action: Markup | None = None) -> Markup:
    """A door that stays closed: which centres the person has and how to ask. Nothing about the patient."""
    have = h("<p>{}</p>", t("You can see the records of: {places}.", places=", ".join(places))) if places else ""
    ask = h("<p>{}</p>", t("If you need access, ask the administrator of your centre."))
    return h(
        '<div class="stop"><h1 tabindex="-1" data-focus>{} {}</h1>{}{}{}</div>',
        icon("lock"),
        title,
        have,
        ask,
        h('<p class="actions">{}</p>', action) if action else "",
    )


def session_ended(t: Texts, sign_in: str = "/") -> Markup:
    return h(
        '<div class="stop"><h1 tabindex="-1" data-focus>{}</h1><p>{}</p><p class="actions">{}</p></div>',
        t("You have been signed out"),
        t("After a while without action we close the page, to protect your answers. They are all saved."),
        link_button(t("Sign in again"), sign_in),
    )


def trouble(title: str, sentence: str, action: Markup | None = None) -> Markup:
    """A page that could not be shown: what happened in plain words, and one way out."""
    way = h('<p class="actions">{}</p>', action) if action else ""
    return h('<div class="stop"><h1 tabindex="-1" data-focus>{}</h1><p>{}</p>{}</div>', title, sentence, way)
