"""What a person sees of an error: the sentence it carries, where they look. Never a trace, never the exception's text."""

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from components.markup import link_button, note
from components.states import backend_away, refused, session_ended, trouble
from portal.errors import Forbidden, NotFound, PortalError, Refused, SignInNeeded, Unauthorized, Unavailable
from portal.i18n import Texts


def sentence(t: Texts, error: PortalError) -> str:
    """The error's own sentence in the person's language."""
    return t.say(error.message)


def error_note(t: Texts, error: PortalError, *, answers: bool = False) -> Markup:
    """For a place inside a page that stays: amber when it will pass, red when something was refused.

    `answers` = the page holds answers of the person, who wants to know that they are safe.
    """
    if isinstance(error, Unavailable):
        return backend_away(t, answers=answers)
    return note(sentence(t, error), "danger", "alert")


def error_page(
    t: Texts, error: BaseException | None, *, home: str = "/", here: str = "", places: Sequence[str] = ()
) -> Markup:
    """The whole content of a page that cannot be shown. `error` None or unknown = a fault of ours.

    `here` = address to come back to after signing in again; `places` = centres that the person has.
    """
    way_home = link_button(t("Back to the home page"), home)
    match error:
        case SignInNeeded() | Unauthorized():
            return session_ended(t, f"/?next={quote(here, safe='/')}" if here else "/")
        case Refused() | Forbidden():
            return refused(t, sentence(t, error), places, way_home)
        case NotFound():
            return trouble(sentence(t, error), t("The address may be wrong, or the page was removed."), way_home)
        case Unavailable():
            again = link_button(t("Try again"), here or home)
            return trouble(
                t("The service does not answer"),
                t("We cannot reach the server. Your saved answers are safe."),
                again,
            )
        case PortalError():
            return trouble(t("This page cannot be shown"), sentence(t, error), way_home)
        case _:
            return trouble(
                t("Something did not work"),
                t("The fault is ours. What you had saved is safe. Try again, or call your centre."),
                way_home,
            )


def not_found_page(t: Texts, home: str = "/") -> Markup:
    """For an address that leads nowhere (404)."""
    return trouble(
        t("This page does not exist"),
        t("The address may be wrong, or the page was removed."),
        link_button(t("Back to the home page"), home),
    )
