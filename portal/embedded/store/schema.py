"""Tables of the store. One row a resource (its text apart, so that searches read little), one row a superseded version, one row an indexed value; one row an
event that a subscription's destination has not taken yet.

Index tables are keyed (parameter, value, resource): a search is a range of the key. Each has a second order by resource,
for sorting and for taking a resource's rows out again. Names that repeat (types, parameters, code systems) are numbers
of `name`. What stands together in one element (the components of a composite parameter) is in `by_part`, with the number
of the element among its like (`slot`). A resource that is only mentioned by a reference has a row too (state MENTIONED), so references are numbers.
"""

import sqlite3
from pathlib import Path

from portal.embedded.search.values import kilometres
from portal.errors import NotReady
from portal.i18n import N_

MENTIONED, LIVE, DELETED = 0, 1, 2
CHECKED_WHOLE = 64 * 1024 * 1024
"""Bytes up to which a file is checked page by page at start; a larger one is checked where it is read."""

WIDE = 86_400_000_000
"""Microseconds from which a date's range has an index by its end. The end of a narrower one is less than that from its
start, whose index finds it."""

LAYOUTS = (
    """
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE name (nid INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (kind, text));
CREATE TABLE resource (
    rid INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL, state INTEGER NOT NULL, version INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, method TEXT NOT NULL, body BLOB, UNIQUE (type, id));
CREATE INDEX resource_updated ON resource (type, updated, rid) WHERE state = 1;
CREATE TABLE history (
    rid INTEGER NOT NULL, version INTEGER NOT NULL, type INTEGER NOT NULL, updated INTEGER NOT NULL, method TEXT NOT NULL,
    body BLOB, PRIMARY KEY (rid, version)) WITHOUT ROWID;
CREATE INDEX history_type ON history (type, version);
CREATE TABLE census (type INTEGER PRIMARY KEY, live INTEGER NOT NULL);
CREATE TABLE by_string (pid INTEGER, value TEXT, rid INTEGER, exact TEXT, PRIMARY KEY (pid, value, rid, exact)) WITHOUT ROWID;
CREATE INDEX string_of ON by_string (rid, pid, value);
CREATE TABLE by_token (pid INTEGER, value TEXT, sid INTEGER, rid INTEGER, PRIMARY KEY (pid, value, sid, rid)) WITHOUT ROWID;
CREATE INDEX token_of ON by_token (rid, pid, value);
CREATE TABLE by_reference (pid INTEGER, value INTEGER, rid INTEGER, PRIMARY KEY (pid, value, rid)) WITHOUT ROWID;
CREATE INDEX reference_of ON by_reference (rid, pid, value);
CREATE TABLE by_date (pid INTEGER, value INTEGER, rid INTEGER, high INTEGER, PRIMARY KEY (pid, value, rid, high)) WITHOUT ROWID;
CREATE INDEX date_of ON by_date (rid, pid, value, high);
CREATE INDEX date_high ON by_date (pid, high);
CREATE TABLE by_number (pid INTEGER, value REAL, rid INTEGER, PRIMARY KEY (pid, value, rid)) WITHOUT ROWID;
CREATE INDEX number_of ON by_number (rid, pid, value);
""",
    """
CREATE TABLE event (
    eid INTEGER PRIMARY KEY AUTOINCREMENT, destination TEXT NOT NULL, rid INTEGER NOT NULL, version INTEGER NOT NULL,
    correlation TEXT NOT NULL);
CREATE INDEX event_of ON event (destination, eid);
""",
    """
CREATE TABLE body (rid INTEGER PRIMARY KEY, json BLOB NOT NULL);
INSERT INTO body SELECT rid, body FROM resource WHERE body IS NOT NULL;
ALTER TABLE resource DROP COLUMN body;
""",
    f"""
DROP INDEX date_high;
CREATE INDEX date_wide ON by_date (pid, high) WHERE high - value >= {WIDE};
""",
    """
CREATE TABLE by_part (
    pid INTEGER, value, rid INTEGER, slot INTEGER, sid INTEGER, high INTEGER, exact TEXT,
    PRIMARY KEY (pid, value, rid, slot, sid, high, exact)) WITHOUT ROWID;
CREATE INDEX part_of ON by_part (rid, pid, slot);
""",
    """
DROP INDEX history_type;
CREATE INDEX history_of ON history (type, updated, version);
CREATE INDEX resource_deleted ON resource (type, updated, version) WHERE state = 2;
""",
)
"""Each script takes a store of the layout before to the next; a new store goes through all."""

# A checkpoint is done less often than by default (16 MB of log instead of 4): a page that many writes touch is copied once.
PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA wal_autocheckpoint = 4000",
)
NOT_A_STORE = N_("The record file {file} is damaged or is not a record file. Restore it from a backup.")


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are opened by hand."""
    connection = sqlite3.connect(
        f"file:{path}{'?mode=ro' if read_only else ''}", uri=True, isolation_level=None, check_same_thread=False,
        cached_statements=512,
    )  # fmt: skip
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.create_function("kilometres", 4, kilometres, deterministic=True)
    return connection


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Lays the tables in a new file, checks an existing one. NotReady when the file is no store of ours."""
    connection.execute("PRAGMA journal_mode = WAL")
    layout: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise NotReady(NOT_A_STORE, file=path)
    small = Path(path).stat().st_size < CHECKED_WHOLE
    if layout > len(LAYOUTS) or (small and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"):
        raise NotReady(NOT_A_STORE, file=path)
    for number, script in enumerate(LAYOUTS[layout:], start=layout + 1):
        connection.executescript(f"BEGIN;{script}PRAGMA user_version = {number};COMMIT")
