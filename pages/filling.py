"""What the form on screen asks of the page: save an answer, move, look for answers, send. One draft on the other side."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from nicegui import background_tasks, ui

from components.form import (
    HelpNumbers,
    Option,
    Saved,
    Section,
    Signed,
    Value,
    Wrong,
    flat,
)
from components.markup import note
from pages import arranging, offering, questions
from pages.base import Visit
from pages.folding import Folding
from pages.showing import SIGNATURE, Showing, wants_signature
from portal import files, responses
from portal.errors import (
    AlreadySent,
    BeingSent,
    ChangedElsewhere,
    Invalid,
    NotSaved,
    PortalError,
    SignInNeeded,
    Unavailable,
)
from portal.i18n import N_
from portal.responses import Draft, Rival
from portal.sdc import FormItem
from portal.types import Json

RIGHTS_SECONDS = 2  # for which rights once read are good enough between two answers
OWN_FORM_SECONDS = 10  # the same on one's own form: nobody gives or takes that right but by closing the account
ASK_AGAIN_SECONDS = 8  # between two tries to send while the record is away


class WillBeSent(PortalError):
    """The record is away: sending is tried again by itself."""

    default = N_(
        "The server does not answer now. Your answers are safe: they are sent as soon as it answers. "
        "You can keep this page open, or close it and send them later."
    )


class Filling(Showing):
    """What `FormView` asks of the page. `files_to` is the address that takes files for this draft."""

    view: Any

    def __init__(
        self,
        visit: Visit,
        draft: Draft,
        *,
        done: str,
        patient: bool,
        part: int | None,
        files_to: str,
        opens: bool = True,
    ) -> None:
        super().__init__(visit.t, draft, patient=patient, part=part, files_to=files_to, opens=opens)
        self.visit, self.acting, self.done = visit, visit.me, done
        self.folding = Folding(visit, draft)
        self.known: dict[str, Any] = {}
        self._sending: asyncio.Task[None] | None = None
        self._waits = False

    # What FormView calls

    async def answer(self, link_id: str, value: Value) -> Saved:
        """The fast path: session, journal, and only what this answer changes on screen."""
        if link_id == SIGNATURE:
            self.signed = value if isinstance(value, Signed) else Signed(name="")
            return Saved(at=self.draft.saved_at or self.acting.clock.now())
        await self._may_go_on()
        draft, path = self.draft, link_id
        item = responses.item_at(draft.form, path)
        typed = questions.value_of(item, value, await self._known(path, item, value))
        before = draft.session.state(path).value
        change = draft.session.set(path, typed)
        saved = await self._kept(path, typed, before)
        learned = await responses.tell(self.acting, draft.around, draft.session)
        more = item.calculated is not None or item.type == "attachment"
        moved = (
            saved is None
            or saved.elsewhere
            or learned
            or more
            or change.shown
            or change.hidden
            or change.scores
            or change.alerts
            or change.values - {path}
            or self._warnings_move()
            or self._help_moves()
        )
        return self._told(redraw=bool(moved))

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        await self._may_go_on()
        if step < 0 and not self.goes_back:
            return self.section()
        if step > 0 and not self.reviewing:
            wrong = self.wrong_here()
            if wrong and not (anyway and wrong.skippable):
                return wrong
        self.place = self.after(step)
        return await self._arrived()

    async def turn_to(self, place: int) -> Section:
        await self._may_go_on()
        if self.draft.form.entry_mode in {"sequential", "prior-edit"}:
            return self.section()
        end = len(self.draft.form.sections)
        self.place = end if place >= end and self.has_review else self.nearest(place)
        return await self._arrived()

    async def submit(self, *, anyway: bool) -> Wrong | None:
        del anyway  # what the form requires is not left out
        await self._may_go_on()
        if wants_signature(self.draft) and not self.signed.name:
            if not self.reviewing:
                self.place = len(self.draft.form.sections)
                self.view.show(self.section())
            return Wrong(sentences={SIGNATURE: self.t("Write your name to sign.")})
        try:
            await responses.submit(self.acting, self.draft, signature=self._signature())
        except Invalid as refusal:
            return self.lead_to(refusal)
        except ChangedElsewhere:
            self.say_changed()
            self.view.show(self.section())
            return None
        except AlreadySent:
            pass
        except (NotSaved, Unavailable):
            self._waits = True
            self._send_later()
            raise WillBeSent from None
        self.leave()
        return None

    async def search(self, link_id: str, text: str) -> Sequence[Option]:
        await self._may_go_on()
        item, state = responses.item_at(self.draft.form, link_id), self.draft.session.state(link_id)
        patient = self.draft.asked.patient
        found = await responses.possible_answers(self.acting, item, state, text, locale=self.t.locale, patient=patient)
        self.known.update({each.key: each.value for each in found})
        return [Option(code=each.key, text=each.text) for each in found]

    async def add(self, path: str) -> Saved:
        saved = await self._gesture(responses.add_copy, path)
        self.open_copies = frozenset(self.draft.session.copies(path)[-1:])
        return replace(saved, items=self.items())

    async def unfold(self, path: str) -> Saved:
        await self._may_go_on()
        self.open_copies = frozenset({path})
        return self._told(redraw=True)

    async def remove(self, path: str) -> Saved:
        return await self._gesture(responses.remove_copy, path)

    async def again(self, path: str) -> Saved:
        return await self._gesture(responses.compute_again, path)

    async def choose(self, path: str, *, theirs: bool) -> Saved:
        """Which of two devices' answers holds. The one that does not stays in the journal until the draft is folded."""
        await self._may_go_on()
        rival, mine = self.rivals.pop(path)
        value = rival.value if theirs else mine
        session = self.draft.session
        if path in session.paths and session.state(path).value != value:
            before = session.state(path).value
            session.set(path, value)
            await self._kept(path, value, before)
        return self._told(redraw=True)

    # Telling the person

    def say_changed(self) -> None:
        """In plain words, at the top of the page: this page was not the latest."""
        with self.view.body:
            self.visit.tell(note(self.t(ChangedElsewhere.default), "info"))

    def leave(self) -> None:
        with self.view.body:  # an answer may be saved again from the background, where there is no page around
            ui.navigate.to(self.done)

    async def look_again(self) -> None:
        """The person comes back to this tab: show what another page has answered meanwhile."""
        try:
            if await responses.look_again(self.acting, self.draft):
                self.say_changed()
                self.view.renew(self.section())
        except AlreadySent:
            self.leave()

    # Inside

    async def _may_go_on(self) -> None:
        """The session is alive and the rights are those of before; else the sign-in page, and back here afterwards."""
        try:
            seconds = OWN_FORM_SECONDS if self.patient else RIGHTS_SECONDS
            if not await self.visit.still_allowed(while_away=True, rights_for=seconds):
                raise SignInNeeded
        except SignInNeeded:
            with self.view.body:
                ui.navigate.to(self.visit.signed_out)
            raise

    async def _kept(self, path: str, typed: Any, before: Any) -> responses.Saved | None:
        """In the journal; None when the form was changed elsewhere, so that the answer waits to be chosen."""
        draft = self.draft
        try:
            if any(each.path == path and each.value == typed for each in draft.pending):
                saved = await responses.save_pending(self.acting, draft)
            else:
                saved = await responses.save_answer(self.acting, draft, path, typed)
        except (NotSaved, BeingSent):
            raise Unavailable from None  # it waits, and is tried again
        except ChangedElsewhere:
            self.say_changed()
            self._keep_apart(path, typed, before)
            saved = None
        except AlreadySent:
            self.leave()
            raise
        self.folding.touched()
        if saved is not None and saved.elsewhere:
            self.say_changed()
        if saved is not None and saved.rival is not None:
            self.rivals[path] = (saved.rival, typed)
        return saved

    def _keep_apart(self, path: str, typed: Any, before: Any) -> None:
        """Lines came or went elsewhere, so the answer was not taken by itself: the person says whether it still holds."""
        session = self.draft.session
        if path in session.paths:
            theirs = session.state(path).value
            if theirs not in (before, typed) or typed != theirs:
                self.rivals[path] = (Rival(path=path, value=theirs, at=self.acting.clock.now()), typed)

    async def _gesture(self, verb: Callable[..., Awaitable[responses.Saved]], path: str) -> Saved:
        await self._may_go_on()
        try:
            saved = await verb(self.acting, self.draft, path)
        except (NotSaved, BeingSent):
            raise Unavailable from None
        except ChangedElsewhere:
            self.say_changed()
        except AlreadySent:
            self.leave()
            raise
        else:
            if saved.elsewhere:
                self.say_changed()
        self.folding.touched()
        await responses.tell(self.acting, self.draft.around, self.draft.session)
        return self._told(redraw=True)

    async def _arrived(self) -> Section:
        await responses.save_place(self.acting, self.draft, min(self.place, len(self.draft.form.sections) - 1))
        self.folding.now()
        return self.section()

    async def _known(self, path: str, item: FormItem, value: Value) -> dict[str, Any]:
        """What the keys in an answer stand for: codes found before, answers already given, files just received."""
        if not isinstance(value, tuple):
            return {}
        if item.type == "attachment":
            about = {"patient": self.draft.asked.patient, "response": self.draft.response}
            return {key: await files.attachment(self.acting, key, **about) for key in value}
        if item.value_set or item.dynamic.value_set or item.type == "reference":
            missing = [key for key in value if key not in self.known]
            return {**self._given(item, missing), **offering.references(self.draft.session, path, item), **self.known}
        return {}

    def _signature(self) -> responses.Signature | None:
        signed = self.signed
        return responses.Signature(name=signed.name, drawing=signed.drawing) if signed.name else None

    def _given(self, item: FormItem, keys: Sequence[str]) -> dict[str, Json]:
        """Answers of a former visit to this page, by their keys."""
        found: dict[str, Json] = {}
        for path in self.draft.session.paths:
            if keys and responses.item_at(self.draft.form, path) is item:
                for answer in self.draft.session.given(path):
                    coding = answer.get("valueCoding") or answer.get("valueReference")
                    if coding:
                        found[coding.get("reference") or offering.key_of_coding(coding)] = coding
        return {key: found[key] for key in keys if key in found}

    def _told(self, *, redraw: bool) -> Saved:
        return Saved(
            at=self.draft.saved_at or self.acting.clock.now(),
            items=self.items() if redraw else None,
            part=None if self.reviewing else arranging.part_answered(self.draft.session, self.current),
        )

    def _warnings_move(self) -> bool:
        on_screen = {
            item.link_id: words for item in flat(self.view.section.items) if (words := getattr(item, "warning", ""))
        }
        return on_screen != self.warnings()

    def _send_later(self) -> None:
        if self._sending is None or self._sending.done():
            self._sending = background_tasks.create(self._until_sent(), name="send a form again")

    async def _until_sent(self) -> None:
        """The person has asked to send: go on trying while the page is open."""
        while self._waits and not self.view.is_gone:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            self._waits = False
            with self.view.body:
                await self.view.submit()

    def _help_moves(self) -> bool:
        stands = any(isinstance(item, HelpNumbers) for item in flat(self.view.section.items))
        return self.patient and stands != bool(arranging.help_after(self.draft.session, self.current))
