"""Which centres follow one patient, with their dates: the same lines for a team and for administrators. Nothing clinical."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.dialogs import ConfirmDialog
from components.form import ListQuestion, Option
from components.markup import h, join, unavailable_button
from pages.base import Visit
from pages.fields import Fields, ask
from portal.access import Permission, Scope, may
from portal.i18n import Texts
from portal.people import Centre, Following, follow, unfollow


def following_lines(visit: Visit, patient: str, found: Sequence[Following], centres: Sequence[Centre]) -> None:
    """The centres that follow now, each with the way to end it; the way to add one; those that followed before.

    `centres` are all of them: names are public.
    """
    t = visit.t
    names = {one.id: one.name for one in centres}
    live = [one for one in found if one.until is None]
    for one in live:
        _line(visit, patient, one, names, last=len(live) == 1)
    present = {one.organization for one in live}
    others = {one.id: one.name for one in centres if one.active and one.id not in present}
    if others and may(visit.me.actor, Permission.PATIENT_LINK, Scope(organizations=frozenset(present))):
        with ui.element("div").classes("keepfoot"):
            Button(t("Add a centre that follows"), lambda: _add(visit, patient, others), "side", "plus")
    past = [one for one in found if one.until is not None]
    if past:
        rows = join(h('<li class="keep"><div>{}</div></li>', _said(t, one, names)) for one in past)
        words = t.plural("{n} earlier period", "{n} earlier periods", len(past))
        shape = '<details class="pad" open><summary>{}</summary><ul class="plain rows">{}</ul></details>'
        block(h(shape, words, rows))


def _said(t: Texts, one: Following, names: Mapping[str, str]) -> Markup:
    when = t("since {day}", day=t.day(one.since)) if one.since else ""
    if one.until is not None and one.since is not None:
        when = t("from {start} to {end}", start=t.day(one.since), end=t.day(one.until))
    return h("<b>{}</b><small>{}</small>", names.get(one.organization, "–"), when)


def _line(visit: Visit, patient: str, one: Following, names: Mapping[str, str], *, last: bool) -> None:
    t, name = visit.t, names.get(one.organization, "–")
    here = Scope(patient=patient, organizations=frozenset({one.organization}))
    with ui.element("div").classes("keep"):
        block(_said(t, one, names))
        if not may(visit.me.actor, Permission.PATIENT_UNLINK, here):
            return
        if last:
            block(unavailable_button(t("End it"), t("The last centre stays: add another one first.")), "actions")
            return
        ending = ConfirmDialog(
            t,
            t("End the follow-up at {name}?", name=name),
            t("Its team no longer sees the record, at once. Only a centre that still follows can add it again."),
            t("End the follow-up"),
            visit.guard(lambda: _end(visit, patient, one.organization)),
            key=f"end-{one.organization}",
            danger=True,
        )
        with ui.element("div").classes("actions"):
            Button(t("End it"), ending.open, "quiet", aria_label=t("End the follow-up at {name}", name=name))


async def _end(visit: Visit, patient: str, organization: str) -> None:
    await unfollow(visit.me, patient, organization)
    ui.navigate.to(visit.here)


def _add(visit: Visit, patient: str, others: Mapping[str, str]) -> None:
    t = visit.t
    options = tuple(Option(code=code, text=name) for code, name in others.items())

    async def send(fields: Fields) -> None:
        await follow(visit.me, patient, fields.choice("organization"))

    ask(
        visit,
        t("Add a centre that follows"),
        [ListQuestion(link_id="organization", text=t("Centre"), options=options)],
        t("Add"),
        send,
        key="follow",
        lead=t("Its team sees the whole record from now on. Agree on it with the patient first."),
        required={"organization": t("Choose a centre.")},
    )
