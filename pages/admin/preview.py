"""/apercu: an author tries a form, from the catalogue or a file: fill it, see what it computes and what it would give.

Nothing is stored; the response can be saved as a file by the person.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fastapi import Request, Response, UploadFile
from fastapi.responses import JSONResponse
from markupsafe import Markup
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from components.blocks import Button, block, move_focus, set_block
from components.form import ChoiceQuestion, ListQuestion, NumberQuestion, Option, build_item
from components.markup import h, join, link_button, note, page_head, tag
from pages.admin.frame import admin_page
from pages.base import Site, Visit
from pages.forms import FormScreen
from pages.trying import Trying
from portal.access import Role
from portal.authoring import AuthoringError
from portal.errors import Invalid, PortalError
from portal.files import MOST, kind_of
from portal.i18n import Texts
from portal.responses import Fictitious, Outcome, Trial, outcome_of, try_form

ROLES = frozenset({Role.ADMIN})
LONGEST_FILE = 900_000  # characters: what the page's socket takes at once


def register(site: Site) -> None:
    @site.page("/apercu", roles=ROLES)
    async def preview(visit: Visit) -> None:
        t = visit.t
        with admin_page(visit, t("Preview of a questionnaire"), "/etudes", tab="/apercu"):
            lead = t("Try a questionnaire as its readers will see it. Nothing is kept.")
            block(page_head(t("Preview of a questionnaire"), lead))
            Preview(visit)

    @site.route("/apercu/fichier", methods=["POST"])
    async def file(request: Request, file: UploadFile) -> Response:
        """Looks at a file and forgets it: what a trial keeps of it is its kind, size and name."""
        t = site.texts(request)
        try:
            await site.visit(request, ROLES)
        except PortalError as error:
            return JSONResponse({"error": t.say(error.message)}, status_code=403)
        content = await file.read(MOST + 1)
        kind = kind_of(content)
        if kind is None or len(content) > MOST:
            words = t("This kind of file is not accepted. Send a PDF or a picture.")
            return JSONResponse({"error": words}, status_code=422)
        return JSONResponse({"key": f"{kind}|{len(content)}|{(file.filename or '')[:80]}"})


class Preview(ui.element):
    """The choice of a form, then the form beside what it makes of the answers."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("div")
        self.classes("flow-l")
        self.visit, self.t = visit, visit.t
        self.code, self.patient, self.about = "", True, Fictitious()
        self.trial: Trial | None = None
        self.begun = object()  # the latest demand for a form: an earlier one that is answered later is not shown
        with self:
            with ui.element("div").classes("sheet flow reading").props("data-unkept"):
                self._choice()
            self.said = block("", "said", role="alert")
            self.body = ui.element("div").classes("preview")

    async def show(self, *, code: str = "", name: str = "", text: str = "") -> None:
        """What the button and the file field do; tests call it too."""
        begun = self.begun = object()
        set_block(self.said, "")
        self.body.clear()
        self.trial = None
        tried = await self._tried(code, name, text)
        if begun is not self.begun:
            return  # another form was asked for meanwhile
        if isinstance(tried, str):
            self._refuse(tried)
        else:
            self.trial = tried
            await self._draw(tried)

    async def _tried(self, code: str, name: str, text: str) -> Trial | str:
        """The form to try, or why there is none."""
        t = self.t
        try:
            return await try_form(self.visit.me, code=code, name=name, text=text, locale=t.locale, about=self.about)
        except AuthoringError as error:
            place = error.place
            return t("Line {line}, column {column}: {what}", line=place.line, column=place.column, what=error.sentence)
        except Invalid as error:
            return " ".join(t.say(each.message) for each in error.problems)
        except PortalError as error:
            return t.say(error.message)
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
        ):  # a JSON that only looks like a Questionnaire
            return t("This file is no questionnaire that can be read.")

    def _choice(self) -> None:
        t, locale = self.t, self.t.locale
        forms = sorted(self.visit.me.catalogue, key=lambda form: form.title(locale).casefold())
        listed = ListQuestion(
            link_id="preview-form",
            text=t("A questionnaire of the catalogue"),
            options=tuple(Option(code=form.code, text=f"{form.title(locale)} ({form.code})") for form in forms),
        )
        seen = ChoiceQuestion(
            link_id="preview-as",
            text=t("Preview"),
            options=(
                Option(code="patient", text=t("As a patient sees it")),
                Option(code="staff", text=t("As a professional sees it")),
            ),
            value=("patient",),
            chips=True,
        )
        build_item(t, listed, self._chosen, today=self.visit.me.clock.today)
        block(
            h(
                '<div class="field"><label for="preview-file">{}</label>'
                '<input id="preview-file" class="input" type="file" accept=".yaml,.yml,.json"></div>',
                t("Or a file of your own (YAML or FHIR JSON)"),
            )
        ).on("change", self.visit.guard(self._read), js_handler="(event) => portal.read(event, emit)")
        build_item(t, seen, self._chosen, today=self.visit.me.clock.today)
        for question in _whom(t, self.about):
            build_item(t, question, self._chosen, today=self.visit.me.clock.today)
        with ui.element("div").classes("actions"):
            Button(t("Show it"), self.visit.guard(self._show_chosen))

    def _chosen(self, link_id: str, value: Any) -> None:
        if link_id == "preview-as":
            self.patient = value != ("staff",)
        elif link_id == "preview-sex":
            self.about = replace(self.about, sex=value[0] if value else "unknown")
        elif link_id == "preview-age":
            self.about = replace(self.about, age=int(value) if isinstance(value, Decimal) else None)
        else:
            self.code = value[0] if value else ""

    async def _show_chosen(self) -> None:
        if self.code:
            await self.show(code=self.code)
        else:
            self._refuse(self.t("Choose a questionnaire or a file."))

    async def _read(self, sent: GenericEventArguments) -> None:
        given = sent.args if isinstance(sent.args, dict) else {}
        name, text = given.get("name"), given.get("text")
        if isinstance(name, str) and isinstance(text, str) and len(text) <= LONGEST_FILE:
            await self.show(name=name[:120], text=text)
        else:
            self._refuse(self.t("This file is no questionnaire that can be read."))

    def _refuse(self, words: str) -> None:
        set_block(self.said, note(words, "danger", "alert"))

    async def _draw(self, trial: Trial) -> None:
        t = self.t
        with self.body:
            with ui.element("div").classes("preview-form form"):
                trying = Trying(t, self.visit.me, trial, patient=self.patient, moved=self._moved)
                self.screen = FormScreen(trying, pause="/apercu", pause_text=t("Back to the choice"))
            with ui.element("div").classes("preview-side flow"):
                self.side = block("")
                with ui.element("div").classes("actions"):
                    Button(t("Save the response as a file"), self.visit.guard(self._save), "side")
                    if self.visit.me.catalogue.by_code(trial.form.code) is trial.form:
                        block(link_button(t("Print a blank form"), f"/formulaires/{trial.form.code}/pdf", "side"))
        await self._refresh()
        with self.body:
            move_focus("section-title")

    def _moved(self) -> None:
        background_tasks.create(self._refresh(), name="show what a form makes of its answers")

    async def _refresh(self) -> None:
        trial = self.trial
        if trial is None or self.side.is_deleted:
            return
        outcome = await outcome_of(self.visit.me, trial)
        if trial is self.trial and not self.side.is_deleted:
            set_block(self.side, side(self.t, trial, outcome))

    async def _save(self) -> None:
        if self.trial is not None:
            outcome = await outcome_of(self.visit.me, self.trial)
            ui.download.content(
                _pretty(outcome.response), f"{self.trial.form.code or 'response'}.json", "application/json"
            )


