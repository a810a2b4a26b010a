"""What the view of a form and its page say to each other: sections, what an answer changed, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from components.form.items import Item, Option, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One line of the table of contents: `place` is what `turn_to` takes, `done` per cent answered."""

    place: int
    title: str
    done: int
    here: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What one screen of the form holds. `part` = per cent of this section answered; `contents` all parts of the form.
    `back` = one may go back; `needs` = a sentence on which answers are expected.
    """

    title: str
    items: tuple[Item, ...]
    index: int = 0
    count: int = 1
    place: str = ""
    lead: str = ""
    part: int = 0
    contents: tuple[Part, ...] = ()
    back: bool = True
    needs: str = ""

    @property
    def is_last(self) -> bool:
        return self.index == self.count - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What saving an answer changed: when it was written, and the section's items as they are now (None = unmoved)."""

    at: datetime
    items: tuple[Item, ...] | None = None
    part: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """Why one cannot go on: sentences by link id. `skippable` = the person may go on without these answers. `items` = the
    section as it must stand to show them, where some are folded away.
    """

    sentences: Mapping[str, str]
    skippable: bool = False
    items: tuple[Item, ...] | None = None


class Handlers(Protocol):
    """What the page does for the view. Each may raise a PortalError, which the view says where the person looks."""

    async def answer(self, link_id: str, value: Value) -> Saved:
        """Saves one answer; returns only once it is durable."""
        ...

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        """The section after (1) or before (-1) this one. `anyway` = the person chose to leave questions unanswered."""
        ...

    async def turn_to(self, place: int) -> Section:
        """The section at this place of the table of contents."""
        ...

    async def submit(self, *, anyway: bool) -> Wrong | None:
        """Sends the form; None once it is done and the page has navigated."""
        ...

    async def search(self, link_id: str, text: str) -> Sequence[Option]:
        """Answers to the question that go with what was typed, best first."""
        ...

    async def add(self, path: str) -> Saved:
        """One more copy of the group that this copy belongs to."""
        ...

    async def remove(self, path: str) -> Saved:
        """Takes this copy of a group away."""
        ...

    async def unfold(self, path: str) -> Saved:
        """Opens this copy of a group; the others close."""
        ...

    async def again(self, path: str) -> Saved:
        """Gives an answer that the person changed back to its computation."""
        ...

    async def choose(self, path: str, *, theirs: bool) -> Saved:
        """Settles which of two devices' answers holds."""
        ...
