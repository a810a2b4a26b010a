"""/deconnexion: signed out, by one's own wish or because the session is over; and /aide-connexion for who cannot get in."""

from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse

from components.blocks import block
from components.frames import welcome
from components.markup import h, help_numbers, link_button
from components.states import session_ended, trouble
from pages.base import Site, Visit
from pages.language import local_path


def register(site: Site) -> None:
    @site.page("/deconnexion")
    async def signed_out(visit: Visit) -> Response | None:
        t = visit.t
        door = "/pro" if "pro" in visit.query else "/connexion?borne=1" if "borne" in visit.query else "/connexion"
        back = local_path(visit.query.get("retour", "/"))
        if "fin" in visit.query and visit.session is not None:
            return RedirectResponse(back, status_code=303)  # another tab has proved it anew meanwhile
        again = f"{door}?{urlencode({'retour': back})}" if back != "/" else door
        with welcome(t, t("Signed out")):
            if "fin" in visit.query:
                block(session_ended(t, again))
            else:
                way = link_button(t("Sign in again"), again)
                block(trouble(t("You are signed out"), t("Everything is saved. You can close this page."), way))
        return None

    @site.page("/aide-connexion")
    async def sign_in_help(visit: Visit) -> None:
        t = visit.t
        with welcome(t, t("Help to sign in")):
            block(
                h(
                    '<div class="flow"><h1 tabindex="-1">{}</h1><p class="lead">{}</p><p>{}</p><p>{}</p>'
                    '<p class="actions">{}</p></div>',
                    t("You cannot get in"),
                    t("Call your expert centre: they check who you are and note your new e-mail address or number."),
                    t(
                        "If you have lost only your mobile, ask for the code by e-mail; if you have lost only your e-mail, by text message."
                    ),
                    t("The code may take two minutes. Look in your junk mail too."),
                    link_button(t("Back to sign-in"), "/connexion"),
                )
            )
            block(help_numbers(t))