def _whom(t: Texts, about: Fictitious) -> tuple[ChoiceQuestion, NumberQuestion]:
    """Of the person who does not exist, what a form may look at."""
    sexes = (("female", t("Woman")), ("male", t("Man")), ("unknown", t("Not known")))
    sex = ChoiceQuestion(
        link_id="preview-sex",
        text=t("Tried on a fictitious patient: sex"),
        options=tuple(Option(code=code, text=text) for code, text in sexes),
        value=(about.sex,),
        chips=True,
    )
    age = NumberQuestion(
        link_id="preview-age",
        text=t("Age"),
        unit=t("years"),
        value=None if about.age is None else Decimal(about.age),
        low=Decimal(0),
        high=Decimal(120),
        whole=True,
    )
    return sex, age


def side(t: Texts, trial: Trial, outcome: Outcome) -> Markup:
    """Scores, alerts, what is missing, faults and resources: what an author wants to know at each answer."""
    scores = join(
        h(
            "<li><span>{}</span> <b>{}</b> {}</li>",
            each.definition.title(t.locale),
            t.number(each.value) if each.value is not None else "–",
            tag(each.band.label(t.locale)) if each.band else "",
        )
        for each in trial.session.scores()
    )
    alerts = join(h("<li>{}</li>", tag(rule.message(t.locale), "danger", "alert")) for rule in trial.session.alerts())
    missing = join(h("<li><code>{}</code> {}</li>", each.place, t.say(each.message)) for each in trial.session.errors())
    warned = join(
        h("<li><code>{}</code> {}</li>", each.place, t.say(each.message)) for each in trial.session.warnings()
    )
    faults = [f"{each.link_id}: {each.what}: {each.text}" for each in outcome.faults]
    remarks = [str(each) for each in trial.remarks]
    mended = join(h("<li>{}</li>", words) for words in dict.fromkeys([*faults, *remarks]))
    return join(
        [
            _part(t("Scores now"), scores, opened=True) if scores else "",
            _part(t("Alerts it would raise"), alerts, opened=True) if alerts else "",
            _part(t("Faults of the form"), mended or h("<li>{}</li>", t("No fault found.")), opened=True),
            _part(t("Warnings it shows"), warned, opened=True) if warned else "",
            _part(t("What is missing or wrong"), missing or h("<li>{}</li>", t("Nothing is missing."))),
            _json(t("State of the response"), outcome.response),
            _json(t("Resources it would give"), [each["resource"] for each in outcome.bundle.get("entry", ())]),
        ]
    )


def _part(title: str, rows: Markup, *, opened: bool = False) -> Markup:
    state = Markup(" open") if opened else ""
    return h('<details class="sheet"{}><summary>{}</summary><ul class="plain">{}</ul></details>', state, title, rows)


def _json(title: str, content: Any) -> Markup:
    shape = (
        '<details class="sheet"><summary>{}</summary><pre tabindex="0" role="region" aria-label="{}">{}</pre></details>'
    )
    return h(shape, title, title, _pretty(content))


def _pretty(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return list(value) if isinstance(value, Iterable) else str(value)
