"""AccessPolicy: may this request be done? Nothing is allowed unless a policy says so; a root client needs none.

Engines: `allow`, `matcho`, `complex` (and / or), `json-schema`. An `sql` policy is evaluated by the Python function
given under its id, and is false without one.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from portal.embedded.engine import Engine, body_of
from portal.embedded.failures import kind_and_place
from portal.embedded.json_schema import fits
from portal.embedded.matcho import matches
from portal.embedded.messages import Request
from portal.embedded.outcome import Refusal, refuse
from portal.embedded.search.extract import split_reference
from portal.embedded.sessions import inactive
from portal.embedded.store import DELETED, LIVE, Kept, all_live, find
from portal.embedded.text import loads
from portal.embedded.twins import Memory, Stored
from portal.types import Json

SqlTwin = Callable[[Stored, Json], bool]
"""Stands in for an sql policy: (what is stored now, the request as policies see it) → allowed."""

log = logging.getLogger(__name__)
_WATCHED = frozenset({"AccessPolicy", "Role", "User", "Client"})


@dataclass(slots=True)
class _Known:
    """What was read since the last change of any of it; replaced whole, never emptied, because threads share it."""

    policies: list[Json] | None = None
    people: dict[str, tuple[Json, list[Json]]] = field(default_factory=dict[str, tuple[Json, list[Json]]])
    clients: dict[str, Json] = field(default_factory=dict[str, Json])


class Guard:
    """Policies, users and roles are kept in memory and read again after any of them changed."""

    def __init__(
        self, engine: Engine, twins: Mapping[str, SqlTwin], rests_on: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self.engine = engine
        self.twins = twins
        self.memory = Memory(MappingProxyType(dict(rests_on or {})))
        self._known = _Known()

    def follow(self, changed: list[Kept]) -> None:
        """Told by the writer after each commit, from its own thread: whoever is deciding keeps what they began with."""
        if any(kept.type in _WATCHED for kept in changed):
            self._known = _Known()
        self.memory.forget(changed)

    def check(self, connection: sqlite3.Connection, request: Request) -> None:
        """Refusal 401 for somebody unknown, 403 for somebody known to whom no policy allows this."""
        identity = request.identity
        if identity and identity.is_service:
            return
        if self.allows(connection, request):
            return
        raise forbidden() if identity else unauthorised()

    def allows(self, connection: sqlite3.Connection, request: Request) -> bool:
        known = self._known
        if known.policies is None:
            known.policies = [body_of(kept) for kept in all_live(connection, self.engine.names, "AccessPolicy")]
        policies = known.policies
        context = self._context(connection, request)
        if inactive(context.get("user", {})):
            return False
        return any(self._holds(connection, policy, context) for policy in policies)

    def _holds(self, connection: sqlite3.Connection, policy: Json, context: Json) -> bool:
        """A policy that cannot be evaluated allows nothing, and hinders no other; that is told without data."""
        try:
            if not _linked(policy, context):
                return False
            if "roleName" not in policy:
                return self._evaluate(connection, policy, context)
            held = [role for role in context["session"]["role"] if role.get("name") == _role_name(policy)]
            return any(self._evaluate(connection, policy, {**context, "role": role}) for role in held)
        except sqlite3.Error:
            raise
        except Exception as problem:
            if isinstance(problem, Refusal) and problem.status >= 500:
                raise
            log.error("AccessPolicy/%s denies: %s", policy.get("id"), kind_and_place(problem))  # noqa: TRY400 – no text of it
            return False

    def person(self, connection: sqlite3.Connection, user_id: str) -> tuple[Json, list[Json]]:
        """The stored User, without its secrets, and their Role resources, references readable in both forms."""
        known = self._known
        found = known.people.get(user_id)
        if found is None:
            kept = find(connection, self.engine.names, "User", user_id)
            user: Json = body_of(kept) if kept and kept.state == LIVE else {"resourceType": "User", "id": user_id}
            if kept and kept.state == DELETED:
                user["inactive"] = True
            user = {key: value for key, value in user.items() if key not in {"password", "twoFactor"}}
            roles = self._roles(connection, user_id)
            found = known.people[user_id] = (both_forms(user), [both_forms(role) for role in roles])
        return found

    def _client(self, connection: sqlite3.Connection, id_: str) -> Json:
        """The stored Client without its secrets."""
        known = self._known
        found = known.clients.get(id_)
        if found is None:
            kept = find(connection, self.engine.names, "Client", id_)
            client = body_of(kept) if kept and kept.state == LIVE else {"resourceType": "Client", "id": id_}
            found = known.clients[id_] = {k: v for k, v in client.items() if k not in {"secret", "_secret"}}
        return found

    def _session(self, connection: sqlite3.Connection, id_: str) -> Json:
        """The stored Session without its tokens."""
        kept = find(connection, self.engine.names, "Session", id_)
        body = body_of(kept) if kept and kept.state == LIVE else {}
        return both_forms({k: v for k, v in body.items() if k not in {"access_token", "refresh_token"}})

    def _roles(self, connection: sqlite3.Connection, user_id: str) -> list[Json]:
        found: list[Json] = []
        page = 1
        while True:
            params = [("user", f"User/{user_id}"), ("_sort", "_id"), ("_count", "1000"), ("_page", str(page))]
            roles = self.engine.search(connection, self.engine.query(connection, "Role", params))
            found += [loads(match[3]) for match in roles.matches]
            if not roles.more:
                return found
            page += 1

    def _context(self, connection: sqlite3.Connection, request: Request) -> Json:
        context = request_context(request)
        identity = request.identity
        roles: list[Json] = []
        if identity and identity.user_id:
            user, stored_roles = self.person(connection, identity.user_id)
            fhir_user = both_forms({"reference": identity.fhir_user}) if identity.fhir_user else user.get("fhirUser")
            context["user"] = {**user, "fhirUser": fhir_user} if fhir_user else user
            held = [role.get("name") for role in stored_roles]
            roles = [*stored_roles, *({"name": name} for name in identity.roles if name not in held)]
        if identity and identity.client:
            context["client"] = self._client(connection, identity.client)
        if identity and identity.claims:
            context["jwt"] = identity.claims
        session = self._session(connection, identity.session) if identity and identity.session else {}
        context["session"] = {**session, "role": roles}
        return context

    def _evaluate(self, connection: sqlite3.Connection, policy: Json, context: Json) -> bool:
        match policy.get("engine"):
            case "allow":
                return True
            case "matcho":
                pattern = policy.get("matcho")
                return isinstance(pattern, dict) and bool(pattern) and matches(pattern, context, context)
            case "json-schema":
                schema = policy.get("schema")
                return isinstance(schema, dict) and fits(schema, without_empty(context))
            case "sql":
                twin = self.twins.get(str(policy.get("id", "")))
                return twin(Stored(self.engine, connection, self.memory), context) if twin else False
            case "complex":
                both, either = policy.get("and"), policy.get("or")
                if isinstance(both, list) and both and either is None:
                    return all(self._evaluate(connection, part, context) for part in both)
                if isinstance(either, list) and both is None:
                    return any(self._evaluate(connection, part, context) for part in either)
                return False
            case _:
                return False


def request_context(request: Request) -> Json:
    params: Json = {}
    for key, value in request.params:
        if key.startswith("resource/"):
            continue  # these tell what the address names, and nothing else may
        params[key] = (
            [*(params[key] if isinstance(params[key], list) else [params[key]]), value] if key in params else value
        )
    if request.path and request.path[0][:1].isupper():
        params["resource/type"] = request.path[0]
        if len(request.path) > 1 and not request.path[1].startswith(("_", "$")):
            params["resource/id"] = request.path[1]
    return {
        "request-method": request.method.lower(),
        "scheme": request.base.partition("://")[0],
        "uri": request.root + "/".join(request.path),
        "query-string": "&".join(f"{k}={v}" for k, v in request.params),
        "params": params,
        "body": request.body,
        "resource": request.body,
        "headers": request.headers,
        "remote-addr": request.remote,
        "operation": {"id": operation(request)},
    }


def operation(request: Request) -> str:
    """Aidbox's name of the interaction: of the one that would be run, for the right to one is no right to another."""
    last = request.path[-1] if request.path else ""
    if request.root != "/fhir/":
        return "".join(part.capitalize() for part in last.split("-"))
    if last.startswith("$"):
        return "Fhir" + "".join(part.capitalize() for part in last[1:].split("-"))
    if last == "_search":
        return "FhirSearch"
    if "_history" in request.path:
        return {2: "FhirTypeHistory", 3: "FhirHistory"}.get(len(request.path), "FhirVread")
    one = len(request.path) == 2
    match request.method:
        case "GET" | "HEAD":
            return "FhirRead" if one else "FhirSearch"
        case "POST":
            return "FhirCreate"
        case "PUT":
            return "FhirUpdate" if one else "FhirConditionalUpdate"
        case "PATCH":
            return "FhirPatch" if one else "FhirConditionalPatch"
        case _:
            return "FhirDelete" if one else "FhirConditionalDelete"


