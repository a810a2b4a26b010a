"""/demo/outbox: in the demonstration only, the messages that would have left by e-mail and SMS, newest first."""

import re

from fastapi import Response
from fastapi.responses import JSONResponse
from markupsafe import Markup
from nicegui import ui

from components.blocks import block, set_block
from components.frames import Audience, Frame
from components.markup import h, join, page_head
from components.states import empty
from pages.base import Site, Visit
from portal import notifications
from portal.i18n import Texts
from portal.notifications import Kept

CODE = re.compile(r"(?<![\d+])\d{6,10}(?!\d)")
LINK = re.compile(r"(https?://[^\s<>]+)")
LOOK_EVERY = 2.0  # seconds
COPY = (
    "(event) => { const button = event.target.closest('[data-copy]'); if (!button) return;"
    " navigator.clipboard.writeText(button.dataset.copy); button.textContent = button.dataset.done; }"
)


def register(site: Site) -> None:
    if not site.portal.settings.demo:
        return

    @site.page("/demo/outbox")
    async def outbox(visit: Visit) -> None:
        t = visit.t
        with Frame(t=t, audience=Audience.PUBLIC).page(t("Outbox"), width="reading"):
            block(page_head(t("Outbox"), t("Demonstration: these messages would have left by e-mail or text message.")))
            rows = block("", "flow", "section", aria_live="polite")
            rows.on("click", js_handler=COPY)
            newest = -1

            async def look() -> None:
                nonlocal newest
                kept = await notifications.latest(site.door.acting)
                if kept and kept[0].id == newest:
                    return
                newest = kept[0].id if kept else 0
                set_block(rows, join(_message(t, one) for one in kept) or _nothing(t))

            await look()
            ui.timer(LOOK_EVERY, look, immediate=False)

    @site.route("/demo/outbox.json")
    async def outbox_json() -> Response:
        kept = await notifications.latest(site.door.acting)
        return JSONResponse({"messages": [_as_json(one) for one in kept]})


def _message(t: Texts, kept: Kept) -> Markup:
    message = kept.message
    kind = t("Text message to {contact}", contact=message.to) if message.kind == "sms" else message.to
    code = code_in(message.body)
    before, found, after = message.body.partition(code) if code else (message.body, "", "")
    copy = '<button type="button" class="btn btn-side" data-copy="{}" data-done="{}">{}</button>'
    shown = h('<b class="outbox-code num">{}</b>', code) if found else ""
    title = h("<h2>{}</h2>", message.subject) if message.subject else ""
    return h(
        '<article class="sheet outbox-message"><p class="eyebrow num">{} · {}</p>{}<div class="outbox-body">{}{}{}</div>{}</article>',
        kind,
        t.time(kept.at),
        title,
        before,
        shown,
        _linked(after),
        h('<p class="actions">{}</p>', h(copy, code, t("Copied"), t("Copy the code"))) if code else "",
    )


def _linked(text: str) -> Markup:
    """Addresses of ours in a message can be followed, as in any mail program."""
    parts = LINK.split(text)
    return join(h('<a href="{0}">{0}</a>', part) if n % 2 else h("{}", part) for n, part in enumerate(parts))


def _nothing(t: Texts) -> Markup:
    return empty(t("No message yet"), t("When somebody asks for a code, it appears here."))


def code_in(body: str) -> str:
    """The one-time code of a message, or an empty text."""
    found = CODE.search(body)
    return found.group() if found else ""


def _as_json(kept: Kept) -> dict[str, object]:
    message = kept.message
    return {
        "id": kept.id,
        "at": kept.at.isoformat(),
        "kind": message.kind,
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "code": code_in(message.body),
    }
