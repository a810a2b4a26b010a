"""/proche/{secret}: a relative fills one form, without an account, by a link that a professional gave them.

Reading the page changes nothing. Its button ties the link to this browser, which then goes to `/proche/formulaire`.
"""

from dataclasses import replace

from fastapi import Request, Response, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse
from markupsafe import Markup

from components.blocks import block
from components.frames import landscape
from components.markup import h, note, typo
from pages.base import Site, Visit
from pages.forms import show_form
from pages.public.files import taken
from pages.security.cookies import BROWSER
from pages.wrong import wrong_page
from portal.acting import Acting
from portal.errors import AlreadySent, LinkOver, PortalError, SignInNeeded
from portal.responses import Helper, close_link, helper_at, look_at_link, open_draft, open_link, still_open

FORM, THANKS, OVER, FILE = "/proche/formulaire", "/proche/merci", "/proche/fini", "/proche/fichier"


def register(site: Site) -> None:
    service = site.portal.service()

    @site.page(FORM)
    async def form(visit: Visit) -> Response | None:
        try:
            helper = await helper_at(service, visit.browser)
        except LinkOver:
            return RedirectResponse(OVER, status_code=303)
        mine = replace(visit, acting=acting_as(site, helper), alive=lambda: still_open(service, helper.link), over=OVER)
        t = visit.t
        try:
            draft = await open_draft(mine.me, helper.task, locale=t.locale)
        except AlreadySent:
            await close_link(service, helper.link)
            return RedirectResponse(THANKS, status_code=303)
        with visit.frame(links=()).page(draft.form.title(t.locale), width="reading", css="form"):
            block(note(t("You answer about the person who is followed, as you see them."), "info"))
            pause = t("Stop for now")
            show_form(mine, draft, done=THANKS, pause=f"{OVER}?pause=1", pause_text=pause, files_to=FILE, opens=False)
        return None

    @site.page(THANKS)
    async def thanks(visit: Visit) -> None:
        t = visit.t
        helper = await _helper(service, visit.browser)
        if helper is not None:
            try:
                await open_draft(acting_as(site, helper), helper.task, locale=t.locale)
            except AlreadySent:
                await close_link(service, helper.link)
        with visit.frame(links=()).page(t("Thank you"), width="reading", css="flow-l"):
            landscape()
            block(
                h(
                    "<h1 tabindex='-1'>{}</h1><p class='lead'>{}</p>",
                    t("Thank you"),
                    t("Your answers were sent to the centre."),
                )
            )
            block(h("<p>{}</p>", t("You can close this page. The link does not work any more.")))

    @site.page(OVER)
    async def over(visit: Visit) -> None:
        t = visit.t
        words = t(LinkOver.default)
        title = t("This link is over")
        if visit.query.get("pause"):
            title, words = (
                t("See you later"),
                t("Your answers are kept. Open the same link again on this device to go on."),
            )
        with visit.frame(links=()).page(title, width="reading", css="flow-l"):
            block(h("<h1>{}</h1><p class='lead'>{}</p>", title, typo(t, words)))

    @site.route(FILE, methods=["POST"])
    async def take(request: Request, question: str, file: UploadFile) -> Response:
        t = site.texts(request)
        try:
            helper = await helper_at(service, str(request.scope.get(BROWSER, "")))
        except LinkOver as error:
            return JSONResponse({"error": t.say(error.message)}, status_code=403)
        return await taken(t, acting_as(site, helper), helper.task, question, file)

    @site.page("/proche/{secret}")
    async def door(visit: Visit, secret: str) -> None:
        t = visit.t
        await look_at_link(service, secret, visit.browser)
        with visit.frame(links=()).page(t("A questionnaire to fill"), width="reading", css="flow-l"):
            block(h("<h1>{}</h1>", t("A questionnaire to fill")))
            block(_asked(visit, secret))

    @site.route("/proche/{secret}/ouvrir", methods=["POST"])
    async def open_it(request: Request, secret: str) -> Response:
        try:
            await open_link(service, secret, str(request.scope.get(BROWSER, "")))
        except PortalError as error:
            return wrong_page(request, site.texts(request), error)
        return RedirectResponse(FORM, status_code=303)


def acting_as(site: Site, helper: Helper) -> Acting:
    """The relative at work. They have no account, so the record server gives them nothing (wall 2): the portal's own client
    reads and writes for them, and only what wall 1 lets a relative do, which is their one form.
    """
    return replace(site.portal.acting(helper.actor), fhir=site.portal.service().fhir)


async def _helper(service: Acting, browser: str) -> Helper | None:
    try:
        return await helper_at(service, browser)
    except (LinkOver, SignInNeeded):
        return None


def _asked(visit: Visit, secret: str) -> Markup:
    """What it is about, in words that tell nothing to somebody who would read over the shoulder."""
    t = visit.t
    told = t("A professional asks you to answer questions about someone close to you. It needs no account.")
    once = t("The link opens on one device only: use the one on which you will answer.")
    return h(
        '<p class="lead">{}</p><p>{}</p><form method="post" action="/proche/{}/ouvrir">'
        '<button class="btn btn-main btn-wide" type="submit">{}</button></form>',
        told,
        once,
        secret,
        t("Begin"),
    )
