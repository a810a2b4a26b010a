"""/patients/{patient}/questionnaires/{response}: answers, scores with what they mean, remarks of the study, versions."""

from collections.abc import Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.form import TextQuestion
from components.markup import back_link, h, join, link_button, note, page_head, tag, typo
from components.rights import rights
from pages.base import Site, Visit
from pages.fields import Fields, ask
from pages.practitioner.record import ROLES, head_of, record_page
from pages.results import results_list
from pages.summary import sent_answers
from portal.access import Permission, Scope, may
from portal.errors import NotFound
from portal.i18n import Texts
from portal.responses import (
    REASONS,
    Answer,
    ReadResponse,
    Validation,
    Version,
    read_response,
    reopen_response,
    results,
    validate_response,
    validation_of,
)
from portal.review import Remark, answer_remark, remarks
from portal.wording import Labels


def register(site: Site) -> None:
    @site.page("/patients/{patient}/questionnaires/{response}", roles=ROLES)
    async def show(visit: Visit, patient: str, response: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        found = await read_response(visit.me, response)
        if found.patient != patient:
            raise NotFound(status=404)
        said = await remarks(visit.me, response) if found.trial else []
        told = await results(visit.me, found)
        validation = await validation_of(visit.me, response)
        with record_page(visit, head, "/questionnaires", css="record-two"):
            with ui.element("div").classes("maincol"):
                block(back_link(t("Questionnaires"), f"/patients/{patient}/questionnaires"))
                lead = t("Sent on {moment}", moment=t.moment(found.at))
                here = f"/patients/{patient}/questionnaires/{response}"
                locked = validation is not None and validation.locked
                correct = "" if locked else link_button(t("Correct an answer"), f"{here}/modifier", "side", "edit")
                buttons = h("{}{}", correct, link_button(t("Save as PDF"), f"{here}/pdf", "side"))
                block(page_head(found.form.title(t.locale), lead, end=buttons, level=2))
                _validation(visit, found, validation)
                if found.alerts:
                    block(join(tag(alert.message(t.locale), "danger", "alert") for alert in found.alerts), "actions")
                block(sent_answers(t, found), "sheet", "section")
                if source := found.form.copyright(t.locale):
                    block(rights(t, source))
            labels = Labels(t, found.form)
            with ui.element("div").classes("sidecol"):
                if told:
                    block(h("<h2>{}</h2>{}", t("Scores"), results_list(t, told)), tag="section")
                if said:
                    _remarks(visit, said)
                block(
                    h("<h2>{}</h2>{}", t("History"), join(_version(t, labels, each) for each in found.versions)),
                    tag="section",
                )


def _validation(visit: Visit, found: ReadResponse, validation: Validation | None) -> None:
    """Who validated the answers, and the button that validates or opens them again, for those who may."""
    t, actor = visit.t, visit.me.actor
    scope = Scope(patient=found.patient, organizations=actor.organizations)
    if validation is not None and validation.locked:
        words = t(
            "Validated by {name} on {moment}: answers are locked.", name=validation.name, moment=t.moment(validation.at)
        )
        block(note(words, "ok", "lock"))
        if may(actor, Permission.RESPONSE_LOCK, scope):
            with ui.element("div").classes("actions"):
                Button(t("Open again to correct"), lambda: _reopen(visit, found), "side", "edit")
        return
    if validation is not None and validation.reason:
        again = t(
            "Opened again by {name} on {moment}: {reason}",
            name=validation.name,
            moment=t.moment(validation.at),
            reason=validation.reason,
        )
        block(note(again, "info"))
    if may(actor, Permission.RESPONSE_VALIDATE, scope):

        async def validate() -> None:
            await validate_response(visit.me, found.id)
            ui.navigate.to(visit.path)

        with ui.element("div").classes("actions"):
            Button(t("Validate the answers"), visit.guard(validate), "side", "check")


def _reopen(visit: Visit, found: ReadResponse) -> None:
    t = visit.t

    async def send(fields: Fields) -> None:
        await reopen_response(visit.me, found.id, reason=fields.text("reason"))

    words = TextQuestion(link_id="reason", text=t("Why"), lines=2, limit=1000, required=True)
    title, verb = t("Open validated answers again"), t("Open again")
    lead = t("Your name, the time and the reason stay in the record.")
    required = {"reason": t("Write the reason in a few words.")}
    ask(visit, title, [words], verb, send, key=f"reopen-{found.id}", lead=lead, required=required)


def _version(t: Texts, labels: Labels, version: Version) -> Markup:
    """Who, when, why, and which answers moved."""
    reason = t(REASONS[version.reason]) if version.reason in REASONS else ""
    why = ", ".join(part for part in (reason, version.text) if part)
    moved = join(
        h(
            "<li>{}<small>{} → {}</small></li>",
            typo(t, known.label(labels) if (known := change.after or change.before) else ""),
            _was(t, change.before),
            _was(t, change.after),
        )
        for change in version.changes
    )
    head = (
        t("Corrected on {moment}", moment=t.moment(version.at))
        if version.changes or reason
        else t("Sent on {moment}", moment=t.moment(version.at))
    )
    who = h('<p class="small muted">{}</p>', version.name) if version.name else ""
    return h(
        '<div class="version"><p class="strong">{}</p>{}<p class="small">{}</p><ul class="plain changes">{}</ul></div>',
        head,
        who,
        why,
        moved,
    )


def _was(t: Texts, answer: Answer | None) -> str:
    return (answer.text(t) if answer is not None else "") or t("No answer")


def _remarks(visit: Visit, said: Sequence[Remark]) -> None:
    """The study's remarks with their threads; one that waits can be answered here."""
    t = visit.t
    with ui.element("section").props("id=remarques"):
        block(t("Remarks of the study"), tag="h2")
        for remark in said:
            lines = join(
                h('<div><p class="who">{} · {}</p><p>{}</p></div>', line.name, t.moment(line.at), line.text)
                for line in remark.lines
            )
            state = (
                tag(t("Waits for an answer"), "warn")
                if remark.status == "open"
                else tag(t("Answered") if remark.live else t("Closed"), "ok")
            )
            block(h('<p>{}</p><div class="thread">{}</div>', state, lines))
            if remark.status == "open":
                Button(t("Answer"), lambda remark=remark: _answer(visit, remark), "side")


def _answer(visit: Visit, remark: Remark) -> None:
    t = visit.t

    async def send(fields: Fields) -> None:
        await answer_remark(visit.me, remark.id, fields.text("text"))

    words = TextQuestion(link_id="text", text=t("Your answer"), lines=4, limit=2000, required=True)
    ask(
        visit,
        t("Answer the remark"),
        [words],
        t("Send"),
        send,
        key=f"remark-{remark.id}",
        required={"text": t("Write a few words.")},
    )
