"""What a request may do to the store: FHIR's interactions, the same for a single request and for an entry of a bundle."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.chance import Chance
from portal.clock import Clock
from portal.embedded.definitions import Definitions, Parameter
from portal.embedded.glance import Glance, References
from portal.embedded.outcome import Place, Refusal, refuse
from portal.embedded.references import check_references, loose_references
from portal.embedded.search.extract import Plan, Rows, make_plan, split_reference
from portal.embedded.search.kinds import Lookup
from portal.embedded.search.query import Params, Query, Reader
from portal.embedded.search.run import Page, Totals, run
from portal.embedded.search.values import escape, instant, written_instant
from portal.embedded.secrets import protect
from portal.embedded.store import LIVE, Index, Kept, Names, Unit, find
from portal.embedded.terminology import value_set_members
from portal.embedded.text import dumps, loads
from portal.embedded.validate import Validator
from portal.embedded.vault import Vault
from portal.types import Json

CREATED_AT = "https://aidbox.app/ex/createdAt"


@dataclass(slots=True)
class Engine:
    """Everything that the interactions share. `whole_references` refuses a reference to what does not exist."""

    definitions: Definitions
    names: Names
    chance: Chance
    clock: Clock
    created_at_url: str = CREATED_AT
    parameters: dict[str, dict[str, Parameter]] = field(default_factory=dict[str, dict[str, Parameter]])
    whole_references: bool = True
    vault: Vault = field(default_factory=Vault)
    validator: Validator = field(init=False)
    _glance: Glance = field(init=False)
    _plans: dict[str, tuple[int, Plan]] = field(default_factory=dict[str, tuple[int, Plan]])

    def __post_init__(self) -> None:
        self.parameters = self.parameters or self.definitions.parameters
        self.validator = Validator(self.definitions)
        self._glance = Glance(self.definitions)

    def now(self) -> int:
        """Microseconds since 1970, UTC."""
        return instant(self.clock.now())

    def known(self, type_: str) -> str:
        if not self.definitions.knows(type_):
            raise refuse(404, "not-supported", f"Resource type {type_} is not known")
        return type_

    def index(self, unit: Unit, type_: str, resource: Json) -> Index:
        """What puts the resource into the tables of the search parameters."""
        made, plan = self._plans.get(type_, (-1, None))
        if plan is None or made != self.names.taken_back:
            plan = make_plan(self.parameters.get(type_, {}).values(), unit.number)
            self._plans[type_] = (self.names.taken_back, plan)

        def rows(rid: int, into: Rows) -> None:
            plan.rows(resource, rid, into)

        return rows

    def use_parameters(self, extra: list[Parameter]) -> Callable[[], None]:
        """The official parameters and `extra` ones, from now on; an official one is never replaced. Gives back what takes
        this back.
        """
        before = self.parameters

        def take_back() -> None:
            self.parameters = before
            self._plans.clear()

        self.parameters = {type_: dict(known) for type_, known in self.definitions.parameters.items()}
        for parameter in extra:
            self.parameters[parameter.type].setdefault(parameter.name, parameter)
        self._plans.clear()
        return take_back

    def reader(self, connection: sqlite3.Connection) -> Reader:
        def rid(type_: str, id_: str) -> int:
            number = self.names.find("type", type_)
            query = "SELECT rid FROM resource WHERE type = ? AND id = ?"
            row = connection.execute(query, (number, id_)).fetchone()
            return int(row[0]) if row else -1

        def members(value_set: str) -> list[tuple[str, str]]:
            return value_set_members(value_set, lambda kind, name: self.canonical_body(connection, kind, name))

        return Reader(self.definitions, self.parameters, Lookup(names=self.names, rid=rid, members=members))

    def query(self, connection: sqlite3.Connection, type_: str, params: Params) -> Query:
        return self.reader(connection).read(type_, params)

    def search(
        self, connection: sqlite3.Connection, query: Query, totals: Totals | None = None, generation: int = 0
    ) -> Page:
        return run(connection, self.names, query, totals, generation)

    def match(self, unit: Unit, type_: str, params: Params) -> Kept | None:
        """The only resource that fulfils a condition, or None. Refusal 412 when several do."""
        page = self.search(unit.connection, self.condition(unit, type_, params, 2))
        if len(page.matches) > 1:
            raise refuse(412, "multiple-matches", f"Several {type_} match the condition")
        return unit.find(type_, page.matches[0][2]) if page.matches else None

    def condition(self, unit: Unit, type_: str, params: Params, most: int) -> Query:
        """The first `most` that fulfil a condition, however it asks to be shown. Refusal 412 when it asks for nothing."""
        shape = [("_count", str(most)), ("_page", "1"), ("_total", "none"), ("_summary", "false")]
        query = self.query(unit.connection, type_, [*params, *shape])
        if not query.clauses:
            raise refuse(412, "multiple-matches", "The condition is empty: it would match everything")
        return query

    def canonical_body(self, connection: sqlite3.Connection, type_: str, name: str) -> Json | None:
        """A stored resource by `Type/id` or by its `url` (`|version` narrows it); the latest written wins."""
        if name.startswith(f"{type_}/"):
            kept = find(connection, self.names, type_, name.partition("/")[2])
            return body_of(kept) if kept and kept.state == LIVE else None
        url, _, version = name.partition("|")
        if not url:
            return None
        params = [
            ("url", escape(url)),
            ("_sort", "-_lastUpdated"),
            ("_count", "1"),
            *([("version", escape(version))] if version else []),
        ]
        page = self.search(connection, self.query(connection, type_, params))
        return loads(page.matches[0][3]) if page.matches else None

    def write(self, unit: Unit, type_: str, id_: str, resource: Json, method: str, previous: Kept | None) -> Kept:
        """Checks and stores `resource` as the next version of `type_/id_`. Refusal 422 with every fault."""
        resource = protect(self.chance, type_, resource)
        references: References = []
        if not self._glance.sure(resource, type_, references):
            faults = self.validator.check(resource, type_)
            if faults.issues:
                raise Refusal(422, faults.issues)
            references = [split_reference(written) for written, _ in self._placed(resource, type_)]
        if references:
            unit.references.append((type_, resource, references))
        live = previous if previous is not None and previous.state == LIVE else None
        body = self._stamp(type_, id_, resource, unit, live.created if live else unit.now)
        return unit.put(type_, id_, method, previous, dumps(body), self.index(unit, type_, body))

    def finish(self, unit: Unit) -> None:
        """Called when all of a request is written: references may go forwards inside a transaction."""
        if self.whole_references:
            check_references(unit, self.definitions, self._placed)

    def _placed(self, resource: Json, type_: str) -> list[tuple[str, Place]]:
        """Every reference with its place."""
        if type_ in self.definitions.aidbox:
            return loose_references(resource, type_)
        return self.validator.check(resource, type_).references

    def _stamp(self, type_: str, id_: str, resource: Json, unit: Unit, created: int) -> Json:
        meta: Json = resource.get("meta") if isinstance(resource.get("meta"), dict) else {}  # type: ignore[assignment]
        others: list[Any] = [
            e for e in meta.get("extension", []) if not (isinstance(e, dict) and e.get("url") == self.created_at_url)
        ]
        stamped: Json = {
            **meta,
            "versionId": str(unit.version + 1),
            "lastUpdated": unit.now_written,
            "extension": [
                *others,
                {
                    "url": self.created_at_url,
                    "valueInstant": unit.now_written if created == unit.now else written_instant(created),
                },
            ],
        }
        head: Json = {"resourceType": type_, "id": id_, "meta": stamped}
        return {**head, **resource, **head}


def body_of(kept: Kept) -> Json:
    found: Json = loads(kept.body or b"{}")
    return found
