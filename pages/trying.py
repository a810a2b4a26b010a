"""Filling a form that is only tried: answers live on the page and go with it. What `FormView` asks, without a record behind."""

from collections.abc import Callable, Sequence
from typing import Any

from components.form import Option, Saved, Section, Signed, Value, Wrong
from pages import arranging, offering, questions
from pages.showing import SIGNATURE, Showing, wants_signature
from portal import responses
from portal.acting import Acting
from portal.i18n import Texts
from portal.responses import Trial
from portal.sdc import FormItem


class Trying(Showing):
    """`moved` is called after each change, to show what the form makes of it."""

    def __init__(self, t: Texts, acting: Acting, trial: Trial, *, patient: bool, moved: Callable[[], Any]) -> None:
        super().__init__(t, trial, patient=patient, part=None, files_to="/apercu/fichier", opens=False)
        self.acting, self.trial, self.moved = acting, trial, moved
        self.known: dict[str, Any] = {}

    async def answer(self, link_id: str, value: Value) -> Saved:
        if link_id == SIGNATURE:
            self.signed = value if isinstance(value, Signed) else Signed(name="")
            return self._told()
        item = responses.item_at(self.trial.form, link_id)
        self.trial.session.set(link_id, questions.value_of(item, value, self._known(link_id, item, value)))
        await responses.tell(self.acting, self.trial.around, self.trial.session)
        return self._told()

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        if step > 0 and not self.reviewing:
            wrong = self.wrong_here()
            if wrong and not (anyway and wrong.skippable):
                return wrong
        self.place = self.after(step)
        return self.section()

    async def turn_to(self, place: int) -> Section:
        end = len(self.trial.form.sections)
        self.place = end if place >= end and self.has_review else self.nearest(place)
        return self.section()

    async def submit(self, *, anyway: bool) -> Wrong | None:
        """The end of a trial: what sending would have said, and nothing sent."""
        del anyway
        if wants_signature(self.trial) and not self.signed.name:
            return Wrong(sentences={SIGNATURE: self.t("Write your name to sign.")})
        problems = self.trial.session.errors()
        if problems:
            return Wrong(sentences={each.place: self.t.say(each.message) for each in problems})
        self.moved()
        return Wrong(sentences={"~end": self.t("The preview ends here: nothing was sent.")})

    async def search(self, link_id: str, text: str) -> Sequence[Option]:
        item, state = responses.item_at(self.trial.form, link_id), self.trial.session.state(link_id)
        found = await responses.possible_answers(self.acting, item, state, text, locale=self.t.locale)
        self.known.update({each.key: each.value for each in found})
        return [Option(code=each.key, text=each.text) for each in found]

    async def add(self, path: str) -> Saved:
        self.trial.session.add(path)
        self.open_copies = frozenset(self.trial.session.copies(path)[-1:])
        return self._told()

    async def unfold(self, path: str) -> Saved:
        self.open_copies = frozenset({path})
        return self._told()

    async def remove(self, path: str) -> Saved:
        self.trial.session.remove(path)
        return self._told()

    async def again(self, path: str) -> Saved:
        self.trial.session.reset(path)
        return self._told()

    async def choose(self, path: str, *, theirs: bool) -> Saved:
        del path, theirs  # nobody else answers a form that is tried
        return self._told()

    def _told(self) -> Saved:
        self.moved()
        part = None if self.reviewing else arranging.part_answered(self.trial.session, self.current)
        return Saved(at=self.acting.clock.now(), items=self.items(), part=part)

    def _known(self, path: str, item: FormItem, value: Value) -> dict[str, Any]:
        if item.type == "reference":
            return {**offering.references(self.trial.session, path, item), **self.known}
        if item.type != "attachment" or not isinstance(value, tuple):
            return self.known
        for key in value:
            kind, size, name = [*key.split("|", 2), "", ""][:3]
            self.known[key] = {"contentType": kind, "size": int(size or 0), "title": name}
        return self.known
