"""The form page, shared by patients and professionals: a draft on one side, the components' `FormView` on the other."""

import asyncio

from nicegui import background_tasks, ui

from components.blocks import block, set_block
from components.form import FormView, HelpNumbers, Item, Saved, Section, Value, Wrong
from components.markup import note
from pages import questions
from pages.base import Visit
from pages.folding import Folding
from pages.summary import summary
from portal import responses
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
from portal.responses import Draft
from portal.sdc import Section as FormSection

RIGHTS_SECONDS = 15  # for which rights once read are good enough between two answers
ASK_AGAIN_SECONDS = 8  # between two tries to send while the record is away


class WillBeSent(PortalError):
    """The record is away: sending is tried again by itself."""

    default = N_(
        "The server does not answer now. Your answers are safe: they are sent as soon as it answers. "
        "You can keep this page open, or close it and send them later."
    )


class Filling:
    """What `FormView` asks of the page: save, move, send."""

    view: "FormScreen"

    def __init__(self, visit: Visit, draft: Draft, *, done: str, patient: bool, part: int | None) -> None:
        self.visit, self.draft, self.done, self.patient = visit, draft, done, patient
        self.t, self.acting = visit.t, visit.me
        self.numbers = questions.numbers_of(draft.form)
        self.folding = Folding(visit, draft)
        self.place = self._nearest(draft.section if part is None else part)
        self._sending: asyncio.Task[None] | None = None
        self._waits = False

    # What FormView calls

    async def answer(self, link_id: str, value: Value) -> Saved:
        """The fast path: session, journal, and only what this answer changes on screen."""
        await self._may_go_on()
        draft, path = self.draft, link_id
        typed = questions.value_of(responses.item_at(draft.form, path), value)
        change = draft.session.set(path, typed)
        elsewhere = False
        try:
            if any(each.path == path and each.value == typed for each in draft.pending):
                saved = await responses.save_pending(self.acting, draft)
            else:
                saved = await responses.save_answer(self.acting, draft, path, typed)
        except (NotSaved, BeingSent):
            raise Unavailable from None  # it waits, and is tried again
        except ChangedElsewhere:
            self.say_changed()
            saved, elsewhere = None, True
        except AlreadySent:
            self.leave()
            raise
        self.folding.touched()
        if saved is not None and saved.elsewhere:
            elsewhere = True
            self.say_changed()
        moved = elsewhere or change.shown or change.hidden or change.scores or change.alerts or change.values - {path}
        return Saved(
            at=draft.saved_at or self.acting.clock.now(),
            items=self.items() if moved or self._help_moves() else None,
            part=questions.part_answered(draft.session, self.current),
        )

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        await self._may_go_on()
        if step > 0 and not self.reviewing:
            wrong = self._wrong_here()
            if wrong and not (anyway and wrong.skippable):
                return wrong
        self.place = self._after(step)
        await responses.save_place(self.acting, self.draft, min(self.place, len(self.draft.form.sections) - 1))
        self.folding.now()
        return self.section()

    async def submit(self, *, anyway: bool) -> Wrong | None:
        del anyway  # what the form requires is not left out
        await self._may_go_on()
        try:
            await responses.submit(self.acting, self.draft)
        except Invalid as refusal:
            return self._lead_to(refusal)
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

    # What is on screen

    @property
    def current(self) -> FormSection:
        sections = self.draft.form.sections
        return sections[min(self.place, len(sections) - 1)]

    @property
    def reviewing(self) -> bool:
        """The last screen of a form of several parts: all answers, to look at before sending."""
        return self.place >= len(self.draft.form.sections)

    def items(self) -> tuple[Item, ...]:
        if self.reviewing:
            return ()
        session = self.draft.session
        return questions.items_of(self.t, session, self.current, numbers=self.numbers, patient=self.patient)

    def section(self) -> Section:
        """The screen for the present place."""
        t, session, form = self.t, self.draft.session, self.draft.form
        asked = session.sections()
        count = len(asked) + (len(form.sections) > 1)
        if self.reviewing:
            return Section(title=t("Look at your answers before you send them"), items=(), index=count - 1, count=count)
        title, lead = questions.heading_of(t, form, self.current)
        ends = questions.range_of(session, self.current, self.numbers)
        place = ""
        if ends is not None:
            first, last = ends
            place = (
                t("question {first}", first=first)
                if first == last
                else t("questions {first} to {last}", first=first, last=last)
            )
        return Section(
            title=title,
            items=self.items(),
            index=asked.index(self.current) if self.current in asked else 0,
            count=count,
            place=place,
            lead=lead,
            part=questions.part_answered(session, self.current),
        )

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
            if not await self.visit.still_allowed(while_away=True, rights_for=RIGHTS_SECONDS):
                raise SignInNeeded
        except SignInNeeded:
            with self.view.body:
                ui.navigate.to(self.visit.signed_out)
            raise

    def _wrong_here(self) -> Wrong | None:
        session = self.draft.session
        problems = session.errors(self.current)
        if not problems:
            return None
        sentences = {problem.place: self.t.say(problem.message) for problem in problems}
        missing = all(
            session.state(path).value in (None, []) and session.state(path).error is None for path in sentences
        )
        return Wrong(sentences=sentences, skippable=missing)

    def _lead_to(self, refusal: Invalid) -> Wrong:
        """Shows the section of the first problem, which then points at each of its problems."""
        sentences = {problem.place: self.t.say(problem.message) for problem in refusal.problems}
        session = self.draft.session
        for section in session.sections():
            here = {path: text for path, text in sentences.items() if path in session.visible(section)}
            if here:
                if self.reviewing or section is not self.current:
                    self.place = section.index
                    self.view.show(self.section())
                return Wrong(sentences=here)
        return Wrong(sentences=sentences)

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

    def _nearest(self, index: int) -> int:
        """The asked section at this place or after it, else the last one."""
        asked = [section.index for section in self.draft.session.sections()]
        return next((place for place in asked if place >= index), asked[-1] if asked else 0)

    def _after(self, step: int) -> int:
        asked = [section.index for section in self.draft.session.sections()]
        if step > 0:
            end = len(self.draft.form.sections)
            return next(
                (place for place in asked if place > self.place),
                end if len(self.draft.form.sections) > 1 else asked[-1],
            )
        return next((place for place in reversed(asked) if place < self.place), asked[0])

    def _help_moves(self) -> bool:
        stands = any(isinstance(item, HelpNumbers) for item in self.view.section.items)
        return self.patient and stands != bool(questions.help_after(self.draft.session, self.current))


