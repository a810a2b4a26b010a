"""/compte/mot-de-passe: a professional changes their password. Their other sessions end, and they are told."""

from collections.abc import Mapping

from fastapi import Response

from components.blocks import block, set_block
from components.markup import back_link, link_button, note, page_head
from pages.account.fresh import EVERYBODY, HOME, fresh_or_prove, when_fresh
from pages.base import Site, Visit
from pages.public.entry_form import Entry, EntryForm
from portal.access import Role
from portal.accounts import people
from portal.accounts.password_rules import SHORTEST
from portal.accounts.passwords import change_password
from portal.errors import Invalid, PasswordRefused, SignInNeeded, TooManyTries, WorkNeeded

STAFF = EVERYBODY - {Role.PATIENT}


def register(site: Site) -> None:
    @site.page("/compte/mot-de-passe", roles=STAFF)
    async def password(visit: Visit) -> Response | None:
        elsewhere = fresh_or_prove(visit)
        if elsewhere is not None:
            return elsewhere
        t = visit.t
        with visit.frame(current=HOME).page(t("Change my password"), width="reading", css="flow-l"):
            block(back_link(t("My account"), HOME))
            lead = t("At least {least} characters: four words make a good one.", least=SHORTEST)
            block(page_head(t("Change my password"), lead))
            said = block("", role="status")
            visit.errors_here()

            async def send(values: Mapping[str, str]) -> None:
                wrong = await _change(visit, values)
                if wrong:
                    form.show_errors(wrong)
                    return
                form.delete()
                done = t("Your password is changed. You are signed out everywhere else.")
                set_block(said, note(done, "ok", "done"))
                block(link_button(t("My account"), HOME))

            fields = (
                Entry(
                    name="current", label=t("Your present password"), kind="password", autocomplete="current-password"
                ),
                Entry(name="password", label=t("New password"), kind="password", autocomplete="new-password"),
                Entry(name="again", label=t("Once more"), kind="password", autocomplete="new-password"),
            )
            form = EntryForm(fields, t("Change the password"), t("One moment…"), when_fresh(visit, send))
            form.classes("sheet")
        return None


async def _change(visit: Visit, values: Mapping[str, str]) -> dict[str, str]:
    """The sentences to show by the fields; none when it is done."""
    t, session, actor = visit.t, visit.session, visit.me.actor
    if session is None:
        raise SignInNeeded
    if values["password"] != values["again"]:
        return {"again": t("The two are not the same.")}
    try:
        await change_password(
            visit.site.door,
            await people.account(visit.site.door, actor.user),
            current=values["current"],
            new=values["password"],
            about=(actor.name,),
            session=session.id,
            address=visit.address,
        )
    except Invalid as error:
        return {one.place: t.say(one.message) for one in error.problems}
    except PasswordRefused:
        return {"current": t("This is not your present password.")}
    except (TooManyTries, WorkNeeded):
        return {"current": t("Too many tries. Try again in a few minutes or call your centre.")}
    return {}
