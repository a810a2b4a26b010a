"""/pro: professionals. E-mail and password, then a code: by message, or from their authenticator app."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from components.blocks import block
from components.frames import welcome
from components.markup import h
from pages.base import Site, Visit, home_of
from pages.language import local_path
from pages.public.code_step import CodeStep
from pages.public.connexion import other_address
from pages.public.entry_form import Entry, EntryForm
from pages.public.robots import RobotCheck
from pages.security.cookies import device_cookie
from portal.accounts import codes
from portal.accounts.codes import Purpose
from portal.accounts.passwords import check_password, enter_known_device
from portal.accounts.people import Account
from portal.errors import Invalid, PasswordRefused, ProofOfWorkRefused, TooManyTries


def register(site: Site) -> None:
    @site.page("/pro")
    async def staff_sign_in(visit: Visit) -> Response | None:
        if visit.session is not None:
            return RedirectResponse(home_of(visit.session.role), status_code=303)
        waiting = None
        if "autre" not in visit.query:
            waiting = await codes.waiting_for(site.door, visit.browser, Purpose.SECOND_FACTOR)
        with welcome(visit.t, visit.t("Sign in (professionals)")):
            column = ui.element("div").classes("flow")
            with column:
                if waiting is not None:
                    CodeStep(visit, waiting, back=other_address(visit), paper=True)
                else:
                    PasswordStep(visit, column)
        return None


class PasswordStep:
    def __init__(self, visit: Visit, column: ui.element) -> None:
        self.visit, self.t, self.column = visit, visit.t, column
        t = visit.t
        lead = t("Your password, then a code: two steps that protect your patients.")
        block(h('<h1 tabindex="-1">{}</h1><p class="lead">{}</p>', t("Professionals"), lead))
        visit.errors_here()
        email = Entry(
            name="email",
            label=t("Your e-mail address"),
            kind="email",
            autocomplete="username",
            more={"autocapitalize": "none", "spellcheck": "false"},
        )
        password = Entry(name="password", label=t("Your password"), kind="password", autocomplete="current-password")
        self.form = EntryForm((email, password), t("Continue"), t("One moment…"), visit.guard(self.send))
        self.robots = RobotCheck(visit)
        block(
            h(
                '<ul class="plain links"><li><a href="/pro/oubli">{}</a></li><li><a href="/inscription">{}</a></li>'
                '<li><a href="/connexion">{}</a></li></ul>',
                t("Password forgotten"),
                t("I have no account yet"),
                t("Sign-in for patients"),
            )
        )

    async def send(self, values: Mapping[str, str]) -> None:
        visit, t = self.visit, self.t
        missing = {
            name: sentence
            for name, sentence in (
                ("email", t("Write your e-mail address.")),
                ("password", t("Write your password.")),
            )
            if not values[name].strip()
        }
        if missing:
            self.form.show_errors(missing)
            return
        try:
            account = await self.robots.run(
                lambda work: check_password(
                    visit.site.door,
                    email=values["email"],
                    password=values["password"],
                    address=visit.address,
                    work=work,
                )
            )
            if await self._is_known_here(account):
                back = local_path(visit.query.get("retour", "/"))
                ui.navigate.to("/auth/enter?" + urlencode({"retour": back}))
                return
            asked = await self.robots.run(
                lambda work: codes.ask_second_factor(
                    visit.site.door, account, browser=visit.browser, address=visit.address, t=t, work=work
                )
            )
        except (PasswordRefused, TooManyTries, ProofOfWorkRefused) as error:
            self.form.show_errors({"password": t.say(error.message)})
            return
        except Invalid as error:
            self.form.show_errors({"password": t.say(error.problems[0].message)})
            return
        self.column.clear()
        with self.column:
            CodeStep(visit, asked, back=other_address(visit), paper=True)

    async def _is_known_here(self, account: Account) -> bool:
        request = ui.context.client.request
        secret = request.cookies.get(device_cookie(self.visit.portal.settings), "") if request else ""
        return await enter_known_device(self.visit.site.door, account, browser=self.visit.browser, device_secret=secret)