class FormScreen(FormView):
    """The components' view, with the answers to look at before sending, and words for a record that is away."""

    def __init__(self, filling: Filling, *, pause: str, pause_text: str) -> None:
        self.filling = filling
        filling.view = self
        draft, t = filling.draft, filling.t
        super().__init__(
            t,
            filling,
            filling.section(),
            name=draft.form.title(t.locale),
            today=filling.acting.clock.today,
            saved_at=draft.saved_at,
            pause=pause,
            pause_text=pause_text,
            submit_text="" if filling.patient else t("Send the form"),
            for_patient=filling.patient,
        )

    @property
    def is_gone(self) -> bool:
        return self.line.is_deleted

    def renew(self, section: Section) -> None:
        """The same section with answers from elsewhere; another one when it is not asked any more."""
        if section.title == self.section.title and section.index == self.section.index:
            self._refresh(section.items)
        else:
            self.show(section)

    def _build(self) -> None:
        super()._build()
        if self.filling.reviewing:
            with self.list:
                block(summary(self.t, self.filling.draft, self.filling.numbers))

    def _say(self, error: PortalError) -> None:
        if isinstance(error, WillBeSent):
            set_block(self.trouble, note(self.t.say(error.message), "warn", "cloud"))
        elif not isinstance(error, SignInNeeded):
            super()._say(error)


def show_form(
    visit: Visit,
    draft: Draft,
    *,
    done: str,
    pause: str,
    pause_text: str = "",
    patient: bool = True,
    part: int | None = None,
) -> FormScreen:
    """The draft as a form in the present frame.

    `done` is the address after sending, `pause` the one to leave to; `part` opens that section (counted from 0) instead
    of the one where the person was.
    """
    filling = Filling(visit, draft, done=done, patient=patient, part=part)
    screen = FormScreen(filling, pause=pause, pause_text=pause_text)
    ui.context.client.on_disconnect(filling.folding.now)
    ui.context.client.on_delete(filling.folding.stop)
    ui.on("portal-seen", visit.guard(filling.look_again, while_away=True))
    ui.run_javascript(
        "document.addEventListener('visibilitychange', () => { if (!document.hidden) emitEvent('portal-seen') });"
        "history.replaceState(null, '', location.pathname)"  # reloading stays where one is, not where one came in
    )
    return screen
