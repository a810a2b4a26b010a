"""What the Python twin of an sql policy is given: what is stored now, and answers kept until what they rest on changes."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, cast

from portal.embedded.engine import Engine, body_of
from portal.embedded.store import LIVE, Kept, find, versions
from portal.embedded.text import loads
from portal.types import Json

T = TypeVar("T")
MOST = 20_000
"""Answers kept for one kind of question, before all are forgotten."""


@dataclass(slots=True)
class Memory:
    """Answers of twins, by kind of question. `rests_on` says which types each kind of answer is made from.

    A kind's answers are replaced, never emptied: a twin that began before a change puts its answer where nobody looks.
    """

    rests_on: MappingProxyType[str, frozenset[str]]
    answers: defaultdict[str, dict[str, object]] = field(
        default_factory=lambda: defaultdict[str, dict[str, object]](dict)
    )

    def forget(self, changed: Iterable[Kept]) -> None:
        """Told by the writer after each commit, before the writing request is answered."""
        types = {kept.type for kept in changed}
        for kind, sources in self.rests_on.items():
            if types & sources:
                self.answers[kind] = {}

    def keep(self, key: tuple[str, str], answer: Callable[[], T]) -> T:
        kind, about = key
        if kind not in self.rests_on:
            return answer()
        held = self.answers[kind]
        if about in held:
            return cast("T", held[about])
        if len(held) >= MOST:
            held = self.answers[kind] = {}
        found = answer()
        held[about] = found
        return found


@dataclass(frozen=True, slots=True)
class Stored:
    """The record through one reading connection."""

    engine: Engine
    connection: sqlite3.Connection
    memory: Memory

    def find(self, kind: str, id_: str) -> Json | None:
        """None when there is none, or none any more."""
        kept = find(self.connection, self.engine.names, kind, id_)
        return body_of(kept) if kept and kept.state == LIVE else None

    def versions(self, kind: str, id_: str) -> list[Json]:
        """Every version that is not a deletion, newest first."""
        kept = find(self.connection, self.engine.names, kind, id_)
        return [body_of(each) for each in versions(self.connection, kept) if each.state == LIVE] if kept else []

    def search(self, kind: str, params: dict[str, str]) -> list[Json]:
        asked = [*params.items(), ("_count", "1000"), ("_total", "none")]
        query = self.engine.query(self.connection, kind, asked)
        found: list[Any] = [loads(match[3]) for match in self.engine.search(self.connection, query).matches]
        return found

    def remember(self, key: tuple[str, str], answer: Callable[[], T]) -> T:
        return self.memory.keep(key, answer)
