"""The yardstick of the embedded backend: raw SQLite that keeps the same JSON by primary key and by one indexed column."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from portal.embedded.store.schema import PRAGMAS


class Raw:
    """Takes the same texts as the backend takes (a resource, or a Bundle), reads each with Python's `json` to find its key
    and its column, keeps its text and commits once a text. SQLite is set as the backend sets it: WAL, an fsync at each
    commit, the same cache, checkpoints as often.
    """

    def __init__(self, file: Path) -> None:
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        for pragma in PRAGMAS:
            self.db.execute(pragma)
        self.db.execute("CREATE TABLE IF NOT EXISTS r (id TEXT PRIMARY KEY, subject TEXT, body TEXT) WITHOUT ROWID")
        self.db.execute("CREATE INDEX IF NOT EXISTS s ON r (subject)")

    def observations(self) -> int:
        """How many were loaded: those that a measurement wrote have other ids."""
        found: int = self.db.execute("SELECT count(*) FROM r WHERE id >= 'o' AND id < 'p'").fetchone()[0]
        return found

    def create(self, text: bytes) -> None:
        self._keep([json.loads(text)])

    def transaction(self, text: bytes) -> None:
        self._keep([entry["resource"] for entry in json.loads(text)["entry"]])

    def _keep(self, resources: list[dict[str, Any]]) -> None:
        rows = [(r["id"], r.get("subject", {}).get("reference", ""), json.dumps(r)) for r in resources]
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("INSERT OR REPLACE INTO r VALUES (?, ?, ?)", rows)
        self.db.execute("COMMIT")

    def read(self, id_: str) -> Any:
        return json.loads(self.db.execute("SELECT body FROM r WHERE id = ?", (id_,)).fetchone()[0])

    def page(self, subject: str) -> list[Any]:
        rows = self.db.execute("SELECT body FROM r WHERE subject = ? LIMIT 20", (subject,))
        return [json.loads(row[0]) for row in rows]
