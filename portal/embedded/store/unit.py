"""One unit of work on the store: everything a write does, inside the writer's transaction.

Rows wait and are written together, many in one statement: when something is asked of the tables, and at the end.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from portal.embedded.search.extract import Rows
from portal.embedded.search.values import written_instant
from portal.embedded.store.schema import DELETED, LIVE, MENTIONED
from portal.types import Json

TABLE = {
    "string": "by_string",
    "token": "by_token",
    "reference": "by_reference",
    "date": "by_date",
    "number": "by_number",
    "part": "by_part",
}
_COLUMNS = {
    "string": "pid, value, rid, exact",
    "token": "pid, value, sid, rid",
    "reference": "pid, value, rid",
    "date": "pid, value, rid, high",
    "number": "pid, value, rid",
    "part": "pid, value, rid, slot, sid, high, exact",
}
_INSERT = {
    kind: f"INSERT OR IGNORE INTO {TABLE[kind]} ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))})"
    for kind, columns in _COLUMNS.items()
}
_DELETE = {
    kind: f"DELETE FROM {TABLE[kind]} WHERE " + " AND ".join(f"{c} = ?" for c in columns.split(", "))
    for kind, columns in _COLUMNS.items()
}
_OF = {kind: f"SELECT {columns} FROM {TABLE[kind]} WHERE rid = ?" for kind, columns in _COLUMNS.items()}
_COUNT = "INSERT INTO census (type, live) VALUES (?1, ?2) ON CONFLICT (type) DO UPDATE SET live = live + ?2"
_NEW = "INSERT INTO resource (rid, type, id, state, version, created, updated, method) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_CHANGED = "UPDATE resource SET state = ?, version = ?, created = ?, updated = ?, method = ? WHERE rid = ?"
_PAST = "INSERT INTO history (rid, version, type, updated, method, body) VALUES (?, ?, ?, ?, ?, ?)"
_KNOWN = "SELECT r.id, r.rid, r.state FROM json_each(?) j CROSS JOIN resource r ON r.type = ? AND r.id = j.value"
_REFERRED_TO = (
    "SELECT 1 FROM name n CROSS JOIN by_reference b ON b.pid = n.nid AND b.value = ? WHERE n.kind = 'index' "
    "AND n.text LIKE '% reference %' LIMIT 1"
)
ONE_BY_ONE = 3
"""Up to so many resources are looked for each on its own; more, in one statement."""

Key = tuple[str, str]
"""(type, id)."""
Index = Callable[[int, Rows], None]
"""Adds the index rows of a resource, given its number."""


class Kept(NamedTuple):
    """A resource as stored. Times in microseconds UTC; `body` is the JSON text, None when deleted or only mentioned."""

    rid: int
    type: str
    id: str
    state: int
    version: int
    created: int
    updated: int
    method: str
    body: bytes | None


@dataclass(slots=True)
class Names:
    """Numbers of types, parameters and code systems. Only the writer adds; readers may meet a number before its commit,
    which finds nothing and harms nothing. `taken_back` counts the times that numbers ceased to exist.
    """

    numbers: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    taken_back: int = 0

    def load(self, connection: sqlite3.Connection) -> None:
        for nid, kind, text in connection.execute("SELECT nid, kind, text FROM name"):
            self.numbers[kind, text] = nid

    def find(self, kind: str, text: str) -> int:
        """Its number, or -1, which no row has."""
        return self.numbers.get((kind, text), -1)


class Unit:
    """Reads see the unit's own writes. `changed` lists what was written, for those who follow changes; `references` are
    those of each resource written (its type, itself, whom it names), until they are checked; `correlation` is the
    caller's id for the events they make.

    `last` is the highest number that a resource has. `undo` is called, the latest first, when the unit comes to nothing:
    by who has made something in memory of it already.
    """

    def __init__(self, connection: sqlite3.Connection, names: Names, now: int, version: int, last: int) -> None:
        self._db = connection
        self.names = names
        self.now = now
        self.version = version
        self.last = last
        self.changed: list[Kept] = []
        self.references: list[tuple[str, Json, list[Key]]] = []
        self.correlation = ""
        self.undo: list[Callable[[], None]] = []
        self.now_written = written_instant(now)
        self._kept: dict[Key, Kept | None] = {}
        self._known: dict[Key, tuple[int, int]] = {}
        self._new_names: list[tuple[str, str]] = []
        self._new: dict[int, tuple[Any, ...]] = {}
        self._updated: dict[int, tuple[Any, ...]] = {}
        self._bodies: dict[int, bytes | None] = {}
        self._past: list[tuple[Any, ...]] = []
        self._rows = Rows(self.number)
        self._census: dict[int, int] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """For searches and for tables that are not of resources; what is pending is written first."""
        self.flush()
        return self._db

    def flush(self) -> None:
        rows = self._rows
        if rows.reference:
            self._insert("reference", self._numbered(rows.reference))
            rows.reference.clear()
        for kind, records in (
            ("string", rows.string), ("token", rows.token), ("date", rows.date), ("number", rows.numbers),
            ("part", rows.part),
        ):  # fmt: skip
            if records:
                self._insert(kind, records)
                records.clear()
        if self._new:
            self._db.executemany(_NEW, self._new.values())
            self._new.clear()
        if self._updated:
            self._db.executemany(_CHANGED, [(*row, rid) for rid, row in self._updated.items()])
            self._updated.clear()
        if self._past:
            self._db.executemany(_PAST, self._past)
            self._past.clear()
        if self._bodies:
            self._write_bodies()
        for type_, step in self._census.items():
            self._db.execute(_COUNT, (type_, step))
        self._census.clear()

    def _write_bodies(self) -> None:
        gone = [(rid,) for rid, body in self._bodies.items() if body is None]
        if gone:
            self._db.executemany("DELETE FROM body WHERE rid = ?", gone)
        kept = [item for item in self._bodies.items() if item[1] is not None]
        self._db.executemany("INSERT OR REPLACE INTO body (rid, json) VALUES (?, ?)", kept)
        self._bodies.clear()

    def _insert(self, kind: str, records: Iterable[tuple[Any, ...]]) -> None:
        self._db.executemany(_INSERT[kind], records)

    def number(self, kind: str, text: str) -> int:
        found = self.names.numbers.get((kind, text))
        if found is None:
            cursor = self._db.execute("INSERT INTO name (kind, text) VALUES (?, ?)", (kind, text))
            found = self.names.numbers[kind, text] = int(cursor.lastrowid or 0)
            self._new_names.append((kind, text))
        return found

    def undone(self) -> None:
        """Called when the unit is rolled back: its new numbers do not exist."""
        for each in reversed(self.undo):
            each()
        for key in self._new_names:
            del self.names.numbers[key]
        if self._new_names:
            self.names.taken_back += 1

    def find(self, type_: str, id_: str) -> Kept | None:
        key = (type_, id_)
        if key not in self._kept:
            if key in self._known and self._known[key] == _NOBODY:
                return None
            found = self._kept[key] = find(self._db, self.names, type_, id_)
            self._known[key] = (found.rid, found.state) if found else _NOBODY
        return self._kept[key]

    def state(self, type_: str, id_: str) -> int:
        """LIVE, DELETED or MENTIONED (which is also said of what nobody ever named)."""
        key = (type_, id_)
        if key not in self._known:
            self.look_up([key])
        return self._known[key][1]

    def look_up(self, keys: Iterable[Key]) -> None:
        """Finds out in few statements whether these are known, for the questions to come."""
        wanted: dict[str, set[str]] = {}
        for type_, id_ in keys:
            if (type_, id_) not in self._known:
                wanted.setdefault(type_, set()).add(id_)
        for type_, ids in wanted.items():
            number = self.names.find("type", type_)
            for id_ in ids:
                self._known[type_, id_] = _NOBODY
            if len(ids) <= ONE_BY_ONE or any("\0" in id_ for id_ in ids):  # a JSON text of SQLite ends at \0
                query = "SELECT id, rid, state FROM resource WHERE type = ? AND id = ?"
                found = [row for id_ in ids for row in self._db.execute(query, (number, id_))]
            else:
                found = self._db.execute(_KNOWN, (orjson.dumps([*ids]).decode(), number)).fetchall()
            for id_, rid, state in found:
                self._known[type_, id_] = (rid, state)

    def put(self, type_: str, id_: str, method: str, previous: Kept | None, body: bytes, index: Index) -> Kept:
        """Stores a new version (the number after the last) and its index rows; the version before goes to history."""
        if previous is not None and previous.state == LIVE:
            kept = self._row(type_, id_, previous, previous.created, method, LIVE, body)
            self.reindex(kept, index)
            return kept
        kept = self._row(type_, id_, previous, self.now, method, LIVE, body)
        self._count(type_, 1)
        index(kept.rid, self._rows)
        return kept

    def remove(self, previous: Kept) -> Kept:
        kept = self._row(previous.type, previous.id, previous, previous.created, "DELETE", DELETED, None)
        self._count(previous.type, -1)
        self.reindex(previous, lambda _rid, _rows: None)
        return kept

    def purge(self, kept: Kept) -> None:
        """Takes a resource out with all its versions, as if it had never been written; when something refers to it, it is
        merely mentioned from now on.
        """
        if kept.state == LIVE:
            self.remove(kept)
        self.flush()
        self._db.execute("DELETE FROM history WHERE rid = ?", (kept.rid,))
        if self._db.execute(_REFERRED_TO, (kept.rid,)).fetchone():
            self._db.execute(_CHANGED, (MENTIONED, 0, 0, 0, "", kept.rid))
        else:
            self._db.execute("DELETE FROM resource WHERE rid = ?", (kept.rid,))
        self._kept.pop((kept.type, kept.id), None)
        self._known.pop((kept.type, kept.id), None)

    def reindex(self, kept: Kept, index: Index) -> None:
        """Changes the index rows of a resource to these, and only those that differ."""
        self.flush()
        rows = Rows(self.number)
        index(kept.rid, rows)
        wanted: dict[str, Iterable[tuple[Any, ...]]] = {
            "string": rows.string, "token": rows.token, "date": rows.date, "number": rows.numbers,
            "part": rows.part, "reference": self._numbered(rows.reference),
        }  # fmt: skip
        for kind, records in wanted.items():
            new = set(records)
            old: set[tuple[Any, ...]] = set(self._db.execute(_OF[kind], (kept.rid,)))
            if gone := old - new:
                self._db.executemany(_DELETE[kind], gone)
            if added := new - old:
                self._insert(kind, added)

    def _numbered(self, references: list[tuple[int, str, str, int]]) -> list[tuple[int, int, int]]:
        """The rows with the number of what each names, which gets a row of its own when nobody named it before."""
        self.look_up([(type_, id_) for _, type_, id_, _ in references])
        return [
            (pid, self._known[type_, id_][0] or self._mention(type_, id_), rid) for pid, type_, id_, rid in references
        ]

    def _mention(self, type_: str, id_: str) -> int:
        self.last += 1
        self._new[self.last] = (self.last, self.number("type", type_), id_, MENTIONED, 0, 0, 0, "")
        self._known[type_, id_] = (self.last, MENTIONED)
        self._kept[type_, id_] = Kept(self.last, type_, id_, MENTIONED, 0, 0, 0, "", None)
        return self.last

    def _row(
        self, type_: str, id_: str, previous: Kept | None, created: int, method: str, state: int, body: bytes | None
    ) -> Kept:
        self.version += 1
        number = self.number("type", type_)
        if previous is None:
            # A reference of this unit may have named it since it was looked for.
            known = self._known.get((type_, id_), _NOBODY)[0]
            rid = known or self.last + 1
            self.last = max(self.last, rid)
        else:
            rid = previous.rid
            known = rid
            if previous.state != MENTIONED:
                past = (rid, previous.version, number, previous.updated, previous.method, previous.body)
                self._past.append(past)
        if known and rid not in self._new:
            self._updated[rid] = (state, self.version, created, self.now, method)
        else:
            self._new[rid] = (rid, number, id_, state, self.version, created, self.now, method)
        self._bodies[rid] = body
        kept = Kept(rid, type_, id_, state, self.version, created, self.now, method, body)
        self._kept[type_, id_] = kept
        self._known[type_, id_] = (rid, state)
        self.changed.append(kept)
        return kept

    def _count(self, type_: str, step: int) -> None:
        number = self.number("type", type_)
        self._census[number] = self._census.get(number, 0) + step


_NOBODY = (0, MENTIONED)


def find(connection: sqlite3.Connection, names: Names, type_: str, id_: str) -> Kept | None:
    """The row of a resource in any state, or None when nobody ever named it."""
    found = connection.execute(
        "SELECT r.rid, state, version, created, updated, method, json FROM resource r LEFT JOIN body b ON b.rid = r.rid "
        "WHERE type = ? AND id = ?",
        (names.find("type", type_), id_),
    ).fetchone()
    return Kept(found[0], type_, id_, *found[1:]) if found else None


def versions(connection: sqlite3.Connection, kept: Kept) -> Iterator[Kept]:
    """All versions of a resource, newest first."""
    if kept.state != MENTIONED:
        yield kept
    query = "SELECT version, updated, method, body FROM history WHERE rid = ? ORDER BY version DESC"
    for version, updated, method, body in connection.execute(query, (kept.rid,)):
        state = DELETED if body is None else LIVE
        yield Kept(kept.rid, kept.type, kept.id, state, version, kept.created, updated, method, body)


def all_live(connection: sqlite3.Connection, names: Names, type_: str) -> Iterator[Kept]:
    """Every present resource of a type, in the order of ids. Rows may be changed while it runs."""
    last = ""
    while True:
        rows = connection.execute(
            "SELECT r.rid, id, state, version, created, updated, method, json FROM resource r JOIN body b ON b.rid = r.rid "
            "WHERE type = ? AND id > ? AND state = 1 ORDER BY id LIMIT 200",
            (names.find("type", type_), last),
        ).fetchall()
        for row in rows:
            last = row[1]
            yield Kept(row[0], type_, *row[1:])
        if not rows:
            return
