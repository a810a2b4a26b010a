"""/patients/{patient}/biologie/nouveau: one sheet a sample, typed through with Tab, refused or written whole."""

from typing import Any

from nicegui import ui

from components.blocks import Button, block, move_focus, set_block
from components.form import ChoiceQuestion, DateQuestion, Option, TextQuestion
from components.markup import back_link, page_head
from pages.base import Site, Visit
from pages.fields import Fields
from pages.practitioner.cells import Cells, results
from pages.practitioner.record import ROLES, head_of, record_page
from portal.errors import Invalid, Problem
from portal.record import add_biology, analytes

FIRST_OPEN = 3  # groups that are open at first: what is looked at most


def register(site: Site) -> None:
    @site.page("/patients/{patient}/biologie/nouveau", roles=ROLES)
    async def show(visit: Visit, patient: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        with record_page(visit, head, "/biologie"):
            block(back_link(t("Biology"), f"/patients/{patient}/biologie"))
            block(page_head(t("Add a sample"), t("Leave empty what was not measured."), level=2))
            Sheet(visit, patient)


class Sheet(ui.element):
    """Date, laboratory, then every analyte; what is typed is kept here, so that a refusal loses nothing."""

    def __init__(self, visit: Visit, patient: str) -> None:
        super().__init__("div")
        self.classes("flow")
        self.visit, self.t, self.patient = visit, visit.t, patient
        self.sample = visit.me.chance.id()  # one id a sheet: sent twice, written once
        self.cells = Cells(t=visit.t)
        with self:
            with ui.element("div").classes("sheet samplehead"):
                self.fields = Fields(visit, self._about(), key="sample")
            self.groups = {key: self._group(key, index) for index, key in enumerate(analytes().groups)}
            with ui.element("div").classes("actions"):
                Button(self.t("Write the results"), self.send)

    async def send(self) -> None:
        """What the button does; tests call it too."""
        self.cells.wrong = {}
        if self.fields.missing({"at": self.t("Write the date.")}):
            return
        if await self.fields.send(self._write):
            ui.navigate.to(f"/patients/{self.patient}/biologie")

    async def _write(self, fields: Fields) -> None:
        day = fields.day("at")
        fasting = {"yes": True, "no": False}.get(fields.choice("fasting"))
        try:
            found = results(self.cells.typed)
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
        self.cells.wrong = {
            each.place: self.t.say(each.message) for each in problems if each.place in analytes().by_key
        }
        for key, made in self.groups.items():
            set_block(made, self.cells.group(key, shown=True))
        if self.cells.wrong:
            move_focus(f"{next(iter(self.cells.wrong))}-value")

    def _about(self) -> list[Any]:
        t = self.t
        yes_no = (Option(code="yes", text=t("Yes")), Option(code="no", text=t("No")))
        return [
            DateQuestion(link_id="at", text=t("Day of the sample"), latest=self.visit.me.clock.today(), required=True),
            ChoiceQuestion(link_id="fasting", text=t("Fasting"), options=yes_no, chips=True),
            TextQuestion(link_id="laboratory", text=t("Laboratory (optional)")),
        ]

    def _group(self, key: str, index: int) -> ui.html:
        made = block(self.cells.group(key, shown=index < FIRST_OPEN), "sheet sheet-flush samplegroup", "section")
        made.on("change", lambda event: self._changed(event.args), js_handler=CHANGED)
        return made

    def _changed(self, sent: object) -> None:
        if isinstance(sent, list) and len(sent) == 2 and all(isinstance(each, str) for each in sent):
            self.cells.type(*sent)


CHANGED = "(event) => event.target.name && emit([event.target.name, event.target.value])"
