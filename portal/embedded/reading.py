"""Read and search; `history` has the versions. All take a connection that sees one state of the store."""

import sqlite3
from typing import Any

from portal.embedded.definitions import Definitions
from portal.embedded.elements import elements_of, keep_elements, summarise
from portal.embedded.engine import Engine
from portal.embedded.history import resource_history, type_history, vread
from portal.embedded.links import page_links
from portal.embedded.messages import Answer, Request, tags
from portal.embedded.outcome import refuse
from portal.embedded.search.query import Query
from portal.embedded.search.run import Page, Totals
from portal.embedded.store import DELETED, MENTIONED, Kept, find
from portal.embedded.text import dumps, loads, stored
from portal.types import Json


def get(
    connection: sqlite3.Connection, engine: Engine, request: Request, totals: Totals | None = None, generation: int = 0
) -> Answer:
    match request.path:
        case (_, "_search") if request.method != "POST":
            raise refuse(405, "not-supported", "A search at this address is posted")
        case (type_,) | (type_, "_search"):
            query = engine.query(connection, engine.known(type_), request.params)
            return searchset(request, engine, query, engine.search(connection, query, totals, generation))
        case (type_, "_history"):
            return type_history(connection, engine, request, engine.known(type_))
        case (type_, id_):
            return read(request, find(connection, engine.names, engine.known(type_), id_), engine.definitions)
        case (type_, id_, "_history"):
            return resource_history(connection, engine, request, engine.known(type_), id_)
        case (type_, id_, "_history", version):
            return vread(connection, engine, engine.known(type_), id_, version)
        case _:
            raise refuse(404, "not-found", "There is nothing at this address")


def read(request: Request, kept: Kept | None, definitions: Definitions) -> Answer:
    kept = present(request, kept)
    if "if-none-match" in request.headers and tags(request.headers["if-none-match"]) & {str(kept.version), "*"}:
        return Answer(status=304, kept=kept)
    body = kept.body or b""
    if not request.params:
        return Answer(status=200, body=body, kept=kept)
    elements = tuple(e.strip() for e in (request.option("_elements") or "").split(",") if e.strip())
    summary = request.option("_summary")
    if wanted := elements_of(kept.type, elements, definitions, included=False):
        body = dumps(keep_elements(loads(body), wanted))
    elif summary in {"true", "text", "data"}:
        body = dumps(summarise(loads(body), summary, definitions))
    return Answer(status=200, body=body, kept=kept)


def present(request: Request, kept: Kept | None) -> Kept:
    if kept is None or kept.state == MENTIONED:
        raise refuse(404, "not-found", f"Resource {'/'.join(request.path[:2])} not found")
    if kept.state == DELETED:
        raise refuse(410, "deleted", f"Resource {kept.type}/{kept.id} was deleted")
    return kept


def searchset(request: Request, engine: Engine, query: Query, page: Page) -> Answer:
    bundle: Json = {"resourceType": "Bundle", "type": "searchset"}
    if page.total is not None:
        bundle["total"] = page.total
    last = max(1, -(-page.total // query.count)) if page.total is not None and query.count else None
    bundle["link"] = page_links(request, query.page, more=page.more and query.count > 0, last=last)
    entries = [_entry(request, engine.definitions, query, found, "match") for found in page.matches]
    entries += [_entry(request, engine.definitions, query, found, "include") for found in page.included]
    if entries:
        bundle["entry"] = entries
    return Answer(status=200, body=dumps(bundle))


def _entry(
    request: Request, definitions: Definitions, query: Query, found: tuple[int, str, str, bytes], mode: str
) -> Json:
    _, type_, id_, body = found
    resource: Any = stored(body)
    if query.elements and (wanted := elements_of(type_, query.elements, definitions, included=mode == "include")):
        resource = keep_elements(loads(body), wanted)
    elif query.summary in {"true", "text", "data"}:
        resource = summarise(loads(body), query.summary, definitions)
    return {"fullUrl": f"{request.base}/{type_}/{id_}", "resource": resource, "search": {"mode": mode}}
