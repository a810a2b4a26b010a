"""One unit of work on the store: everything a write does, inside the writer's transaction."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from portal.embedded.outcome import Place
from portal.embedded.search.extract import Row
from portal.embedded.search.values import written_instant
from portal.embedded.store.schema import DELETED, LIVE, MENTIONED

TABLE = {
    "string": "by_string",
    "token": "by_token",
    "reference": "by_reference",
    "date": "by_date",
    "number": "by_number",
}
_COLUMNS = {
    "string": "pid, value, rid, exact",
    "token": "pid, value, sid, rid",
    "reference": "pid, value, rid",
    "date": "pid, value, rid, high",
    "number": "pid, value, rid",
}
_INSERT = {
    kind: f"INSERT OR IGNORE INTO {TABLE[kind]} ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))})"
    for kind, columns in _COLUMNS.items()
}
_DELETE = {
    kind: f"DELETE FROM {TABLE[kind]} WHERE " + " AND ".join(f"{c} = ?" for c in columns.split(", "))
    for kind, columns in _COLUMNS.items()
}
_COUNT = "INSERT INTO census (type, live) VALUES (?1, ?2) ON CONFLICT (type) DO UPDATE SET live = live + ?2"
_OF = {kind: f"SELECT {columns} FROM {TABLE[kind]} WHERE rid = ?" for kind, columns in _COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Kept:
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
    which finds nothing and harms nothing.
    """

    numbers: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def load(self, connection: sqlite3.Connection) -> None:
        for nid, kind, text in connection.execute("SELECT nid, kind, text FROM name"):
            self.numbers[kind, text] = nid

    def find(self, kind: str, text: str) -> int:
        """Its number, or -1, which no row has."""
        return self.numbers.get((kind, text), -1)


