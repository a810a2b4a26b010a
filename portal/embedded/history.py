"""History: the versions of a resource or of a type, newest first, a page at a time."""

import sqlite3
from dataclasses import dataclass

from portal.embedded.engine import Engine
from portal.embedded.links import page_links, whole
from portal.embedded.messages import Answer, Request, when
from portal.embedded.outcome import refuse
from portal.embedded.search.query import MOST, PAGE, TOLERATED
from portal.embedded.search.values import date_range
from portal.embedded.store import DELETED, LIVE, MENTIONED, Kept, find
from portal.embedded.text import dumps, stored
from portal.types import Json

KNOWN = TOLERATED | {"_count", "_page", "_since", "_at", "_txid"}
_REPLACED = (
    "coalesce((SELECT n.updated FROM history n WHERE n.rid = v.rid AND n.version > v.version ORDER BY n.version LIMIT 1), "
    "(SELECT r.updated FROM resource r WHERE r.rid = v.rid))"
)
"""When the past version `v` ceased to be the present one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """Present and past versions as SQL on `v`: conditions that both fulfil, and what each fulfils besides."""

    present: tuple[str, ...]
    past: str
    key: int
    order: str


def resource_history(connection: sqlite3.Connection, engine: Engine, request: Request, type_: str, id_: str) -> Answer:
    kept = find(connection, engine.names, type_, id_)
    if kept is None or kept.state == MENTIONED:
        raise refuse(404, "not-found", f"Resource {type_}/{id_} not found")
    asked = Versions(present=("v.rid = ? AND v.state > 0",), past="v.rid = ?", key=kept.rid, order="version DESC")
    return _bundle(connection, request, type_, asked)


def type_history(connection: sqlite3.Connection, engine: Engine, request: Request, type_: str) -> Answer:
    """In the order of the times that the versions state. Live and deleted resources are read apart, each from an index."""
    present = ("v.type = ? AND v.state = 1", "v.type = ? AND v.state = 2")
    key, order = engine.names.find("type", type_), "updated DESC, version DESC"
    return _bundle(connection, request, type_, Versions(present=present, past="v.type = ?", key=key, order=order))


def vread(connection: sqlite3.Connection, engine: Engine, type_: str, id_: str, version: str) -> Answer:
    kept = find(connection, engine.names, type_, id_)
    one = _version(connection, kept, version) if kept and kept.state != MENTIONED else None
    if one is None:
        raise refuse(404, "not-found", f"Version {version} of {type_}/{id_} not found")
    if one.state == DELETED:
        raise refuse(410, "deleted", f"Version {version} of {type_}/{id_} is its deletion")
    return Answer(status=200, body=one.body or b"", kept=one)


def _version(connection: sqlite3.Connection, kept: Kept, version: str) -> Kept | None:
    if version == str(kept.version):
        return kept
    if not (version.isascii() and version.isdigit() and len(version) <= 18):
        return None
    query = "SELECT updated, method, body FROM history WHERE rid = ? AND version = ?"
    found = connection.execute(query, (kept.rid, int(version))).fetchone()
    if found is None or version != str(int(version)):
        return None
    updated, method, body = found
    state = DELETED if body is None else LIVE
    return Kept(kept.rid, kept.type, kept.id, state, int(version), kept.created, updated, method, body)


def _bundle(connection: sqlite3.Connection, request: Request, type_: str, versions: Versions) -> Answer:
    unknown = next((name for name, _ in request.params if name not in KNOWN), None)
    if unknown:
        raise refuse(400, "not-supported", f"A history has no parameter {unknown!r}", place=unknown)
    count = min(whole(request, "_count", PAGE), MOST)
    page = max(whole(request, "_page", 1), 1)
    now, past = _conditions(request)
    parts = [("resource", 1, where, *now) for where in versions.present] + [("history", 0, versions.past, *past)]
    texts = [f"FROM {table} v WHERE {where} {test}" for table, _, where, test, _ in parts]
    args = [(versions.key, *more) for *_, more in parts]
    total = sum(
        connection.execute(f"SELECT count(*) {text}", some).fetchone()[0]
        for text, some in zip(texts, args, strict=True)
    )
    rows = " UNION ALL ".join(
        f"SELECT rid, updated, version, {is_present} AS present {text}"
        for text, (_, is_present, *_) in zip(texts, parts, strict=True)
    )
    every = [*(value for some in args for value in some), count, (page - 1) * count]
    found = connection.execute(
        "SELECT p.rid, r.id, CASE WHEN p.present THEN r.state WHEN h.body IS NULL THEN 2 ELSE 1 END, p.version, r.created, "
        "p.updated, CASE WHEN p.present THEN r.method ELSE h.method END, CASE WHEN p.present THEN b.json ELSE h.body END "
        f"FROM (SELECT * FROM ({rows}) ORDER BY {versions.order} LIMIT ? OFFSET ?) p JOIN resource r ON r.rid = p.rid "
        "LEFT JOIN body b ON p.present AND b.rid = p.rid "
        "LEFT JOIN history h ON NOT p.present AND h.rid = p.rid AND h.version = p.version",
        every,
    ).fetchall()
    entries = [_entry(request, Kept(row[0], type_, *row[1:])) for row in found]
    bundle: Json = {"resourceType": "Bundle", "type": "history", "total": total}
    last = max(1, -(-total // count)) if count else None
    bundle["link"] = page_links(request, page, more=count > 0 and page * count < total, last=last)
    if entries:
        bundle["entry"] = entries
    return Answer(status=200, body=dumps(bundle))


Test = tuple[str, tuple[int, ...]]


def _conditions(request: Request) -> tuple[Test, Test]:
    """What present and past versions must fulfil: written since, by that transaction, or present at that time."""
    texts: list[str] = []
    args: list[int] = []
    if since := request.option("_since"):
        texts.append("v.updated >= ?")
        args.append(_span("_since", since)[0])
    if request.option("_txid"):
        texts.append("v.version = ?")
        args.append(whole(request, "_txid", 0))
    past = list(texts)
    past_args = list(args)
    if at := request.option("_at"):
        first, last = _span("_at", at)
        texts.append("v.updated <= ?")
        args.append(last)
        past.append(f"v.updated <= ? AND {_REPLACED} > ?")
        past_args += [last, first]
    return _test(texts, args), _test(past, past_args)


def _test(texts: list[str], args: list[int]) -> Test:
    return "".join(f"AND {text} " for text in texts), tuple(args)


def _span(name: str, written: str) -> tuple[int, int]:
    span = date_range(written)
    if span is None:
        raise refuse(400, "invalid", f"The value of {name} is not a time")
    return span


def _entry(request: Request, kept: Kept) -> Json:
    entry: Json = {"fullUrl": f"{request.base}/{kept.type}/{kept.id}"}
    if kept.state == LIVE and kept.body:
        entry["resource"] = stored(kept.body)
    entry["request"] = {"method": kept.method, "url": kept.type if kept.method == "POST" else f"{kept.type}/{kept.id}"}
    status = {"POST": "201", "DELETE": "204"}.get(kept.method, "200")
    entry["response"] = {"status": status, "etag": f'W/"{kept.version}"', "lastModified": when(kept)}
    return entry
