"""/revue/{subject}: one subject's visits, newest first, each with its forms and where their review stands."""

from datetime import date

from markupsafe import Markup

from components.blocks import block
from components.icons import icon
from components.markup import back_link, h, join, page_head, tag
from components.states import empty
from pages.base import Site, Visit
from portal.access import Role, Scope
from portal.acting import Acting
from portal.i18n import N_, Texts
from portal.people import spaced
from portal.trials import SubjectVisit, VisitForm, subject, visits

STATUS = {"planned": N_("Planned"), "in-progress": N_("Open"), "finished": N_("Finished"), "cancelled": N_("Cancelled")}
BADGES = {
    "query": (N_("Open query"), "danger", "alert"),
    "changed": (N_("Answer changed"), "warn", "alert"),
    "not-valid": (N_("Not valid"), "danger", "cross"),
    "to-review": (N_("Being reviewed"), "tint", ""),
    "verified": (N_("Reviewed"), "ok", "check"),
}


def register(site: Site) -> None:
    @site.page("/revue/{subject_id}", roles={Role.ARC})
    async def subject_visits(visit: Visit, subject_id: str) -> None:
        t, me = visit.t, visit.me
        row = await subject(me, subject_id)
        found = await visits(me, subject_id, Scope(patient=row.patient, trials=frozenset({row.trial})))
        trial = t.choose(site.portal.trials[row.trial].title)
        name = t("Subject {fondacode}", fondacode=spaced(row.fondacode))
        with visit.frame(current="/revue", place=t("{trial}, read only", trial=trial)).page(name):
            block(back_link(t("All subjects"), "/revue"))
            block(page_head(name, t("Inclusion {number}, {centre}", number=row.number, centre=row.organization)))
            begun = [one for one in found if one.status != "planned"]
            block(join(_visit(t, me, one, unfolded=one is begun[0]) for one in begun) or _nothing(t), "flow")
            block(_planned(t, [one for one in found if one.status == "planned"]))


def _nothing(t: Texts) -> Markup:
    return empty(t("No visit yet"), t("The first visit appears here once the centre has planned it."))


def _planned(t: Texts, visits_: list[SubjectVisit]) -> Markup:
    if not visits_:
        return Markup()
    rows = join(
        h('<li>{} <span class="muted num">{}</span></li>', one.title, t.day(one.day) if one.day else "")
        for one in sorted(visits_, key=lambda one: one.day or date.max)
    )
    return h('<section class="flow"><h2>{}</h2><ul class="plain">{}</ul></section>', t("Planned visits"), rows)


def _visit(t: Texts, me: Acting, visit: SubjectVisit, *, unfolded: bool) -> Markup:
    """The latest visit stands open; the others open on a press."""
    sent = [form for form in visit.forms if form.status == "completed"]
    reviewed = sum(form.badge == "verified" for form in sent)
    words = t("{n} of {total} forms reviewed", n=reviewed, total=len(sent))
    return h(
        '<details class="sheet sheet-flush"{}><summary class="pad"><h2>{} <span class="muted num">{}</span></h2>'
        '<span class="muted">{}</span></summary><div class="rows">{}</div></details>',
        Markup(" open") if unfolded else "",
        visit.title,
        t.day(visit.day) if visit.day else "",
        f"{t(STATUS.get(visit.status, visit.status))}, {words}",
        join(_form(t, me, form) for form in visit.forms),
    )


def _form(t: Texts, me: Acting, form: VisitForm) -> Markup:
    known = me.catalogue.by_canonical(form.questionnaire)
    title = known.title(t.locale) if known else form.questionnaire
    if form.status == "completed" and form.response:
        words, tone, mark = BADGES.get(form.badge or "", (N_("To review"), "", ""))
        shape = '<a class="task" href="/revue/reponse/{}"><b>{}</b><small>{}</small>{}</a>'
        return h(shape, form.response, title, tag(t(words), tone, mark), icon("next"))
    words = t("Begun, not sent") if form.status == "in-progress" else t("Not received")
    return h('<p class="task muted"><span>{}</span><small>{}</small></p>', title, words)
