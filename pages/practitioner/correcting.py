"""/patients/{patient}/questionnaires/{response}/modifier: correct answers that were sent, with a reason; history is kept."""

from collections.abc import Collection
from typing import Any

from nicegui import ui

from components.blocks import Button, block, move_focus
from components.form import (
    AnyQuestion,
    Doing,
    Item,
    ItemList,
    ListQuestion,
    Option,
    TextQuestion,
    Value,
    Widget,
    build_item,
)
from components.markup import back_link, dom_id, page_head
from pages import arranging, offering, questions
from pages.base import Site, Visit
from pages.fields import Fields
from pages.practitioner.record import ROLES, head_of, record_page
from portal.errors import Invalid, NotFound
from portal.responses import REASONS, Amendment, item_at, keep_amendment, open_amendment, possible_answers, tell
from portal.types import Json


def register(site: Site) -> None:
    @site.page("/patients/{patient}/questionnaires/{response}/modifier", roles=ROLES)
    async def show(visit: Visit, patient: str, response: str) -> None:
        t = visit.t
        head = await head_of(visit, patient)
        amendment = await open_amendment(visit.me, response, locale=t.locale)
        if amendment.scope.patient != patient:
            raise NotFound(status=404)
        back = f"/patients/{patient}/questionnaires/{response}"
        with record_page(visit, head, "/questionnaires"), ui.element("div").classes("reading flow-l"):
            block(back_link(amendment.form.title(t.locale), back))
            lead = t("Change what was wrong. The answers of before stay in the history, with your name and the reason.")
            block(page_head(t("Correct an answer"), lead, level=2))
            Correcting(visit, amendment, back)


class Correcting(ui.element):
    """A section of the form at a time, then why. Nothing is written before the last button."""

    def __init__(self, visit: Visit, amendment: Amendment, back: str) -> None:
        super().__init__("div")
        self.classes("flow-l")
        self.visit, self.t, self.amendment, self.back = visit, visit.t, amendment, back
        self.numbers = arranging.numbers_of(amendment.form)
        self.index = 0
        self.known: dict[str, Any] = {}
        self.open_copies: frozenset[str] = frozenset()
        self.drawn = questions.Drawn()
        with self:
            self.parts = ui.element("div").classes("flow")
            self.list = ui.element("div").classes("questions")
            self._draw()
            with ui.element("div").classes("sheet flow"):
                self.fields = Fields(visit, self._why(), key="why")
                with ui.element("div").classes("actions"):
                    Button(self.t("Keep the correction"), self.keep)

    async def keep(self) -> None:
        """What the last button does; tests call it too."""
        if self.fields.missing({"reason": self.t("Choose a reason.")}):
            return
        if await self.fields.send(self._keep):
            ui.navigate.to(self.back)

    def turn_to(self, index: int) -> None:
        """Another section of the form."""
        self.index = index
        self._draw()

    async def _keep(self, fields: Fields) -> None:
        try:
            await keep_amendment(
                self.visit.me, self.amendment, reason=fields.choice("reason"), text=fields.text("text")
            )
        except Invalid as refusal:
            self._say(refusal)
            session = self.amendment.session
            shown = {path for section in session.sections() for path in session.visible(section)}
            raise Invalid([each for each in refusal.problems if each.place not in shown]) from None

    def _say(self, refusal: Invalid) -> None:
        """Goes to the section of the first answer that is refused, and says why at each."""
        session = self.amendment.session
        wrong = {each.place: self.t.say(each.message) for each in refusal.problems}
        for section in session.sections():
            here = [path for path in wrong if path in session.visible(section)]
            if here:
                self.turn_to(section.index)
                self._open_around(here)
                for path in here:
                    if path in self.widgets:
                        self.widgets[path].show_error(wrong[path])
                move_focus(dom_id(here[0]))
                return

    def _open_around(self, paths: Collection[str]) -> None:
        """Opens the lines that are folded away and hold one of these."""
        while folded := arranging.folded_around(self._items(), paths):
            self.open_copies |= folded
        self.shown.show(self._items())

    def _draw(self) -> None:
        t, session = self.t, self.amendment.session
        sections = session.sections()
        section = next((each for each in sections if each.index >= self.index), sections[-1])
        self.parts.clear()
        if len(sections) > 1:
            with self.parts, ui.element("nav").classes("actions").props(f'aria-label="{t("Parts of the form")}"'):
                for each in sections:
                    words = arranging.heading_of(t, self.amendment.form, each)[0]
                    Button(words, lambda index=each.index: self.turn_to(index), "main" if each is section else "side")
        self.section = section
        items = self._items()
        self.list.clear()
        doing = Doing(search=self._search, add=self._add, remove=self._remove, unfold=self._unfold, again=self._again)

        def make(item: Item) -> ui.element:
            return build_item(t, item, self._answered, today=self.visit.me.clock.today, doing=doing)

        self.shown = ItemList(self.list, items, make, lambda _link_id: False)

    @property
    def widgets(self) -> dict[str, Widget]:
        return {link_id: each for link_id, each in self.shown.elements() if isinstance(each, Widget)}

    def _items(self) -> tuple[Item, ...]:
        asking = questions.Asking(
            t=self.t,
            session=self.amendment.session,
            numbers=self.numbers,
            open_copies=self.open_copies,
            drawn=self.drawn,
        )
        return arranging.items_of(asking, self.section)

    async def _answered(self, path: str, value: Value) -> None:
        item = item_at(self.amendment.form, path)
        try:
            known = {**self._given(path), **offering.references(self.amendment.session, path, item), **self.known}
            self.amendment.session.set(path, questions.value_of(item, value, known))
        except Invalid as refusal:
            self.widgets[path].show_error(" ".join(self.t.say(each.message) for each in refusal.problems))
            return
        await self._moved()

    async def _moved(self) -> None:
        """Shows what the correction moves; a part that is no longer asked makes place for another."""
        await tell(self.visit.me, self.amendment.around, self.amendment.session)
        if self.section in self.amendment.session.sections():
            self.shown.show(self._items())
        else:
            self._draw()

    async def _search(self, path: str, text: str) -> list[Option]:
        item, state = item_at(self.amendment.form, path), self.amendment.session.state(path)
        patient = self.amendment.scope.patient
        found = await possible_answers(self.visit.me, item, state, text, locale=self.t.locale, patient=patient)
        self.known.update({each.key: each.value for each in found})
        return [Option(code=each.key, text=each.text) for each in found]

    async def _add(self, path: str) -> None:
        session = self.amendment.session
        session.add(path)
        self.open_copies = frozenset(session.copies(path)[-1:])
        await self._moved()

    async def _unfold(self, path: str) -> None:
        self.open_copies = frozenset({path})
        self.shown.show(self._items())
        move_focus(dom_id(path))

    async def _remove(self, path: str) -> None:
        self.amendment.session.remove(path)
        await self._moved()

    async def _again(self, path: str) -> None:
        self.amendment.session.reset(path)
        await self._moved()

    def _given(self, path: str) -> dict[str, Json]:
        """The codes and references that stand there, by the keys that the browser has for them."""
        codings = [each.get("valueCoding") or each.get("valueReference") for each in self.amendment.session.given(path)]
        return {each.get("reference") or offering.key_of_coding(each): each for each in codings if each}

    def _why(self) -> list[AnyQuestion]:
        t = self.t
        reasons = tuple(Option(code=code, text=t(words)) for code, words in REASONS.items())
        return [
            ListQuestion(link_id="reason", text=t("Why"), options=reasons, required=True),
            TextQuestion(link_id="text", text=t("In your words (optional)"), lines=2, limit=1000),
        ]
