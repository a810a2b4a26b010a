"""/compte: who I am here, my contacts, language and look, where I am signed in, signing out. The same page for everybody."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.icons import icon
from components.markup import facts, h, join, link_button, page_head
from pages.base import Site, Visit
from pages.language import local_path
from pages.theme import COOKIE, DARK
from portal.access import Role
from portal.accounts import Contact, ContactKind, Session, devices, people, recovery_codes, sessions
from portal.accounts.contacts import account_contacts
from portal.accounts.devices import KnownDevice
from portal.i18n import N_, Texts

EVERYBODY = frozenset(Role) - {Role.SERVICE, Role.RELATIVE}
LOOKS = (("auto", N_("As my device")), ("light", N_("Light")), ("dark", N_("Dark")))
LANGUAGES = (("fr", "Français"), ("en", "English"))
HERE = "/compte"


def register(site: Site) -> None:
    @site.page(HERE, roles=EVERYBODY)
    async def account(visit: Visit) -> None:
        t, actor = visit.t, visit.me.actor
        request = ui.context.client.request
        look = request.cookies.get(COOKIE, "auto") if request else "auto"
        found = await people.account(site.door, actor.user)
        open_sessions = await sessions.sessions_of(site.door, actor.user)
        with visit.frame(current=HERE).page(t("My account"), width="reading", css="flow-l"):
            block(page_head(t("My account")))
            contacts = {one.kind: one for one in account_contacts(email=found.email, phone=found.phone)}
            with ui.element("section").classes("sheet flow"):
                block(facts({t("Name"): actor.name}))
                block(_contacts(t, contacts))
            if actor.role is not Role.PATIENT:
                with ui.element("section").classes("sheet flow"):
                    block(await _security(visit, found))
                    _known_again(visit, await devices.trusted_by(site.door, actor.user))
            with ui.element("section").classes("sheet flow"):
                block(_choices(t("Language"), "/langue", LANGUAGES, t.locale, own_words=True))
                block(_choices(t("Look"), "/theme", [(code, t(name)) for code, name in LOOKS], look))
            if actor.role is Role.PATIENT:
                block(link_button(t("Who looked at my record"), "/qui-a-consulte", "side", wide=True))
            with ui.element("section").classes("flow"):
                _signed_in(visit, open_sessions)
            block(_sign_out(t))

    @site.route("/theme")
    async def wear_look(to: str = "", next: str = HERE) -> Response:  # noqa: A002 – the name in the address
        answer = RedirectResponse(local_path(next), status_code=303)
        secure = site.portal.settings.secure
        if to in DARK:
            answer.set_cookie(
                COOKIE, to, max_age=365 * 24 * 3600, path="/", secure=secure, httponly=True, samesite="lax"
            )
        else:
            answer.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")
        return answer


def _contacts(t: Texts, contacts: Mapping[ContactKind, Contact]) -> Markup:
    """What opens the account, each with the way to change it."""
    names = ((ContactKind.EMAIL, t("E-mail")), (ContactKind.SMS, t("Mobile")))
    return join(
        _setting(
            name,
            contacts[kind].masked if kind in contacts else t("None"),
            f"/compte/contact?genre={kind}",
            t("Change") if kind in contacts else t("Add"),
        )
        for kind, name in names
    )


async def _security(visit: Visit, account: people.Account) -> Markup:
    t = visit.t
    left = await recovery_codes.left(visit.site.door, account.id)
    second = t("Authenticator app") if account.authenticator else t("A code by message")
    codes_left = t.plural("{n} code left", "{n} codes left", left) if left else t("None")
    return join(
        (
            h("<h2>{}</h2>", t("Security")),
            _setting(t("Password"), "••••••••", "/compte/mot-de-passe", t("Change")),
            _setting(t("Second step"), second, "/compte/application", t("Change")),
            _setting(t("Recovery codes"), codes_left, "/compte/secours", t("Change") if left else t("Make")),
        )
    )


def _setting(name: str, value: str, address: str, action: str) -> Markup:
    """One line: what it is, how it is, the way to change it."""
    return h(
        '<div class="settingrow"><p><span class="muted">{0}</span><br><span class="strong">{1}</span></p>'
        '<a class="btn btn-side" href="{2}" aria-label="{3}: {0}">{3}</a></div>',
        name,
        value,
        address,
        action,
    )


def _known_again(visit: Visit, known: list[KnownDevice]) -> None:
    """Browsers where the password is enough; each can be forgotten."""
    t = visit.t
    if not known:
        return
    block(t("Browsers where my password is enough"), tag="h3")
    for device in known:
        with ui.element("div").classes("settingrow"):
            name = device.device or t("Another device")
            until = t("Until {day}", day=t.date(device.expires))
            block(h('<p class="strong">{}</p><p class="muted">{}</p>', name, until))
            forget = visit.guard(_forgetting(visit, device.id))
            Button(t("Forget"), forget, "side", aria_label=t("Forget {device}", device=name))


def _forgetting(visit: Visit, device: str) -> Callable[[], Awaitable[None]]:
    async def forget() -> None:
        await devices.forget_device(visit.site.door, visit.me.actor.user, device)
        ui.navigate.to(HERE)

    return forget


def _choices(
    title: str,
    address: str,
    choices: list[tuple[str, str]] | tuple[tuple[str, str], ...],
    chosen: str,
    *,
    own_words: bool = False,
) -> Markup:
    """A choice that takes effect at once: links, the present one marked."""
    rows = join(
        h(
            '<li><a class="btn btn-side" href="{}?to={}&next={}"{}{}>{}{}</a></li>',
            address,
            code,
            HERE,
            Markup(' aria-current="true"') if code == chosen else "",
            h(' lang="{0}" hreflang="{0}"', code) if own_words else "",
            icon("check") if code == chosen else "",
            words,
        )
        for code, words in choices
    )
    return h('<h2 class="between">{}</h2><ul class="plain actions">{}</ul>', title, rows)


def _signed_in(visit: Visit, open_sessions: list[Session]) -> None:
    """Where this person is signed in; each place can be ended but this one, which has its own button."""
    t = visit.t
    block(t("Where I am signed in"), tag="h2")
    mine = visit.session.id if visit.session else ""
    for session in sorted(open_sessions, key=lambda each: each.id != mine):
        here = session.id == mine
        with ui.element("div").classes("sheet sessionrow"):
            name = session.device or t("Another device")
            words = t("This device") if here else t("Last used: {moment}", moment=t.moment(session.last_seen))
            block(h('<p class="strong">{}</p><p class="muted">{}</p>', name, words))
            if not here:
                Button(
                    t("Sign out there"),
                    visit.guard(_ending(visit, session.id)),
                    "side",
                    aria_label=t("Sign out {device}", device=name),
                )


def _ending(visit: Visit, session: str) -> Callable[[], Awaitable[None]]:
    async def end() -> None:
        # Only one's own: the list that this page was built from is read again.
        if session in {each.id for each in await sessions.sessions_of(visit.site.door, visit.me.actor.user)}:
            await sessions.end(visit.site.door, session)
        ui.navigate.to(HERE)

    return end


def _sign_out(t: Texts) -> Markup:
    return h(
        '<form method="post" action="/auth/sign-out"><button type="submit" class="btn btn-side btn-wide">{}</button></form>',
        t("Sign out"),
    )
