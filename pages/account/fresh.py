"""/preuve: whoever is about to change what opens their account proves once more who they are. Asking for the page sends
nothing; the session that comes out of it has a new secret.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from components.blocks import Button, block
from components.markup import back_link, page_head
from pages.base import Site, Visit
from pages.language import local_path
from pages.public.code_step import CodeStep
from pages.public.robots import RobotCheck
from portal.access import Role
from portal.accounts import codes, people, sessions
from portal.accounts.codes import Purpose

EVERYBODY = frozenset(Role) - {Role.SERVICE, Role.RELATIVE}
HOME = "/compte"


def register(site: Site) -> None:
    @site.page("/preuve", roles=EVERYBODY)
    async def prove(visit: Visit) -> None:
        t = visit.t
        back = local_path(visit.query.get("retour", HOME), HOME)
        waiting = await codes.waiting_for(site.door, visit.browser, Purpose.FRESH)
        staff = visit.me.actor.role is not Role.PATIENT
        with visit.frame(current=HOME).page(t("Prove that it is you"), width="reading", css="flow-l"):
            column = ui.element("div").classes("sheet flow")

            async def ask() -> None:
                account = await people.account(site.door, visit.me.actor.user)
                asked = await check.run(
                    lambda work: codes.ask_second_factor(
                        site.door,
                        account,
                        browser=visit.browser,
                        address=visit.address,
                        t=t,
                        purpose=Purpose.FRESH,
                        work=work,
                    )
                )
                column.clear()
                with column:
                    CodeStep(visit, asked, back=visit.here, submit=t("Continue"), paper=staff)

            with column:
                if waiting is not None:
                    CodeStep(visit, waiting, back=back, submit=t("Continue"), paper=staff)
                    return
                block(back_link(t("My account"), HOME))
                lead = t("You are about to change what opens your account: one code, and you go on.")
                block(page_head(t("Prove that it is you"), lead))
                check = RobotCheck(visit)
                Button(t("Continue"), visit.guard(ask), busy_text=t("One moment…"))


def fresh_or_prove(visit: Visit) -> Response | None:
    """For a page that changes what opens the account: the way to /preuve and back, or None when the proof is fresh."""
    if visit.session is not None and sessions.is_fresh(visit.site.door, visit.session):
        return None
    return RedirectResponse(f"/preuve?retour={quote(visit.here, safe='/')}", status_code=303)


def when_fresh(visit: Visit, handler: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
    """A guarded handler that, when the proof has grown old meanwhile, leads to /preuve instead."""

    async def checked(*given: Any) -> None:
        if visit.session is None or not sessions.is_fresh(visit.site.door, visit.session):
            ui.navigate.to(f"/preuve?retour={quote(visit.here, safe='/')}")
            return
        result = handler(*given)
        if isinstance(result, Awaitable):
            await result

    return visit.guard(checked)
