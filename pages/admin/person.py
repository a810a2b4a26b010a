"""/personnes/{person}: a professional's account, whole: roles, studies, sign-in, history; changed here."""

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.dialogs import CommentDialog, ConfirmDialog
from components.form import ListQuestion, Option
from components.markup import back_link, facts, h, join, note, page_head, unavailable_button
from pages.admin.frame import admin_page, again, line, sheet
from pages.admin.people import reachable, role_question
from pages.admin.words import ROLES, history, job, state
from pages.base import Site, Visit
from pages.fields import Fields, ask
from portal.access import Permission, Role, Scope, may
from portal.accounts import Session
from portal.administration import StaffFile, deactivate, end_session, reactivate, sign_out_everywhere, staff_file
from portal.i18n import Texts
from portal.people import (
    NOWHERE,
    Centre,
    Position,
    change_role,
    link_practitioner,
    list_organizations,
    spoken_phone,
    unlink_practitioner,
)
from portal.trials import list_trials, name_arc, withdraw_arc


def register(site: Site) -> None:
    @site.page("/personnes/{person}", roles=ROLES)
    async def show(visit: Visit, person: str) -> None:
        t = visit.t
        file = await staff_file(visit.me, person, door=visit.site.door)
        names = {one.id: one.name for one in await list_organizations(visit.me)}
        name = f"{file.family} {file.given}"
        with admin_page(visit, name, "/personnes"):
            block(back_link(t("People"), "/personnes"))
            visit.errors_here()
            block(page_head(name))
            with ui.element("div").classes("flow-l"):
                block(facts(_facts(t, file)))
                if file.id == visit.me.actor.id:
                    block(note(t("This is your own account: another administrator changes it."), "info"))
                await _positions(visit, file, names)
                if any(one.role is Role.ARC for one in file.current):
                    await _studies(visit, file)
                _sign_in(visit, file)
                with sheet(t("History")):
                    block(history(t, file.changes, names))
                _account(visit, file)


def _facts(t: Texts, file: StaffFile) -> dict[str, str | Markup]:
    found: dict[str, str | Markup] = {t("State"): state(t, active=file.active)}
    found[t("E-mail")] = file.email or "–"
    if file.phone:
        found[t("Telephone")] = spoken_phone(file.phone)
    if file.rpps:
        found["RPPS"] = file.rpps
    found[t("Last sign-in")] = t.moment(file.last_entry) if file.last_entry else t("not yet")
    return found


def _in(visit: Visit, file: StaffFile, right: Permission) -> bool:
    """For buttons that would be refused; the verbs decide for themselves."""
    return file.id != visit.me.actor.id and may(visit.me.actor, right, _scope(file))


def _scope(file: StaffFile) -> Scope:
    return Scope(
        organizations=frozenset(NOWHERE if one.role is Role.ADMIN else one.organization for one in file.current)
    )


async def _positions(visit: Visit, file: StaffFile, names: Mapping[str, str]) -> None:
    t = visit.t
    centres = await reachable(visit)
    with sheet(t("Roles")):
        if not file.current:
            block(t("No role now: signing in leads nowhere."), "keepfoot soft", "p")
        for one in file.current:
            _position(visit, file, one, names)
        if file.active and _in(visit, file, Permission.PRACTITIONER_SET_ROLES):
            with ui.element("div").classes("keepfoot"):
                Button(t("Add a role"), lambda: _add(visit, file, centres), "side", "plus")
        past = [one for one in file.positions if not one.active]
        if past:
            rows = join(h('<li class="keep"><div>{}</div></li>', _said(t, one, names)) for one in past)
            words = t.plural("{n} former role", "{n} former roles", len(past))
            block(h('<details class="pad"><summary>{}</summary><ul class="plain rows">{}</ul></details>', words, rows))


def _said(t: Texts, one: Position, names: Mapping[str, str]) -> Markup:
    where = names.get(one.organization, "") or t("no centre in particular")
    since = t("since {day}", day=t.day(one.since)) if one.since and one.active else ""
    if not one.active and one.since and one.until:
        since = t("from {start} to {end}", start=t.day(one.since), end=t.day(one.until))
    return h("<b>{}</b><small>{}</small>", job(t, one.role), ", ".join(part for part in (where, since) if part))


def _position(visit: Visit, file: StaffFile, one: Position, names: Mapping[str, str]) -> None:
    t = visit.t
    with line(_said(t, one, names)):
        actor = visit.me.actor
        mine = actor.role is Role.ADMIN or (one.organization in actor.organizations and one.role is not Role.ADMIN)
        if not (mine and file.active and _in(visit, file, Permission.PRACTITIONER_SET_ROLES)):
            return
        what = f"{job(t, one.role)}, {names.get(one.organization, '')}"

        async def other(fields: Fields) -> None:
            await change_role(visit.me, one.id, Role(fields.choice("role")))

        def change() -> None:
            items = [role_question(visit, one.role)]
            ask(
                visit,
                t("Change the role"),
                items,
                t("Keep"),
                other,
                key="other",
                required={"role": t("Choose a role.")},
            )

        ending = ConfirmDialog(
            t,
            t("End this role?"),
            t("{name} no longer sees anything of it, from the next thing they do.", name=f"{file.given} {file.family}"),
            t("End the role"),
            visit.guard(lambda: _end(visit, one)),
            key=f"end-{one.id}",
        )
        Button(t("Change"), change, "quiet", "edit", aria_label=t("Change {name}", name=what))
        Button(t("End it"), ending.open, "quiet", aria_label=t("End {name}", name=what))


