"""Where a person is in a form, and what stands on screen there: a section, or all answers before sending."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from components.form import Item, Part, Section, SignatureQuestion, Signed, TwoAnswers, Wrong
from pages import arranging, questions
from portal import responses
from portal.errors import Invalid
from portal.i18n import Texts
from portal.responses import Rival
from portal.sdc import Form, FormSession
from portal.sdc import Section as FormSection

SIGNATURE = "~signature"  # the link id of the name that signs; never one of a form


class Held(Protocol):
    """What is being filled: a draft, or a form that is tried. `section` is the one to show first."""

    form: Form
    session: FormSession
    section: int


class Showing:
    """`place` is the index of the section, or the number of sections for the review. `rivals` are questions that two
    devices answered, each with the other's answer and the one given here. `files_to` is the address that takes files.
    """

    view: Any

    def __init__(self, t: Texts, draft: Held, *, patient: bool, part: int | None, files_to: str, opens: bool) -> None:
        self.t, self.draft, self.patient, self.files_to, self.opens = t, draft, patient, files_to, opens
        self.numbers = arranging.numbers_of(draft.form)
        self.rivals: dict[str, tuple[Rival, Any]] = {}
        self.signed = Signed(name="")
        self.open_copies: frozenset[str] = frozenset()
        self.drawn = questions.Drawn()
        self.has_review = len(draft.form.sections) > 1 or wants_signature(draft)
        self.place = self.nearest(draft.section if part is None else part)

    @property
    def current(self) -> FormSection:
        sections = self.draft.form.sections
        return sections[min(self.place, len(sections) - 1)]

    @property
    def reviewing(self) -> bool:
        """The last screen of a form of several parts: all answers, to look at before sending."""
        return self.place >= len(self.draft.form.sections)

    def items(self) -> tuple[Item, ...]:
        t = self.t
        if self.reviewing:
            if not wants_signature(self.draft):
                return ()
            words = t("Sign with your first name and your name")
            hint = t("By writing your name, you confirm that these answers are yours.")
            return (SignatureQuestion(link_id=SIGNATURE, text=words, hint=hint, required=True, value=self.signed),)
        asking = questions.Asking(
            t=t,
            session=self.draft.session,
            numbers=self.numbers,
            patient=self.patient,
            files=self.files_to,
            opens=self.opens,
            rivals={path: self._two_answers(path) for path in self.rivals},
            warnings=self.warnings(),
            needed=self._needed(),
            open_copies=self.open_copies,
            drawn=self.drawn,
        )
        return arranging.items_of(asking, self.current)

    def section(self) -> Section:
        """The screen for the present place."""
        t, session, form = self.t, self.draft.session, self.draft.form
        asked = session.sections()
        count = len(asked) + self.has_review
        contents = self._contents(asked)
        if self.reviewing:
            title = t("Look at your answers before you send them")
            return Section(title=title, items=self.items(), index=count - 1, count=count, contents=contents)
        expected = arranging.expected(session, self.current)
        title, lead = arranging.heading_of(t, form, self.current)
        ends = arranging.range_of(session, self.current, self.numbers)
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
            part=arranging.part_answered(session, self.current),
            contents=contents,
            back=self.goes_back,
            needs=t("Each question needs an answer.") if expected == "all" and self.patient else "",
        )

    @property
    def goes_back(self) -> bool:
        """Some forms are answered in one go: what was answered is not seen again before the end."""
        return self.draft.form.entry_mode != "sequential"

    def _needed(self) -> Callable[[bool], str]:
        """The word beside a question: said of those that are fewer, so that little is said."""
        t, expected = self.t, arranging.expected(self.draft.session, self.current)
        required = t("an answer is needed") if expected == "few" else ""
        optional = t("optional") if expected == "most" else ""
        return lambda needs: required if needs else optional

    def wrong_at(self, sentences: Mapping[str, str], *, skippable: bool = False) -> Wrong:
        """What is wrong here, with the copies open in which it stands."""
        items = self.items()
        if not arranging.folded_around(items, sentences):
            return Wrong(sentences=sentences, skippable=skippable)
        while folded := arranging.folded_around(items, sentences):  # the last copy folds as another opens
            self.open_copies |= folded
            items = self.items()
        return Wrong(sentences=sentences, skippable=skippable, items=items)

    def _contents(self, asked: Sequence[FormSection]) -> tuple[Part, ...]:
        t, session, form = self.t, self.draft.session, self.draft.form
        if len(asked) < 2 or form.entry_mode in {"sequential", "prior-edit"}:
            return ()  # such a form is answered in its order
        parts = [
            Part(
                place=each.index,
                title=_named(
                    t("Part {number}", number=n), arranging.heading_of(t, form, each)[0], form.title(t.locale)
                ),
                done=arranging.part_answered(session, each),
                here=not self.reviewing and each is self.current,
            )
            for n, each in enumerate(asked, start=1)
        ]
        last = Part(place=len(form.sections), title=t("Look at the answers and send"), done=0, here=self.reviewing)
        return (*parts, last)

    def _two_answers(self, path: str) -> TwoAnswers:
        t, (rival, mine) = self.t, self.rivals[path]
        item = responses.item_at(self.draft.form, path)
        return TwoAnswers(
            link_id=f"{path}~two",
            path=path,
            mine=questions.in_words(t, item, mine),
            theirs=questions.in_words(t, item, rival.value),
            when=t.moment(rival.at),
        )

    def warnings(self) -> dict[str, str]:
        return {each.place: self.t.say(each.message) for each in self.draft.session.warnings(self.current)}

    def nearest(self, index: int) -> int:
        """The asked section at this place or after it, else the last one."""
        asked = [section.index for section in self.draft.session.sections()]
        return next((place for place in asked if place >= index), asked[-1] if asked else 0)

    def wrong_here(self) -> Wrong | None:
        session = self.draft.session
        problems = session.errors(self.current)
        if not problems:
            return None
        sentences = {problem.place: self.t.say(problem.message) for problem in problems}
        missing = all(
            path in session.paths and session.state(path).value in (None, []) and session.state(path).error is None
            for path in sentences
        )
        return self.wrong_at(sentences, skippable=missing)

    def after(self, step: int) -> int:
        """The place to go to from here: of a form that asks nothing, the same one."""
        asked = [section.index for section in self.draft.session.sections()] or [self.place]
        if step > 0:
            end = len(self.draft.form.sections)
            return next((place for place in asked if place > self.place), end if self.has_review else asked[-1])
        return next((place for place in reversed(asked) if place < self.place), asked[0])

    def lead_to(self, refusal: Invalid) -> Wrong:
        """Shows the section of the first problem, which then points at each of its problems."""
        sentences = {problem.place: self.t.say(problem.message) for problem in refusal.problems}
        session = self.draft.session
        for section in session.sections():
            here = {path: text for path, text in sentences.items() if path in session.visible(section)}
            if here:
                if self.reviewing or section is not self.current:
                    self.place = section.index
                    self.view.show(self.section())
                return self.wrong_at(here)
        return Wrong(sentences=sentences)


def wants_signature(draft: Held) -> bool:
    """The whole form does, or a part of it that is asked now."""
    form, session = draft.form, draft.session
    if form.signature:
        return True
    signed = {link_id for link_id, item in form.by_link_id.items() if item.signature}
    return bool(signed) and any(
        responses.item_at(form, path).link_id in signed
        for each in session.sections()
        for path in _with_group(session, each)
    )


def _with_group(session: FormSession, section: FormSection) -> list[str]:
    return [*session.visible(section), *([section.group.link_id] if section.group else [])]


def _named(number: str, title: str, form: str) -> str:
    """Sections without a title of their own are known by their number."""
    return number if title == form else title