class Unit:
    """Reads see the unit's own writes. `changed` lists what was written, for those who follow changes; `references`
    are those written, until they are checked; `correlation` is the caller's id for the events they make.
    """

    def __init__(self, connection: sqlite3.Connection, names: Names, now: int, version: int) -> None:
        self._db = connection
        self.names = names
        self.now = now
        self.version = version
        self.changed: list[Kept] = []
        self.references: list[tuple[str, Place]] = []
        self.correlation = ""
        self.now_written = written_instant(now)
        self._rows: dict[tuple[str, str], int] = {}
        self._new_names: list[tuple[str, str]] = []
        self._pending: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in TABLE}
        self._census: dict[int, int] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """For searches and for tables that are not of resources; what is pending is written first."""
        self.flush()
        return self._db

    def flush(self) -> None:
        """Index rows and counts are written together: once for a whole transaction that asks nothing of them."""
        for kind, records in self._pending.items():
            if records:
                self._db.executemany(_INSERT[kind], records)
                records.clear()
        for type_, step in self._census.items():
            self._db.execute(_COUNT, (type_, step))
        self._census.clear()

    def number(self, kind: str, text: str) -> int:
        found = self.names.numbers.get((kind, text))
        if found is None:
            cursor = self._db.execute("INSERT INTO name (kind, text) VALUES (?, ?)", (kind, text))
            found = self.names.numbers[kind, text] = int(cursor.lastrowid or 0)
            self._new_names.append((kind, text))
        return found

    def forget_names(self) -> None:
        """Called when the unit is rolled back: its new numbers do not exist."""
        for key in self._new_names:
            del self.names.numbers[key]

    def find(self, type_: str, id_: str) -> Kept | None:
        return find(self._db, self.names, type_, id_)

    def state(self, type_: str, id_: str) -> int:
        """LIVE, DELETED or MENTIONED (which is also said of what nobody ever named)."""
        query = "SELECT state FROM resource WHERE type = ? AND id = ?"
        found = self._db.execute(query, (self.names.find("type", type_), id_)).fetchone()
        return int(found[0]) if found else MENTIONED

    def put(self, type_: str, id_: str, method: str, previous: Kept | None, body: bytes, rows: set[Row]) -> Kept:
        """Stores a new version (the number after the last) and its index rows; the version before goes to history."""
        created = previous.created if previous and previous.state == LIVE else self.now
        rid = self._row(type_, id_, previous, created, method, LIVE, body)
        if previous is None or previous.state != LIVE:
            self._count(type_, 1)
        self._index(rid, rows, fresh=previous is None or previous.state != LIVE)
        return self._note(rid, type_, id_, LIVE, created, method, body)

    def remove(self, previous: Kept) -> Kept:
        self._row(previous.type, previous.id, previous, previous.created, "DELETE", DELETED, None)
        self._count(previous.type, -1)
        self._index(previous.rid, set(), fresh=False)
        return self._note(previous.rid, previous.type, previous.id, DELETED, previous.created, "DELETE", None)

    def reindex(self, kept: Kept, rows: set[Row]) -> None:
        self._index(kept.rid, rows, fresh=False)

    def mention(self, type_: str, id_: str) -> int:
        """The number of a resource that a reference names, whether or not it exists."""
        known = self._rows.get((type_, id_))
        if known is not None:
            return known
        number = self.number("type", type_)
        found = self._db.execute("SELECT rid FROM resource WHERE type = ? AND id = ?", (number, id_)).fetchone()
        if found is None:
            cursor = self._db.execute(
                "INSERT INTO resource (type, id, state, version, created, updated, method) VALUES (?, ?, ?, 0, 0, 0, '')",
                (number, id_, MENTIONED),
            )
            found = (cursor.lastrowid or 0,)
        rid = self._rows[type_, id_] = int(found[0])
        return rid

    def _row(
        self, type_: str, id_: str, previous: Kept | None, created: int, method: str, state: int, body: bytes | None
    ) -> int:
        self.version += 1
        if previous is None:
            cursor = self._db.execute(
                "INSERT INTO resource (type, id, state, version, created, updated, method) VALUES (?,?,?,?,?,?,?)",
                (self.number("type", type_), id_, state, self.version, created, self.now, method),
            )
            rid = int(cursor.lastrowid or 0)
            self._db.execute("INSERT INTO body (rid, json) VALUES (?, ?)", (rid, body))
            return rid
        if previous.state != MENTIONED:
            self._db.execute(
                "INSERT INTO history (rid, version, type, updated, method, body) VALUES (?,?,?,?,?,?)",
                (
                    previous.rid,
                    previous.version,
                    self.number("type", type_),
                    previous.updated,
                    previous.method,
                    previous.body,
                ),
            )
        self._db.execute(
            "UPDATE resource SET state=?, version=?, created=?, updated=?, method=? WHERE rid=?",
            (state, self.version, created, self.now, method, previous.rid),
        )
        if body is None:
            self._db.execute("DELETE FROM body WHERE rid = ?", (previous.rid,))
        else:
            self._db.execute("INSERT OR REPLACE INTO body (rid, json) VALUES (?, ?)", (previous.rid, body))
        return previous.rid

    def _note(self, rid: int, type_: str, id_: str, state: int, created: int, method: str, body: bytes | None) -> Kept:
        kept = Kept(rid, type_, id_, state, self.version, created, self.now, method, body)
        self.changed.append(kept)
        return kept

    def _count(self, type_: str, step: int) -> None:
        number = self.number("type", type_)
        self._census[number] = self._census.get(number, 0) + step

    def _index(self, rid: int, rows: set[Row], *, fresh: bool) -> None:
        wanted = [(kind, self._record(kind, self.number("index", index), rid, values)) for kind, index, values in rows]
        if fresh:
            for kind, record in wanted:
                self._pending[kind].append(record)
            return
        self.flush()
        for kind in TABLE:
            new = {record for k, record in wanted if k == kind}
            old: set[tuple[Any, ...]] = set(self._db.execute(_OF[kind], (rid,)))
            if gone := old - new:
                self._db.executemany(_DELETE[kind], gone)
            if added := new - old:
                self._db.executemany(_INSERT[kind], added)

    def _record(self, kind: str, pid: int, rid: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if kind == "string":
            return (pid, values[0], rid, values[1])
        if kind == "token":
            return (pid, values[0], self.number("system", values[1]) if values[1] else 0, rid)
        if kind == "reference":
            return (pid, self.mention(*values), rid)
        if kind == "date":
            return (pid, values[0], rid, values[1])
        return (pid, values[0], rid)


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
