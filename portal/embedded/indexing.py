"""Keeps the indexes true to the parameters: at start after an upgrade, and when a SearchParameter is stored or removed."""

import sqlite3

from portal.embedded.definitions import Parameter, stored_parameters
from portal.embedded.engine import Engine, body_of
from portal.embedded.store import Unit, all_live
from portal.embedded.text import loads


def stored(connection: sqlite3.Connection, engine: Engine) -> list[Parameter]:
    """What the stored SearchParameters add, in the order of their ids."""
    return [
        parameter
        for kept in all_live(connection, engine.names, "SearchParameter")
        for parameter in stored_parameters(engine.definitions, body_of(kept))
    ]


def adopt(unit: Unit, engine: Engine) -> None:
    """At start: takes the stored parameters up, and indexes everything again when the official table is a new one."""
    engine.use_parameters(stored(unit.connection, engine))
    row = unit.connection.execute("SELECT value FROM state WHERE key = 'definitions'").fetchone()
    if row and row[0] == engine.definitions.fingerprint:
        return
    for type_ in sorted(engine.parameters):
        reindex(unit, engine, type_)
    unit.connection.execute("INSERT OR REPLACE INTO state VALUES ('definitions', ?)", (engine.definitions.fingerprint,))


def follow(unit: Unit, engine: Engine) -> None:
    """After the writes of a unit: when a SearchParameter was among them, its types are indexed again at once."""
    touched = [kept for kept in unit.changed if kept.type == "SearchParameter"]
    if not touched:
        return
    before = {(p.type, p.name): p for types in engine.parameters.values() for p in types.values()}
    unit.undo.append(engine.use_parameters(stored(unit.connection, engine)))
    after = {(p.type, p.name): p for types in engine.parameters.values() for p in types.values()}
    for type_ in sorted({key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}):
        reindex(unit, engine, type_)


def reindex(unit: Unit, engine: Engine, type_: str) -> None:
    for kept in all_live(unit.connection, engine.names, type_):
        unit.reindex(kept, engine.index(unit, type_, loads(kept.body or b"{}")))
