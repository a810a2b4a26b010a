"""What a session tells: what an answer changed, and how an item stands."""

from dataclasses import dataclass
from typing import Any

from portal.i18n import Message
from portal.sdc.model import AlertRule, Option
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What an answer changed. Paths of items whose value changed, that appeared, that went; linkIds of scores that moved;
    alert rules that have just begun to hold. All empty when the answer was the one already there.
    """

    values: frozenset[str]
    shown: frozenset[str]
    hidden: frozenset[str]
    scores: frozenset[str]
    alerts: tuple[AlertRule, ...]

    def __bool__(self) -> bool:
        return bool(self.values or self.shown or self.hidden)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemState:
    """How one item stands. `value` is typed as `FormSession.set` takes it, None when unanswered, a list when the question
    takes several answers. `options` are those that may be chosen now, `units` likewise. `error` is the sentence to show at
    the question. `text`, `required` and `value_set` (a canonical) are the item's own, or what an expression says instead.
    """

    path: str
    enabled: bool
    value: Any
    error: Message | None
    read_only: bool
    edited: bool
    options: tuple[Option, ...]
    text: str = ""
    required: bool = False
    units: tuple[Json, ...] = ()
    value_set: str = ""
