"""The top of every page of a record: who the patient is, what must be seen, the four tabs."""

from collections.abc import Iterator
from contextlib import contextmanager

from markupsafe import Markup
from nicegui import ui

from components.blocks import block
from components.markup import facts, h, join, link_button, tag
from pages.base import Visit
from pages.practitioner.words import alert_words, birth, sex, study_words
from portal.access import CARE_ROLES
from portal.errors import NotFound, Refused
from portal.i18n import N_, Texts
from portal.people import PatientSummary, patient_summary, spaced, spoken_phone

ROLES = CARE_ROLES
TABS = (
    ("", N_("Overview")),
    ("/traitements", N_("Treatments")),
    ("/biologie", N_("Biology")),
    ("/questionnaires", N_("Questionnaires")),
)

# On a phone the tabs are wider than the screen.
TO_CURRENT_TAB = "document.querySelector('.tabs [aria-current]')?.scrollIntoView({inline: 'center', block: 'nearest'})"


async def head_of(visit: Visit, patient: str) -> PatientSummary:
    """Who it is, or the one sentence that says nothing about the patient."""
    try:
        return await patient_summary(visit.me, patient)
    except Refused as refusal:
        raise Refused(refusal.reason, N_("This record is not in your centres.")) from None
    except NotFound:
        raise Refused("patient:read-identity: not-found", N_("This record is not in your centres.")) from None


@contextmanager
def record_page(visit: Visit, head: PatientSummary, tab: str, *, css: str = "") -> Iterator[ui.element]:
    """The frame of a record with its bar; the `with` block fills what is under it. `tab` is the end of its address."""
    t = visit.t
    name = next(t(words) for end, words in TABS if end == tab)
    place = ", ".join(centre.city for centre in head.centres)
    with visit.frame(current="/patients", place=place).page(f"{head.given} {head.family}, {name}", width="bare"):
        block(h("<div>{}</div>", bar(t, visit, head, tab)), "patientbar clinic")
        with ui.element("div").classes(f"frame frame-wide record {css}") as under:
            visit.errors_here()
            yield under
        ui.run_javascript(TO_CURRENT_TAB)


def bar(t: Texts, visit: Visit, head: PatientSummary, tab: str) -> Markup:
    here = f"/patients/{head.id}"
    glance = head.glance
    alert = Markup()
    if glance.alert is not None:
        words = alert_words(t, visit.me.catalogue, glance.alert.rule, glance.alert.text)
        more = tag(t("+ {n}", n=glance.alerts - 1), "danger") if glance.alerts > 1 else Markup()
        alert = h('<a class="plainlink" href="{}#a-lire">{}{}</a>', here, tag(words, "danger", "alert"), more)
    ask = link_button(t("Ask for a questionnaire"), f"{here}/questionnaires?demander=1", "side", "plus")
    ask = Markup() if tab == "/questionnaires" else ask  # that page has its own
    tabs = join(
        h(
            '<a href="{}{}"{}>{}</a>',
            here,
            end,
            Markup(' aria-current="page"') if end == tab else Markup(),
            t(words),
        )
        for end, words in TABS
    )
    return h(
        '<div class="patientline"><h1 tabindex="-1" data-focus>{} <span>{}</span></h1>{}'
        '<span class="end only-wide actions">{}</span></div>{}<nav class="tabs" aria-label="{}">{}</nav>',
        head.family,
        head.given,
        alert,
        ask,
        facts(_facts(visit, head)),
        t("Record of {name}", name=f"{head.given} {head.family}"),
        tabs,
    )


def _facts(visit: Visit, head: PatientSummary) -> dict[str, str | Markup]:
    t = visit.t
    found: dict[str, str | Markup] = {}
    if head.birth_date is not None:
        found[birth(t, head.gender)] = t(
            "{day} ({age} years old)", day=t.day(head.birth_date), age=head.age if head.age is not None else "?"
        )
    found[t("Sex")] = sex(t, head.gender)
    found["Fondacode"] = spaced(head.fondacode)
    if head.glance.trials:
        found[t("Study")] = ", ".join(study_words(visit, trial, head.glance) for trial in head.glance.trials)
    if head.phone:
        found[t("Telephone")] = spoken_phone(head.phone)
    label = t("Centre") if len(head.centres) == 1 else t("Centres")
    places = ", ".join(centre.city for centre in head.centres)
    found[label] = h('<a href="/patients/{}/centres">{}</a>', head.id, places or t("none"))
    return found
