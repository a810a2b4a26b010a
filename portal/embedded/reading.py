"""GET: read, vread, history and search. All take a connection that sees one state of the store."""

import sqlite3
from typing import Any
from urllib.parse import urlencode

from portal.embedded.elements import keep_elements, summarise
from portal.embedded.engine import Engine
from portal.embedded.messages import Answer, Request, tags, when
from portal.embedded.outcome import refuse
from portal.embedded.search.query import Params, Query
from portal.embedded.search.run import Page, Totals
from portal.embedded.search.values import date_range
from portal.embedded.store import DELETED, LIVE, MENTIONED, Kept, find, versions
from portal.embedded.text import dumps, loads, stored
from portal.types import Json


def get(
    connection: sqlite3.Connection, engine: Engine, request: Request, totals: Totals | None = None, generation: int = 0
) -> Answer:
    match request.path:
        case (type_,) | (type_, "_search"):
            query = engine.query(connection, engine.known(type_), request.params)
            return searchset(request, query, engine.search(connection, query, totals, generation))
        case (type_, "_history"):
            return type_history(connection, engine, request, engine.known(type_))
        case (type_, id_):
            return read(request, find(connection, engine.names, engine.known(type_), id_))
        case (type_, id_, "_history"):
            return history(connection, engine, request, engine.known(type_), id_)
        case (type_, id_, "_history", version):
            return vread(connection, engine, engine.known(type_), id_, version)
        case _:
            raise refuse(404, "not-found", "There is nothing at this address")


def read(request: Request, kept: Kept | None) -> Answer:
    kept = present(request, kept)
    if "if-none-match" in request.headers and tags(request.headers["if-none-match"]) & {str(kept.version), "*"}:
        return Answer(status=304, kept=kept)
    body = kept.body or b""
    if not request.params:
        return Answer(status=200, body=body, kept=kept)
    elements = request.option("_elements")
    summary = request.option("_summary")
    if elements:
        body = dumps(keep_elements(loads(body), tuple(elements.split(","))))
    elif summary in {"true", "text", "data"}:
        body = dumps(summarise(loads(body), summary))
    return Answer(status=200, body=body, kept=kept)


def present(request: Request, kept: Kept | None) -> Kept:
    if kept is None or kept.state == MENTIONED:
        raise refuse(404, "not-found", f"Resource {'/'.join(request.path[:2])} not found")
    if kept.state == DELETED:
        raise refuse(410, "deleted", f"Resource {kept.type}/{kept.id} was deleted")
    return kept


def vread(connection: sqlite3.Connection, engine: Engine, type_: str, id_: str, version: str) -> Answer:
    kept = find(connection, engine.names, type_, id_)
    for one in versions(connection, kept) if kept else ():
        if str(one.version) == version:
            if one.state == DELETED:
                raise refuse(410, "deleted", f"Version {version} of {type_}/{id_} is its deletion")
            return Answer(status=200, body=one.body or b"", kept=one)
    raise refuse(404, "not-found", f"Version {version} of {type_}/{id_} not found")


def history(connection: sqlite3.Connection, engine: Engine, request: Request, type_: str, id_: str) -> Answer:
    kept = find(connection, engine.names, type_, id_)
    if kept is None or kept.state == MENTIONED:
        raise refuse(404, "not-found", f"Resource {type_}/{id_} not found")
    return _history_bundle(request, list(versions(connection, kept)))


def type_history(connection: sqlite3.Connection, engine: Engine, request: Request, type_: str) -> Answer:
    number = engine.names.find("type", type_)
    rows = connection.execute(
        "SELECT r.rid, id, state, version, created, updated, method, json FROM resource r LEFT JOIN body b ON b.rid = r.rid "
        "WHERE type = ? AND state > 0 "
        "UNION ALL SELECT h.rid, r.id, CASE WHEN h.body IS NULL THEN 2 ELSE 1 END, h.version, r.created, h.updated, h.method, "
        "h.body FROM history h JOIN resource r ON r.rid = h.rid WHERE h.type = ? ORDER BY version DESC",
        (number, number),
    )
    return _history_bundle(request, [Kept(row[0], type_, *row[1:]) for row in rows])


def _history_bundle(request: Request, found: list[Kept]) -> Answer:
    since = request.option("_since")
    if since:
        span = date_range(since)
        if span is None:
            raise refuse(400, "invalid", "The value of _since is not an instant")
        found = [kept for kept in found if kept.updated >= span[0]]
    count = _whole(request, "_count", 100)
    first = (_whole(request, "_page", 1) - 1) * count if count else 0
    entries = [_history_entry(request, kept) for kept in found[max(first, 0) : max(first, 0) + count]]
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "history",
        "total": len(found),
        "link": [{"relation": "self", "url": _url(request, request.params)}],
    }
    if first + count < len(found) and count:
        page = str(_whole(request, "_page", 1) + 1)
        bundle["link"].append(
            {
                "relation": "next",
                "url": _url(request, [*(p for p in request.params if p[0] != "_page"), ("_page", page)]),
            }
        )
    if entries:
        bundle["entry"] = entries
    return Answer(status=200, body=dumps(bundle))


def _history_entry(request: Request, kept: Kept) -> Json:
    method = {"POST": "POST", "DELETE": "DELETE"}.get(kept.method, kept.method)
    entry: Json = {"fullUrl": f"{request.base}/{kept.type}/{kept.id}"}
    if kept.state == LIVE and kept.body:
        entry["resource"] = stored(kept.body)
    entry["request"] = {"method": method, "url": kept.type if method == "POST" else f"{kept.type}/{kept.id}"}
    status = {"POST": "201", "DELETE": "204"}.get(method, "200")
    entry["response"] = {"status": status, "etag": f'W/"{kept.version}"', "lastModified": when(kept)}
    return entry


def searchset(request: Request, query: Query, page: Page) -> Answer:
    bundle: Json = {"resourceType": "Bundle", "type": "searchset"}
    if page.total is not None:
        bundle["total"] = page.total
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in _links(request, query, page)]
    entries = [_entry(request, query, found, "match") for found in page.matches]
    entries += [_entry(request, query, found, "include") for found in page.included]
    if entries:
        bundle["entry"] = entries
    return Answer(status=200, body=dumps(bundle))


def _entry(request: Request, query: Query, found: tuple[int, str, str, bytes], mode: str) -> Json:
    _, type_, id_, body = found
    resource: Any = stored(body)
    if query.elements and mode == "match":
        resource = keep_elements(loads(body), query.elements)
    elif query.summary in {"true", "text", "data"}:
        resource = summarise(loads(body), query.summary)
    return {"fullUrl": f"{request.base}/{type_}/{id_}", "resource": resource, "search": {"mode": mode}}


def _links(request: Request, query: Query, page: Page) -> list[tuple[str, str]]:
    def link(number: int) -> str:
        return _url(request, [*query.shown, ("_page", str(number))])

    links = [("first", link(1)), ("self", link(query.page))]
    if page.more and query.count:
        links.append(("next", link(query.page + 1)))
    if query.page > 1:
        links.append(("previous", link(query.page - 1)))
    if page.total is not None and query.count:
        links.append(("last", link(max(1, -(-page.total // query.count)))))
    return links


def _url(request: Request, params: Params) -> str:
    path = [p for p in request.path if p != "_search"]
    return f"{request.base}/{'/'.join(path)}" + (f"?{urlencode(params, safe=':,')}" if params else "")


def _whole(request: Request, name: str, default: int) -> int:
    written = request.option(name)
    if written is None:
        return default
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise refuse(400, "invalid", f"The value of {name} is not a number")
    return int(written)
