"""Files: `/fichiers/{key}` opens one, `/fichiers/pour/{task}` takes one with an answer. Plain routes beside the pages."""

from urllib.parse import quote

from fastapi import Request, Response, UploadFile
from fastapi.responses import JSONResponse

from pages.base import Site
from pages.wrong import wrong_page
from portal.access import CARE_ROLES, Role
from portal.acting import Acting
from portal.errors import NotFound, PortalError, Refused, SignInNeeded
from portal.files import MOST, Opened, open_file, receive
from portal.i18n import Texts

READERS = CARE_ROLES | {Role.PATIENT}
SHOWN = ("application/pdf", "image/", "text/plain")
"""What a browser shows by itself; anything else is only saved."""


def register(site: Site) -> None:
    @site.route("/fichiers/{key}")
    async def open_one(request: Request, key: str) -> Response:
        try:
            visit = await site.visit(request, READERS)
            return shown(await open_file(visit.me, key))
        except SignInNeeded:
            return Response(status_code=303, headers={"Location": f"/connexion?retour=/fichiers/{quote(key)}"})
        except PortalError as error:
            return wrong_page(request, site.texts(request), error)

    @site.route("/fichiers/pour/{task}", methods=["POST"])
    async def take_one(request: Request, task: str, question: str, file: UploadFile) -> Response:
        t = site.texts(request)
        try:
            visit = await site.visit(request, READERS)
        except PortalError as error:
            return JSONResponse({"error": t.say(error.message)}, status_code=403)
        return await taken(visit.t, visit.me, task, question, file)


async def taken(t: Texts, acting: Acting, task: str, question: str, file: UploadFile) -> Response:
    """The key under which the file is kept, or the sentence that says why it is not."""
    content = await file.read(MOST + 1)  # never more than is taken, whatever is sent
    try:
        key = await receive(acting, task, question, name=file.filename or "", content=content)
    except PortalError as error:
        status = 403 if isinstance(error, Refused) else 404 if isinstance(error, NotFound) else 422
        return JSONResponse({"error": t.say(error.message)}, status_code=status)
    return JSONResponse({"key": key})


def shown(file: Opened) -> Response:
    """The content under headers that let it run nothing; what it is was read from the content, not from its name."""
    inline = file.kind.startswith(SHOWN) if file.kind else False
    name = quote(file.name or "document")
    headers = {
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "no-store",
    }
    kind = file.kind or "application/octet-stream"
    return Response(
        file.content, media_type=f"{kind}; charset=utf-8" if kind == "text/plain" else kind, headers=headers
    )
