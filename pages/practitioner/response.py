"""/patients/{patient}/questionnaires/{response}: answers, scores with what they mean, remarks of the study, versions."""

from collections.abc import Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.form import TextQuestion
from components.markup import back_link, band, h, join, link_button, page_head, tag, typo
from pages.base import Site, Visit
from pages.fields import Fields, ask
from pages.practitioner.record import ROLES, head_of, record_page
from pages.summary import answers_list
from portal.errors import NotFound
from portal.i18n import Texts
from portal.responses import REASONS, Answer, ReadResponse, Version, read_response
from portal.review import Remark, answer_remark, remarks
from portal.sdc import ScoreResult


def register(site: Site) -> None:
    @site.page("/patients/{patient}/questionnaires/{response}", roles=ROLES)
    async def show(visit: Visit, patient: str, response: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        found = await read_response(visit.me, response)
        if found.patient != patient:
            raise NotFound(status=404)
        said = await remarks(visit.me, response) if found.trial else []
        with record_page(visit, head, "/questionnaires", css="record-two"):
            with ui.element("div").classes("maincol"):
                block(back_link(t("Questionnaires"), f"/patients/{patient}/questionnaires"))
                button = link_button(
                    t("Correct an answer"), f"/patients/{patient}/questionnaires/{response}/modifier", "side", "edit"
                )
                lead = t("Sent on {moment}", moment=t.moment(found.at))
                block(page_head(found.form.title(t.locale), lead, end=button, level=2))
                if found.alerts:
                    block(join(tag(alert.message(t.locale), "danger", "alert") for alert in found.alerts), "actions")
                block(_answers(t, found), "sheet", "section")
            with ui.element("div").classes("sidecol"):
                if found.scores:
                    block(
                        h("<h2>{}</h2>{}", t("Scores"), join(_score(t, each) for each in found.scores)), tag="section"
                    )
                if said:
                    _remarks(visit, said)
                block(
                    h("<h2>{}</h2>{}", t("History"), join(_version(t, each) for each in found.versions)), tag="section"
                )


def _answers(t: Texts, found: ReadResponse) -> Markup:
    """By section, in the order of the form."""
    parts: list[Markup] = []
    for section in found.form.sections:
        rows = [_row(t, each) for each in found.answers if each.section == section.index]
        if rows:
            title = h("<h3>{}</h3>", typo(t, section.title(t.locale))) if len(found.form.sections) > 1 else ""
            parts.append(h("{}{}", title, answers_list(t, iter(rows))))
    return join(parts)


def _row(t: Texts, answer: Answer) -> tuple[str, str]:
    return f"{answer.item.prefix} {answer.item.text(t.locale)}".strip(), answer.text(t)


def _score(t: Texts, score: ScoreResult) -> Markup:
    """Never a number alone: its scale, its band in words and what the instrument says of it."""
    definition, found = score.definition, score.band
    if score.value is None:
        words = h(
            '<p class="soft">{}</p>',
            t.plural("Not computed: {n} answer is missing.", "Not computed: {n} answers are missing.", score.missing),
        )
        return h('<div class="scorecard"><h3>{}</h3>{}</div>', definition.title(t.locale), words)
    scale = t("out of {high}", high=t.number(definition.high)) if definition.high is not None else ""
    line = h(
        '<p><b class="big num">{}</b> <span class="muted">{}</span> {}</p>',
        t.number(score.value),
        scale,
        band(found.level, found.label(t.locale)) if found else "",
    )
    meaning = found.interpretation(t.locale) if found else ""
    return h(
        '<div class="scorecard"><h3>{}</h3>{}<p class="small soft">{}</p></div>',
        definition.title(t.locale),
        line,
        typo(t, meaning),
    )


def _version(t: Texts, version: Version) -> Markup:
    """Who, when, why, and which answers moved."""
    reason = t(REASONS[version.reason]) if version.reason in REASONS else ""
    why = ", ".join(part for part in (reason, version.text) if part)
    moved = join(
        h(
            "<li>{}<small>{} → {}</small></li>",
            typo(t, _label(t, change.after or change.before)),
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


def _label(t: Texts, answer: Answer | None) -> str:
    return answer.item.text(t.locale) if answer is not None else ""


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
