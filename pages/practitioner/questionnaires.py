"""/patients/{patient}/questionnaires: what is asked, what was sent by kind, documents; ask for one more."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block
from components.icons import icon
from components.markup import h, join, link_button, page_head, tag
from pages.base import Site, Visit
from pages.practitioner import asking
from pages.practitioner.record import ROLES, head_of, record_page
from pages.practitioner.words import scored
from portal.i18n import N_, Texts
from portal.people import PatientSummary
from portal.record import Document, documents
from portal.responses import ResponseRow, State, TodoItem, responses_of, todo

CATEGORIES = (
    (
        "auto",
        N_("Filled by the patient"),
        N_("Nothing sent yet: what the patient answers appears here with its scores."),
    ),
    ("hetero", N_("Filled by a professional"), N_("Nothing yet: ratings by the team appear here.")),
    ("social", N_("Social"), N_("Nothing yet: the social form appears here once it is filled.")),
    (
        "clinical-document",
        N_("Clinical documents"),
        N_("No document yet: clinical forms, letters and reports appear here."),
    ),
)
OTHERS = {"neuropsy": "hetero"}
SHOWN = 12  # the latest of each kind; the others under one heading that opens


def register(site: Site) -> None:
    @site.page("/patients/{patient}/questionnaires", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t, acting = visit.t, visit.me
        head = await head_of(visit, patient)
        asked = [item for item in await todo(acting, patient=patient) if item.state in {State.NEW, State.STARTED}]
        sent = await responses_of(acting, patient)
        files = await documents(acting, patient)
        with record_page(visit, head, "/questionnaires"):
            with ui.element("div").classes("headrow"):
                block(page_head(t("Questionnaires"), t("Asked, filled, and what they say."), level=2))
                with ui.element("div").classes("actions"):
                    Button(t("Ask for a questionnaire"), lambda: asking.ask_for(visit, head), mark="plus")
                    block(link_button(t("Ask a relative"), f"/patients/{patient}/proches", "side"))
            waiting(visit, head, asked)
            for category, title, nothing in CATEGORIES:
                rows = [row for row in sent if OTHERS.get(row.form.category, row.form.category) == category]
                letters = files if category == "clinical-document" else []
                block(
                    kind(visit, head, rows, letters, t(title), t(nothing)), "sheet sheet-flush", "section", id=category
                )
        if visit.query.get("demander"):
            asking.ask_for(visit, head)


def waiting(visit: Visit, head: PatientSummary, asked: Sequence[TodoItem]) -> None:
    t = visit.t
    title = h('<h3 class="pad-head">{}</h3>', t("To fill"))
    if not asked:
        block(h('{}<p class="pad soft">{}</p>', title, t("Nothing is asked now.")), "sheet sheet-flush", "section")
        return
    rows = join(_asked(visit, head, item) for item in asked)
    block(h('{}<div class="rows">{}</div>', title, rows), "sheet sheet-flush", "section")


def _asked(visit: Visit, head: PatientSummary, item: TodoItem) -> Markup:
    t = visit.t
    mine = item.asked.filled_by == "staff"
    due = t("before {day}", day=t.day(item.asked.due)) if item.asked.due else ""
    fillers = {
        "staff": t("to fill by the team"),
        "patient": t("to fill by the patient"),
        "relative": t("to fill by a relative"),
    }
    who = fillers[item.asked.filled_by]
    begun = tag(t("Started"), "tint") if item.state is State.STARTED else ""
    late = tag(t("Late"), "warn") if item.overdue else ""
    words = ", ".join(part for part in (who, due) if part)
    inside = h("<b>{}</b><small>{} {} {}</small>", item.form.title(visit.t.locale), words, begun, late)
    if mine:
        return h('<a class="task" href="/patients/{}/remplir/{}">{}{}</a>', head.id, item.task, inside, icon("next"))
    return h('<div class="task">{}</div>', inside)


def kind(
    visit: Visit, head: PatientSummary, rows: Sequence[ResponseRow], files: Iterable[Document], title: str, nothing: str
) -> Markup:
    """One kind of form: the latest sent first, each leading to its answers."""
    t = visit.t
    heading = h('<h3 class="pad-head">{}</h3>', title)
    listed = [_sent(visit, head, row) for row in rows] + [_document(t, each) for each in files]
    if not listed:
        return h('{}<p class="pad soft">{}</p>', heading, nothing)
    more = Markup()
    if len(listed) > SHOWN:
        words = t.plural("{n} older one", "{n} older ones", len(listed) - SHOWN)
        more = h(
            '<details class="pad"><summary>{}</summary><div class="rows">{}</div></details>',
            words,
            join(listed[SHOWN:]),
        )
    return h('{}<div class="rows">{}</div>{}', heading, join(listed[:SHOWN]), more)


def _sent(visit: Visit, head: PatientSummary, row: ResponseRow) -> Markup:
    t, catalogue = visit.t, visit.me.catalogue
    changed = tag(t("Corrected"), "info") if row.status == "amended" else ""
    given = join(scored(t, catalogue, each.code, each.value) for each in row.scores[:1])
    if not given and any(score.main for score in row.form.scores):
        given = h('<span class="muted">{}</span>', t("No score: answers are missing"))
    return h(
        '<a class="task sent" href="/patients/{}/questionnaires/{}"><b>{}</b><small>{} {}</small><span class="given">{}</span></a>',
        head.id,
        row.id,
        row.form.title(t.locale),
        t.day(row.at),
        changed,
        given,
    )


def _document(t: Texts, document: Document) -> Markup:
    words = ", ".join(part for part in (t.day(document.at) if document.at else "", document.author) if part)
    name = document.title or t("Document")
    shape = '<a class="task" href="/fichiers/{}" target="_blank" rel="noopener"><b>{}</b><small>{}</small></a>'
    return h(shape, document.id, name, words)