async def _end(visit: Visit, one: Position) -> None:
    await unlink_practitioner(visit.me, one.id)
    again(visit)


def _add(visit: Visit, file: StaffFile, centres: list[Centre]) -> None:
    t = visit.t
    options = [Option(code=centre.id, text=centre.name) for centre in centres]
    if visit.me.actor.role is Role.ADMIN:
        options.append(Option(code="none", text=t("No centre in particular"), aside=True))
    items = [role_question(visit), ListQuestion(link_id="organizations", text=t("Centre"), options=tuple(options))]

    async def send(fields: Fields) -> None:
        centre = fields.choice("organizations")
        where = NOWHERE if centre == "none" else centre
        await link_practitioner(visit.me, file.id, where, Role(fields.choice("role")))

    required = {"role": t("Choose a role."), "organizations": t("Choose a centre.")}
    ask(visit, t("Add a role"), items, t("Add"), send, key="role", required=required)


async def _studies(visit: Visit, file: StaffFile) -> None:
    t = visit.t
    manages = may(visit.me.actor, Permission.TRIAL_ASSIGN_ARC)
    others = [one for one in await list_trials(visit.me) if one.id not in file.trials] if manages else []
    with sheet(t("Studies followed")):
        if not file.trials:
            block(t("No study yet: this person sees nothing."), "keepfoot soft", "p")
        for trial, title in file.trials.items():
            with line(h("<b>{}</b>", title)):
                if manages:
                    withdraw = visit.guard(lambda trial=trial: _withdraw(visit, trial, file.id))
                    Button(t("Withdraw"), withdraw, "quiet", aria_label=t("Withdraw {name}", name=title))
        if others:
            options = tuple(Option(code=trial.id, text=trial.title) for trial in others)

            async def send(fields: Fields) -> None:
                await name_arc(visit.me, fields.choice("arc"), file.id)

            def add() -> None:
                question = ListQuestion(link_id="arc", text=t("Study"), options=options)
                required = {"arc": t("Choose a study.")}
                ask(visit, t("Assign a study"), [question], t("Assign"), send, key="study", required=required)

            with ui.element("div").classes("keepfoot"):
                Button(t("Assign a study"), add, "side", "plus")


async def _withdraw(visit: Visit, trial: str, practitioner: str) -> None:
    await withdraw_arc(visit.me, trial, practitioner)
    again(visit)


def _sign_in(visit: Visit, file: StaffFile) -> None:
    t = visit.t
    with sheet(t("Signed in now")):
        if not file.sessions:
            block(t("Nowhere."), "keepfoot soft", "p")
        for one in file.sessions:
            with line(_session(t, one, visit.portal.clock.now())):
                if _in(visit, file, Permission.SESSION_END):
                    end = visit.guard(lambda one=one: _end_session(visit, file, one))
                    Button(t("Sign them out"), end, "quiet", "out", aria_label=t("Sign out {name}", name=one.device))
        if file.sessions and _in(visit, file, Permission.SESSION_END):
            everywhere = visit.guard(lambda: _end_everywhere(visit, file))
            with ui.element("div").classes("keepfoot"):
                Button(t("Sign them out everywhere"), everywhere, "side", "out")


async def _end_everywhere(visit: Visit, file: StaffFile) -> None:
    await sign_out_everywhere(visit.me, file.id)
    again(visit)


def _session(t: Texts, one: Session, now: datetime) -> Markup:
    seen = max(0, int((now - one.last_seen).total_seconds() // 60))
    lately = t.plural("{n} minute ago", "{n} minutes ago", seen) if seen else t("just now")
    words = t("since {moment}, last seen {lately}", moment=t.moment(one.created), lately=lately)
    return h("<b>{}</b><small>{}</small>", one.device or t("Unknown browser"), words)


async def _end_session(visit: Visit, file: StaffFile, one: Session) -> None:
    await end_session(visit.me, file.id, one.id, door=visit.site.door)
    again(visit)


def _account(visit: Visit, file: StaffFile) -> None:
    t = visit.t
    with sheet(t("The account")), ui.element("div").classes("keepfoot"):
        if not file.active:
            if _in(visit, file, Permission.ACCOUNT_REACTIVATE):
                block(t("Nobody can sign in with it. What the person wrote stays."), "soft", "p")
                Button(t("Open the account again"), visit.guard(lambda: _reopen(visit, file)), "side")
            else:
                block(unavailable_button(t("Open the account again"), t("Ask the administrator of the foundation.")))
            return
        if not _in(visit, file, Permission.ACCOUNT_DEACTIVATE):
            own = file.id == visit.me.actor.id
            why = (
                t("Nobody closes their own account.")
                if own
                else t("This person also works elsewhere: ask the foundation.")
            )
            block(unavailable_button(t("Close the account"), why))
            return
        block(
            t("The person is signed out everywhere at once and can no longer sign in. Nothing is deleted."), "soft", "p"
        )
        closing = CommentDialog(
            t,
            t("Close the account of {name}", name=f"{file.given} {file.family}"),
            t("Why?"),
            t("Close the account"),
            visit.guard(lambda reason: _close(visit, file, reason)),
            key="closing",
            hint=t("Administrators read it in the history."),
            limit=300,
        )
        Button(t("Close the account"), closing.open, "danger")


async def _close(visit: Visit, file: StaffFile, reason: str) -> None:
    await deactivate(visit.me, file.id, reason=reason)
    again(visit)


async def _reopen(visit: Visit, file: StaffFile) -> None:
    await reactivate(visit.me, file.id)
    again(visit)