def both_forms(value: Any) -> Any:
    """Every reference readable as FHIR writes it and as Aidbox does (`resourceType` and `id`)."""
    if isinstance(value, list):
        return [both_forms(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: both_forms(item) for key, item in value.items()}
    if isinstance(value.get("reference"), str):
        type_, id_ = split_reference(value["reference"])
        if type_:
            found = {**found, "resourceType": type_, "id": id_}
    elif isinstance(value.get("resourceType"), str) and isinstance(value.get("id"), str) and len(value) <= 3:
        found["reference"] = f"{value['resourceType']}/{value['id']}"
    return found


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [], "")}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def unauthorised() -> Refusal:
    return refuse(401, "login", "Unauthorized")


def forbidden() -> Refusal:
    return refuse(403, "forbidden", "Forbidden")


def _role_name(policy: Json) -> str:
    name = policy["roleName"]
    if not isinstance(name, str) or not name:
        raise TypeError  # a restriction that says nothing is none that can be kept
    return name


def _linked(policy: Json, context: Json) -> bool:
    if "link" not in policy:
        return True
    links: list[Json] = policy["link"]
    present = {
        ("Operation", context["operation"]["id"]),
        ("User", context.get("user", {}).get("id")),
        ("Client", context.get("client", {}).get("id")),
    }
    for link in links:
        type_, id_ = (
            split_reference(link["reference"]) if "reference" in link else (link.get("resourceType"), link.get("id"))
        )
        if (type_, id_) in present:
            return True
    return False
