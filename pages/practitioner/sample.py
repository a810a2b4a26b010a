"""/patients/{patient}/biologie/nouveau: one sheet a sample, typed through with Tab, refused or written whole."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup
from nicegui import ui

from components.blocks import Button, block, move_focus, set_block
from components.form import ChoiceQuestion, DateQuestion, Option, TextQuestion
from components.markup import attributes, back_link, h, join, page_head
from pages.base import Site, Visit
from pages.practitioner.fields import Fields
from pages.practitioner.record import ROLES, head_of, record_page
from portal.errors import Invalid, Problem, problem
from portal.i18n import N_, Texts
from portal.record import Analyte, Result, add_biology, analytes

PARTS = ("value", "low", "high")
FIRST_OPEN = 3  # groups that are open at first: what is looked at most
NUMBER = N_("Write a number, for example {example}.")


def register(site: Site) -> None:
    @site.page("/patients/{patient}/biologie/nouveau", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        with record_page(visit, head, "/biologie"):
            block(back_link(t("Biology"), f"/patients/{patient}/biologie"))
            block(page_head(t("Add a sample"), t("Leave empty what was not measured."), level=2))
            Sheet(visit, patient)


class Sheet:
    """Date, laboratory, then every analyte; what is typed is kept here, so that a refusal loses nothing."""

    def __init__(self, visit: Visit, patient: str) -> None:
        self.visit, self.t, self.patient = visit, visit.t, patient
        self.sample = visit.me.chance.id()  # one id a sheet: sent twice, written once
        self.typed: dict[str, str] = {}
        self.wrong: dict[str, str] = {}
        t = self.t
        with ui.element("div").classes("sheet samplehead"):
            self.fields = Fields(visit, self._about(), key="sample")
        self.groups = {key: self._group(key, index) for index, key in enumerate(analytes().groups)}
        with ui.element("div").classes("actions"):
            Button(t("Write the results"), self.send)

    async def send(self) -> None:
        """What the button does; tests call it too."""
        self.wrong = {}
        if self.fields.missing({"at": self.t("Write the date.")}):
            return
        if await self.fields.send(self._write):
            ui.navigate.to(f"/patients/{self.patient}/biologie")

    def type(self, name: str, text: str) -> None:
        """What leaving a cell does; tests call it too. Unknown names are ignored."""
        key, _, part = name.partition(".")
        if key in analytes().by_key and part in {*PARTS, "unit"}:
            self.typed[name] = text[:40]

    async def _write(self, fields: Fields) -> None:
        day = fields.day("at")
        fasting = {"yes": True, "no": False}.get(fields.choice("fasting"))
        try:
            found = results(self.typed)
            await add_biology(
                self.visit.me,
                self.patient,
                at=day or self.visit.me.clock.today(),
                results=found,
                fasting=fasting,
                laboratory=fields.text("laboratory"),
                sample=self.sample,
            )
        except Invalid as refusal:
            self._say(refusal.problems)
            raise Invalid([each for each in refusal.problems if each.place not in analytes().by_key]) from None

    def _say(self, problems: list[Problem]) -> None:
        self.wrong = {each.place: self.t.say(each.message) for each in problems if each.place in analytes().by_key}
        for key, made in self.groups.items():
            set_block(made, self._rows(key, shown=True))
        if self.wrong:
            move_focus(f"{next(iter(self.wrong))}-value")

    def _about(self) -> list[Any]:
        t = self.t
        yes_no = (Option(code="yes", text=t("Yes")), Option(code="no", text=t("No")))
        return [
            DateQuestion(link_id="at", text=t("Day of the sample"), latest=self.visit.me.clock.today(), required=True),
            ChoiceQuestion(link_id="fasting", text=t("Fasting"), options=yes_no, chips=True),
            TextQuestion(link_id="laboratory", text=t("Laboratory (optional)")),
        ]

    def _group(self, key: str, index: int) -> ui.html:
        made = block(self._rows(key, shown=index < FIRST_OPEN), "sheet sheet-flush samplegroup", "section")
        made.on("change", lambda event: self._changed(event.args), js_handler=CHANGED)
        return made

    def _changed(self, sent: object) -> None:
        if isinstance(sent, list) and len(sent) == 2 and all(isinstance(each, str) for each in sent):
            self.type(*sent)

    def _rows(self, group: str, *, shown: bool) -> Markup:
        t = self.t
        rows = join(self._row(each) for each in analytes().by_key.values() if each.group == group)
        heads = join(h("<span>{}</span>", words) for words in (t("Value"), t("Unit"), t("Low"), t("High")))
        shape = '<details{}><summary>{}</summary><div class="samplerow samplenames" aria-hidden="true"><span></span>{}</div>{}</details>'
        return h(shape, Markup(" open") if shown else "", analytes().groups[group].text(t.locale), heads, rows)

    def _row(self, analyte: Analyte) -> Markup:
        t, key, error = self.t, analyte.key, self.wrong.get(analyte.key, "")
        name = analyte.label.text(t.locale)
        labels = {
            "value": name,
            "low": t("{name}, lower limit", name=name),
            "high": t("{name}, upper limit", name=name),
        }
        cells = {part: self._cell(key, part, labels[part], error) for part in PARTS}
        said = h('<p class="error" id="{}-error">{}</p>', key, error) if error else ""
        return h(
            '<div class="samplerow"><label for="{}-value">{}</label>{}{}{}{}{}</div>',
            key,
            name,
            cells["value"],
            self._unit(t, analyte),
            cells["low"],
            cells["high"],
            said,
        )

    def _cell(self, key: str, part: str, label: str, error: str) -> Markup:
        return h(
            "<input{}>",
            attributes(
                {
                    "class": "input input-number",
                    "id": f"{key}-{part}",
                    "name": f"{key}.{part}",
                    "value": self.typed.get(f"{key}.{part}", ""),
                    "inputmode": "decimal",
                    "autocomplete": "off",
                    "aria-label": "" if part == "value" else label,
                    "aria-invalid": "true" if error else "",
                    "aria-describedby": f"{key}-error" if error else "",
                }
            ),
        )

    def _unit(self, t: Texts, analyte: Analyte) -> Markup:
        if not analyte.also:
            return h('<span class="muted">{}</span>', analyte.shown)
        chosen = self.typed.get(f"{analyte.key}.unit", analyte.unit)
        options = join(
            h("<option{}>{}</option>", attributes({"value": unit, "selected": unit == chosen}), shown)
            for unit, shown in ((analyte.unit, analyte.shown), *((each, each) for each in analyte.also))
        )
        label = t("{name}, unit", name=analyte.label.text(t.locale))
        return h('<select class="input" name="{}.unit" aria-label="{}">{}</select>', analyte.key, label, options)


CHANGED = "(event) => event.target.name && emit([event.target.name, event.target.value])"


def results(typed: Mapping[str, str]) -> list[Result]:
    """What was typed as results; cells without a value are left out. Raises `Invalid` by analyte."""
    wrong: list[Problem] = []
    found: list[Result] = []
    for key in analytes().by_key:
        if not typed.get(f"{key}.value", "").strip():
            continue
        comparator, numbers = "", {}
        for part in PARTS:
            text = typed.get(f"{key}.{part}", "").strip()
            if part == "value" and text[:1] in "<>":
                comparator, text = text[0], text[1:]
            try:
                numbers[part] = number(text)
            except InvalidOperation:
                wrong.append(problem(key, NUMBER, example="72,5"))
        if (value := numbers.get("value")) is not None:
            unit = typed.get(f"{key}.unit") or None
            bounds = {"low": numbers.get("low"), "high": numbers.get("high")}
            found.append(Result(code=key, value=value, unit=unit, comparator=comparator, **bounds))
    if wrong:
        raise Invalid(wrong)
    return found


def number(text: str) -> Decimal | None:
    """Decimal comma or point; None when empty. Raises `InvalidOperation`."""
    plain = re.sub(r"\s", "", text).replace(",", ".")
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", plain):
        raise InvalidOperation
    return Decimal(plain)
