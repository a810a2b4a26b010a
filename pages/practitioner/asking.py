"""Asking for a questionnaire: which one, until when."""

from components.form import DateQuestion, ListQuestion, Option
from pages.base import Visit
from pages.fields import Fields, ask
from portal.i18n import N_
from portal.people import PatientSummary
from portal.responses import assign
from portal.sdc import Form

WHO = {"patient": N_("patient"), "staff": N_("team")}


def ask_for(visit: Visit, head: PatientSummary) -> None:
    """Opens the dialog. A form that the patient or the team may fill in is offered to each."""
    t, locale = visit.t, visit.t.locale
    forms = sorted(visit.me.catalogue, key=lambda form: form.title(locale).casefold())
    options = tuple(
        Option(code=f"{form.code}:{who}", text=f"{form.title(locale)} ({t(WHO[who])})")
        for form in forms
        for who in _fillers(form)
    )
    items = [
        ListQuestion(link_id="questionnaire", text=t("Questionnaire"), options=options, required=True),
        DateQuestion(link_id="due", text=t("To fill before (optional)"), earliest=visit.me.clock.today()),
    ]

    async def send(fields: Fields) -> None:
        questionnaire, _, who = fields.choice("questionnaire").partition(":")
        await assign(
            visit.me,
            patient=head.id,
            questionnaire=questionnaire,
            due=fields.day("due"),
            filled_by="patient" if who == "patient" else "staff",
        )

    required = {"questionnaire": t("Choose a questionnaire.")}
    title = t("Ask {name} for a questionnaire", name=head.given)
    ask(visit, title, items, t("Ask"), send, key="assign", required=required)


def _fillers(form: Form) -> tuple[str, ...]:
    """Whom its audience names; a form that names nobody goes by its category."""
    named = form.audience or ("patient" if form.category in {"auto", "social"} else "professional",)
    return tuple(who for who, audience in (("patient", "patient"), ("staff", "professional")) if audience in named)
