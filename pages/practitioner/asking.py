"""Asking for a questionnaire: which one, until when."""

from components.form import DateQuestion, ListQuestion, Option
from pages.base import Visit
from pages.fields import Fields, ask
from portal.i18n import N_
from portal.people import PatientSummary
from portal.responses import assign

KINDS = {
    "auto": N_("patient"),
    "hetero": N_("team"),
    "social": N_("patient"),
    "clinical-document": N_("team"),
    "neuropsy": N_("team"),
}


def ask_for(visit: Visit, head: PatientSummary) -> None:
    """Opens the dialog. Auto and social forms go to the patient, the others to the team."""
    t, locale = visit.t, visit.t.locale
    forms = sorted(visit.me.catalogue, key=lambda form: form.title(locale).casefold())
    options = tuple(
        Option(code=form.code, text=f"{form.title(locale)} ({t(KINDS.get(form.category, 'team'))})") for form in forms
    )
    items = [
        ListQuestion(link_id="questionnaire", text=t("Questionnaire"), options=options, required=True),
        DateQuestion(link_id="due", text=t("To fill before (optional)"), earliest=visit.me.clock.today()),
    ]

    async def send(fields: Fields) -> None:
        form = visit.me.catalogue.by_code(fields.choice("questionnaire"))
        by_patient = form is not None and KINDS.get(form.category) == "patient"
        await assign(
            visit.me,
            patient=head.id,
            questionnaire=fields.choice("questionnaire"),
            due=fields.day("due"),
            filled_by="patient" if by_patient else "staff",
        )

    required = {"questionnaire": t("Choose a questionnaire.")}
    title = t("Ask {name} for a questionnaire", name=head.given)
    ask(visit, title, items, t("Ask"), send, key="assign", required=required)
