"""The gestures on treatments: add a line, change its dose, stop it, say that it was a mistake."""

from collections.abc import Callable

from components.form import DateQuestion, ListQuestion, NumberQuestion, Option, TextQuestion
from pages.base import Visit
from pages.fields import Fields, ask
from portal.i18n import Texts
from portal.record import (
    STOP_REASONS,
    Treatment,
    add_treatment,
    change_dose,
    parse_dosage,
    psychotropics,
    stop_treatment,
    withdraw_treatment,
)

Action = Callable[[], None]


def add(visit: Visit, patient: str) -> None:
    t = visit.t
    known = psychotropics().substances
    names = (*(each.name for each in known), *(brand for each in known for brand in each.brands))
    items = [
        TextQuestion(link_id="name", text=t("Drug"), hint=t("Substance or brand"), suggestions=names, required=True),
        _dosage(t),
        _strength(t),
        _date(visit, "start", t("Since")),
        TextQuestion(link_id="indication", text=t("For what (optional)")),
    ]

    async def send(fields: Fields) -> None:
        day = fields.day("start")
        assert day is not None
        await add_treatment(
            visit.me,
            patient,
            name=fields.text("name"),
            dosage=fields.text("dosage"),
            start=day,
            strength_mg=fields.number("strength"),
            indication=fields.text("indication"),
        )

    required = {"name": t("Write the name of the drug."), "dosage": _ask_dosage(t), "start": t("Write the date.")}
    ask(visit, t("Add a treatment"), items, t("Add"), send, key="add-drug", required=required, echo=understood)


def change(visit: Visit, line: Treatment) -> None:
    t = visit.t
    items = [_dosage(t), _strength(t), _date(visit, "on", t("From"), value=visit.me.clock.today().isoformat())]

    async def send(fields: Fields) -> None:
        day = fields.day("on")
        assert day is not None
        strength = fields.number("strength")
        await change_dose(visit.me, line.id, dosage=fields.text("dosage"), on=day, strength_mg=strength)

    required = {"dosage": _ask_dosage(t), "on": t("Write the date.")}
    title = t("Change the dose of {drug}", drug=line.name)
    lead = t("Now: {dosage}. This line ends that day and another begins.", dosage=line.dosage)
    key = f"change-{line.id}"
    ask(visit, title, items, t("Change"), send, key=key, required=required, lead=lead, echo=understood)


def stop(visit: Visit, line: Treatment) -> None:
    t = visit.t
    reasons = tuple(Option(code=code, text=t(words)) for code, words in STOP_REASONS.items())
    items = [
        _date(visit, "on", t("Last day"), value=visit.me.clock.today().isoformat()),
        ListQuestion(link_id="reason", text=t("Why"), options=reasons, required=True),
        TextQuestion(link_id="note", text=t("Note (optional)"), lines=2, limit=1000),
    ]

    async def send(fields: Fields) -> None:
        day = fields.day("on")
        assert day is not None
        await stop_treatment(visit.me, line.id, on=day, reason=fields.choice("reason"), note=fields.text("note"))

    required = {"on": t("Write the date."), "reason": t("Choose a reason.")}
    ask(visit, t("Stop {drug}", drug=line.name), items, t("Stop"), send, key=f"stop-{line.id}", required=required)


def withdraw(visit: Visit, line: Treatment) -> None:
    t = visit.t
    items = [TextQuestion(link_id="why", text=t("Why it was a mistake"), required=True)]

    async def send(fields: Fields) -> None:
        await withdraw_treatment(visit.me, line.id, why=fields.text("why"))

    title = t("{drug}: entered by mistake", drug=line.name)
    lead = t("The line leaves the lists and the charts. It stays in the history of the record.")
    required = {"why": t("Write why this line was a mistake.")}
    ask(visit, title, items, t("Take it out"), send, key=f"out-{line.id}", required=required, lead=lead)


def _dosage(t: Texts) -> TextQuestion:
    hint = t("As you would write it: 1-0-2, 500 mg matin et soir, 100 mg toutes les 4 semaines, si besoin")
    return TextQuestion(link_id="dosage", text=t("Dosage"), hint=hint, required=True)


def _strength(t: Texts) -> NumberQuestion:
    return NumberQuestion(link_id="strength", text=t("Strength of one tablet or ampoule (optional)"), unit="mg")


def _date(visit: Visit, name: str, words: str, value: str = "") -> DateQuestion:
    return DateQuestion(link_id=name, text=words, value=value, latest=visit.me.clock.today(), required=True)


def _ask_dosage(t: Texts) -> str:
    return t("Write the dosage, such as 500 mg morning and evening.")


def understood(fields: Fields) -> str:
    """What the portal makes of the dosage, said while it is written."""
    t, text = fields.t, fields.text("dosage")
    if not text:
        return ""
    daily = parse_dosage(text).daily_mg(fields.number("strength"))
    if daily is None:
        return t("Kept as written. No daily dose can be worked out.")
    return t("Understood: {mg} mg a day.", mg=t.number(daily))
