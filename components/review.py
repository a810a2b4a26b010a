"""The ARC's row: a question, its answer, Valid / Not valid, a comment when it is not, and who said so when.

The same row, without its buttons, shows the centre what the ARC remarked and lets it answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from markupsafe import Markup
from nicegui import ui

from components.blocks import move_focus
from components.errors import sentence
from components.icons import icon
from components.markup import attributes, dom_id, h, join, note, tag, typo
from portal.errors import Invalid, PortalError
from portal.i18n import Texts

LIMIT = 2000  # characters of a comment


class Standing(StrEnum):
    """Where an answer stands. `CHANGED`: it was decided, then the answer moved: to review again."""

    TO_REVIEW = "to-review"
    VALID = "valid"
    NOT_VALID = "not-valid"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadLine:
    """One message: who (name and role in words), when (in words), what."""

    who: str
    when: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewRow:
    """What one row shows, in the person's language. `stamp` = “20 Nov. at 10:12, Pauline Weber”.

    `before` = the same answer at an earlier visit; `former` = the answer that had been decided, when it changed;
    `remark` = something the portal itself noticed. `can_decide` for the ARC, `can_reply` for whoever may write.
    """

    key: str
    question: str
    answer: str
    standing: Standing = Standing.TO_REVIEW
    stamp: str = ""
    before: str = ""
    former: str = ""
    remark: str = ""
    thread: tuple[ThreadLine, ...] = ()
    can_decide: bool = True
    can_reply: bool = False
    can_withdraw: bool = False


class ReviewHandlers(Protocol):
    """What the page does; each gives the row as it is afterwards, or raises a PortalError, which the row says."""

    async def decide(self, key: str, standing: Standing, comment: str) -> ReviewRow: ...

    async def withdraw(self, key: str) -> ReviewRow: ...

    async def reply(self, key: str, text: str) -> ReviewRow: ...


class ReviewItem(ui.html):
    """One row. “Not valid” opens the comment first: the decision is kept once it says why."""

    def __init__(self, t: Texts, row: ReviewRow, handlers: ReviewHandlers) -> None:
        self.t, self.row, self.handlers = t, row, handlers
        self.qid = dom_id(row.key)
        self.writing, self.error = False, ""
        super().__init__(str(self._drawn()), sanitize=False, tag="section")
        self.props.update({"id": self.qid, "aria-labelledby": f"{self.qid}-question"})
        self._frame()
        for event in ("change", "click"):
            self.on(event, lambda sent: self.receive(sent.args), js_handler="(event) => portal.review(event, emit)")

    async def receive(self, sent: Any) -> None:
        """What the browser sent: a mark, or a button with the text beside it. Anything else is ignored."""
        if not isinstance(sent, dict):
            return
        text, do = sent.get("text", ""), sent.get("do", "")
        if not isinstance(text, str) or not isinstance(do, str):
            return
        match do:
            case "valid" if self.row.can_decide:
                await self.decide(Standing.VALID)
            case "invalid" if self.row.can_decide:
                self.ask_why()
            case "send" if self.writing:
                await self.decide(Standing.NOT_VALID, text)
            case "reply" if self.row.can_reply:
                await self._do(self.handlers.reply(self.row.key, text))
            case "withdraw" if self.row.can_withdraw:
                await self._do(self.handlers.withdraw(self.row.key))
            case "cancel":
                self.show(self.row)
            case _:
                return

    async def decide(self, standing: Standing, comment: str = "") -> None:
        """Keeps the decision; “not valid” needs its reason."""
        if standing is Standing.NOT_VALID and not comment.strip():
            self._complain(self.t("Tell us why the answer is not valid."))
            return
        if len(comment) > LIMIT:
            words = self.t("Your comment is too long: {most} characters at most.", most=self.t.number(LIMIT))
            self._complain(words)
            return
        await self._do(self.handlers.decide(self.row.key, standing, comment.strip()))

    def ask_why(self) -> None:
        """Opens the comment and puts the cursor in it."""
        self.writing = True
        self._redraw()
        with self.client:
            move_focus(f"{self.qid}-text")

    def show(self, row: ReviewRow) -> None:
        """The row as it is now."""
        self.row, self.writing, self.error = row, False, ""
        self._redraw()

    async def _do(self, work: Any) -> None:
        try:
            self.show(await work)
        except Invalid as invalid:
            problems = [self.t.say(one.message) for one in invalid.problems]
            self._complain(problems[0] if problems else sentence(self.t, invalid))
        except PortalError as error:
            self._complain(sentence(self.t, error))

    def _complain(self, words: str) -> None:
        self.error = words
        self._redraw()

    def _redraw(self) -> None:
        self._frame()
        self.set_content(str(self._drawn()))

    def _frame(self) -> None:
        is_open = self.writing or (self.row.standing is Standing.NOT_VALID and bool(self.row.thread))
        self.classes(replace="review-item" + (" open" if is_open else ""))

    def _drawn(self) -> Markup:
        row = self.row
        before = h("<small>{}</small>", row.before) if row.before else ""
        answer = h('<p class="answer">{}{}</p>', typo(self.t, row.answer) or "–", before)
        former = h('<p class="small muted">{}</p>', self.t("Before: {answer}", answer=row.former)) if row.former else ""
        return h(
            '<div class="itemgrid"><div><p class="question" id="{}-question">{}</p>{}{}{}</div>{}</div>{}',
            self.qid,
            typo(self.t, row.question),
            answer,
            former,
            note(row.remark, "warn", "alert") if row.remark else "",
            h('<div class="verdict">{}{}</div>', self._verdict() if row.can_decide else "", self._stamp()),
            self._below(),
        )

    def _verdict(self) -> Markup:
        marked = self.row.standing
        chosen = (
            "invalid" if self.writing or marked is Standing.NOT_VALID else "valid" if marked is Standing.VALID else ""
        )
        boxes = join(
            h(
                '<label data-code="{}"><input{}> <span>{}</span></label>',
                code,
                attributes({"type": "radio", "name": f"{self.qid}-verdict", "value": code, "checked": code == chosen}),
                words,
            )
            for code, words in (("valid", self.t("Valid")), ("invalid", self.t("Not valid")))
        )
        legend = self.t("Decision on: {question}", question=self.row.question)
        shape = '<fieldset class="choice chips"><legend class="sr">{}</legend><div class="answers">{}</div></fieldset>'
        return h(shape, legend, boxes)

    def _stamp(self) -> Markup:
        row, t = self.row, self.t
        if row.standing is Standing.CHANGED:
            state: Markup | str = tag(t("To review again: the answer has changed"), "warn", "alert")
        elif row.standing is Standing.TO_REVIEW:
            state = "" if self.writing else t("To review")
        else:
            state = "" if row.can_decide else tag(*self._state_tag())
        undo = h('<button type="button" class="linklike" data-do="withdraw">{}</button>', t("Take back"))
        parts = [part for part in (state, row.stamp, undo if row.can_withdraw else "") if part]
        return h('<div class="stamp">{}</div>', join((h("<span>{}</span>", part) for part in parts), " "))

    def _state_tag(self) -> tuple[str, str, str]:
        if self.row.standing is Standing.VALID:
            return self.t("Valid"), "ok", "check"
        return self.t("Not valid"), "danger", "cross"

    def _below(self) -> Markup:
        row, t = self.row, self.t
        said = thread(row.thread)
        error = h('<p class="error" id="{}-text-error">{}<span>{}</span></p>', self.qid, icon("alert"), self.error)
        if self.writing:
            label = t("Why is this answer not valid? The centre’s team will read it.")
            box = self._box(label, [("send", t("Send"), "main"), ("cancel", t("Cancel"), "side")], error)
        elif row.can_reply:
            box = self._box(t("Your reply"), [("reply", t("Send"), "main")], error)
        else:
            box = error if self.error else Markup()
        return h('<div class="comment">{}{}</div>', said, box) if said or box else Markup()

    def _box(self, label: str, buttons: Sequence[tuple[str, str, str]], error: Markup) -> Markup:
        text_id = f"{self.qid}-text"
        field = attributes(
            {
                "class": "input",
                "id": text_id,
                "rows": "3",
                "data-limit": str(LIMIT),
                "aria-describedby": f"{text_id}-error" if self.error else "",
                "aria-invalid": "true" if self.error else "",
            }
        )
        count = h(
            '<p class="counter" id="{}-count" role="status" data-left="{}" data-over="{}"></p>',
            text_id,
            self.t("{count} characters left", count="%n"),
            self.t("{count} characters too many: this text is not saved yet", count="%n"),
        )
        made = join(
            h('<button type="button" class="btn btn-{}" data-do="{}">{}</button>', kind, do, words)
            for do, words, kind in buttons
        )
        return h(
            '<div class="field question{}"><label for="{}">{}</label>{}<textarea{}></textarea>{}</div>'
            '<div class="actions">{}</div>',
            " has-error" if self.error else "",
            text_id,
            label,
            error if self.error else "",
            field,
            count,
            made,
        )


def computed_row(t: Texts, question: str, answer: str, aside: str) -> Markup:
    """A value that nobody decides on, among those that are: it only helps to judge them. `aside` says where it comes from."""
    return h(
        '<div class="itemgrid"><div><p class="question">{}</p><p class="answer">{}</p></div>'
        '<div class="verdict"><div class="stamp"><span>{}</span></div></div></div>',
        typo(t, question),
        typo(t, answer),
        aside,
    )


def thread(lines: Sequence[ThreadLine]) -> Markup:
    """Messages, oldest first."""
    if not lines:
        return Markup()
    rows = join(h('<div><p class="who">{}, {}</p><p>{}</p></div>', line.who, line.when, line.text) for line in lines)
    return h('<div class="thread">{}</div>', rows)


def keys_hint(t: Texts) -> Markup:
    """Says the keys that work inside a row; put the rows in an element with `data-keys` to allow them."""
    key = "<kbd>{}</kbd>"
    return h(
        '<p class="small muted only-wide keys-hint">{} {} {}, {} {}, {} {}.</p>',
        t("Keyboard, inside a row:"),
        h(key, "V"),
        t("valid"),
        h(key, "N"),
        t("not valid"),
        h(key, "↓"),
        t("next row"),
    )


__all__ = ["ReviewHandlers", "ReviewItem", "ReviewRow", "Standing", "ThreadLine", "computed_row", "keys_hint", "thread"]
