"""/patients: everybody followed in one's centres, a page at a time, found by name or Fondacode."""

from markupsafe import Markup

from components.blocks import block
from components.markup import h, link_button, meter, page_head, tag
from components.tables import Cell, Column, Filter, Page, PagedList, Query
from pages.base import Site, Visit
from pages.practitioner.record import ROLES
from pages.practitioner.words import alert_words, coming, score_words, sex, study_words
from portal.access import Permission, Scope, may
from portal.i18n import Texts
from portal.people import PAGE, PatientRow, find_patients, own_centres, spaced, trials_followed


def register(site: Site) -> None:
    @site.page("/patients", roles=ROLES)
    async def patients(visit: Visit) -> None:
        t, acting = visit.t, visit.me
        centres = await own_centres(acting)
        studies = await trials_followed(acting)
        place = ", ".join(centre.city for centre in centres)
        with visit.frame(current="/patients", place=place).page(t("Patients")):
            new = may(acting.actor, Permission.PATIENT_CREATE, Scope(organizations=acting.actor.organizations))
            button = link_button(t("New patient"), "/patients/nouveau", mark="plus") if new else None
            block(page_head(t("Patients"), t("Everybody followed at: {places}", places=place), end=button))
            every = Filter(name="trial", label=t("Study"), options={"": t("All")} | studies)
            order = {
                "name": t("Name"),
                "age": t("Youngest first"),
                "-age": t("Oldest first"),
                "recent": t("Record changed recently"),
            }
            listed = PagedList(
                t,
                columns(t),
                Loading(visit),
                caption=t("Patients of your centres"),
                search_label=t("Name or Fondacode"),
                filters=[every, Filter(name="sort", label=t("Sort by"), options=order)],
                nothing=(
                    t("No patient found"),
                    t("Check the spelling, or try a part of the name or of the Fondacode."),
                ),
            )
            await listed.start()


def columns(t: Texts) -> list[Column]:
    return [
        Column(head=t("Patient"), lead=True, full=True),
        Column(head="Fondacode", wide_only=True),
        Column(head=t("Study, visit")),
        Column(head=t("Questionnaires")),
        Column(head=t("Last score")),
        Column(head=t("Next visit")),
    ]


class Loading:
    """Asks for the pages of one look at the list. The server's links to next pages stay here: they hold what was typed."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.links: dict[int, str] = {}
        self.asked: tuple[str, str, str] | None = None

    async def __call__(self, query: Query) -> Page:
        asked = (query.search, query.filters["trial"], query.filters["sort"])
        if asked != self.asked:
            self.asked, self.links = asked, {}
        found = await find_patients(
            self.visit.me,
            text=query.search,
            trial=query.filters["trial"] or None,
            sort=query.filters["sort"],
            page_link=self.links.get(query.page),
        )
        if found.next_link is not None:
            self.links[query.page + 1] = found.next_link
        return Page(rows=tuple(row(self.visit, each) for each in found.rows), total=found.total, size=PAGE)


def row(visit: Visit, patient: PatientRow) -> tuple[Cell, ...]:
    t, catalogue, glance = visit.t, visit.me.catalogue, patient.glance
    alert = Markup()
    if glance.alert is not None:
        words = alert_words(t, catalogue, glance.alert.rule, glance.alert.text)
        more = tag(f"+ {glance.alerts - 1}", "danger") if glance.alerts > 1 else ""
        alert = h("<br>{} {}", tag(words, "danger", "alert"), more)
    years = t("{age} years old", age=patient.age) if patient.age is not None else ""
    who = h(
        '<a class="name" href="/patients/{}">{} {}</a> <span class="muted num rowname">{}</span>{}',
        patient.id,
        patient.family,
        patient.given,
        ", ".join(part for part in (sex(t, patient.gender), years) if part),
        alert,
    )
    studies = ", ".join(study_words(visit, trial, glance) for trial in glance.trials)
    none = h('<span class="muted">{}</span>', t("No score yet"))
    return (
        who,
        h('<span class="num muted nowrap">{}</span>', spaced(patient.fondacode)),
        studies or h('<span class="muted">–</span>'),
        meter(glance.done, glance.asked) if glance.asked else h('<span class="muted">–</span>'),
        score_words(t, catalogue, glance.score) if glance.score is not None else none,
        h(
            '<span class="num nowrap">{}</span>',
            coming(t, glance.visit.on, visit.me.clock.today()) if glance.visit else "–",
        ),
    )
