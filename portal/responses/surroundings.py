"""What a form looks at beside its own answers: whom it is about, FHIR queries, value sets, earlier observations.

The engine asks for it as it goes and never waits; what it asked for and nobody knew is read here, and told to it.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import structlog

from portal.access import Role
from portal.acting import Acting
from portal.errors import Forbidden, NotFound, Rejected, Unavailable
from portal.fhir import systems
from portal.sdc import Form, FormSession
from portal.types import Json

ROUNDS = 4  # a query may need the answer of another; after these a form does without
MOST_CODES = 300  # a value set of more codes is searched, as one types, instead of being offered whole
OBSERVATIONS = 200
NO_RIGHTS = frozenset(
    {Role.RELATIVE, Role.SERVICE}
)  # act by the portal's own client, which sees what nobody may be told

_SEARCH = re.compile(r"([A-Z][A-Za-z]+)\?([^#]+)")
_READ = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")

log = structlog.get_logger("portal.responses")


@dataclass(kw_only=True, slots=True)
class Surroundings:
    """Of one form on one page. `given` are its launch contexts, `found` answers to its queries by address, `sets` its
    value sets by canonical; None = asked for, and not to be had. `wanted` is what the form asked for since it was last
    read: pairs of what it is and its name.
    """

    form: Form
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    observations: tuple[Json, ...] = ()
    found: dict[str, Json | None] = field(default_factory=dict[str, "Json | None"])
    sets: dict[str, Json | None] = field(default_factory=dict[str, "Json | None"])
    wanted: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def fetch(self, address: str) -> Json | None:
        if address not in self.found:
            self.wanted.add(("query", address))
        return self.found.get(address)

    def expand(self, canonical: str) -> Json | None:
        if canonical not in self.sets:
            self.wanted.add(("codes", canonical))
        return self.sets.get(canonical)

    def session(self, response: Json | None = None, **begun: Any) -> FormSession:
        """A session of this form that knows what is known so far. `begun` as `FormSession` takes it: now, locale, about."""
        if not self.form.asks_outside:
            return FormSession(
                self.form, response, given=self.given, observations=() if response else self.observations, **begun
            )
        return FormSession(
            self.form,
            response,
            given=self.given,
            fetch=self.fetch,
            expand=self.expand,
            observations=() if response else self.observations,
            **begun,
        )


async def surroundings_of(
    acting: Acting, form: Form, patient: str, *, encounter: str = "", beginning: bool = False
) -> Surroundings:
    """The contexts that the form names, read by the portal's own client: what a form computes of the patient must be the
    same for whoever may open it, a relative or a research associate too, and nothing of it is shown but by the form.
    Observations are for a form that begins, and are those that the acting person may see.

    Raises `NotFound` for a patient who does not exist, `Unavailable` while the record is away.
    """
    given: dict[str, Any] = {}
    if "patient" in form.launch_names:
        given["patient"] = await acting.service.read("Patient", patient)
    if "user" in form.launch_names and acting.actor.role not in NO_RIGHTS:
        given["user"] = await acting.service.follow(acting.actor.reference)
    if "encounter" in form.launch_names and encounter:
        given["encounter"] = await acting.service.follow(encounter)
    linked = beginning and any(item.observed_within for item in form.by_link_id.values())
    observations = await _observations(acting, form, patient) if linked else ()
    return Surroundings(form=form, given=given, observations=observations)


def encounter_of(resource: Json) -> str:
    """The reference of the visit that a response or a Task belongs to, empty for none."""
    return str(resource.get("encounter", {}).get("reference", ""))


async def session_amid(
    acting: Acting, around: Surroundings, make: Callable[[], FormSession], *, needed: bool = True
) -> FormSession:
    """The session that `make` gives (in a thread), made again until the form has been told all that it asks for.

    With `needed` it raises `Unavailable` while the record is away: a form must not begin without what it looks at.
    """
    for _ in range(ROUNDS):
        session = await asyncio.to_thread(_curious, make, looks=around.form.asks_outside)
        if not around.wanted or not await _read_wanted(acting, around, needed=needed):
            return session
    return await asyncio.to_thread(make)


async def tell(acting: Acting, around: Surroundings, session: FormSession) -> bool:
    """After an answer: reads what the form asks for now and brings the session in line. True when it learned something.

    While the record is away the form goes on with what it knows, and asks again at the next answer.
    """
    learned = False
    if not around.form.asks_outside:
        return learned
    for _ in range(ROUNDS):
        session.ask_around()
        if not around.wanted or not await _read_wanted(acting, around, needed=False):
            break
        session.learn()
        learned = True
    return learned


def _curious(make: Callable[[], FormSession], *, looks: bool) -> FormSession:
    session = make()
    if looks:
        session.ask_around()
    return session


async def _read_wanted(acting: Acting, around: Surroundings, *, needed: bool) -> bool:
    """True when something new is known, be it that there is nothing to know."""
    wanted = sorted(around.wanted)
    around.wanted.clear()
    read = await asyncio.gather(*(_one(acting, sort, name) for sort, name in wanted), return_exceptions=True)
    learned = False
    for (sort, name), answer in zip(wanted, read, strict=True):
        if isinstance(answer, Unavailable) and not needed:
            around.wanted.add((sort, name))  # asked again at the next answer
            continue
        if isinstance(answer, BaseException):
            raise answer
        (around.found if sort == "query" else around.sets)[name] = answer
        learned = True
    return learned


async def _one(acting: Acting, sort: str, name: str) -> Json | None:
    """None when the server has none, or when it is not for this person: the form then goes on as if it did not exist."""
    try:
        return await (_asked(acting, name) if sort == "query" else _expanded(acting, name))
    except (Forbidden, NotFound, Rejected) as error:
        log.info("responses.form_query_without_answer", sort=sort, cause=type(error).__name__)
        return None


async def _asked(acting: Acting, address: str) -> Json | None:
    """With the acting person's own rights. The conditions go in the body: they may hold answers."""
    if acting.actor.role in NO_RIGHTS:
        return None
    if search := _SEARCH.fullmatch(address):
        form = parse_qs(search[2], keep_blank_values=True)
        found: Json = await acting.fhir.call("POST", f"{search[1]}/_search", form=form)
        return found
    if read := _READ.fullmatch(address):
        return await acting.fhir.read(read[1], read[2])
    return None  # another server, an operation, a write: not what a form may ask for


async def _expanded(acting: Acting, canonical: str) -> Json | None:
    """By the portal's own client: a terminology holds nobody's data. None for one too large to be offered whole."""
    if canonical.startswith("#"):
        return None
    params = {"url": canonical.partition("|")[0], "count": MOST_CODES + 1, "includeDesignations": "true"}
    if version := canonical.partition("|")[2]:
        params["valueSetVersion"] = version
    found: Json = await acting.service.call("GET", "ValueSet/$expand", params=params)
    return found if len(found.get("expansion", {}).get("contains", ())) <= MOST_CODES else None


async def _observations(acting: Acting, form: Form, patient: str) -> tuple[Json, ...]:
    """The newest of the codes that questions are linked to."""
    codes = sorted(
        {
            f"{code.get('system', '')}|{code['code']}"
            for item in form.by_link_id.values()
            if item.observed_within
            for code in item.definition.get("code", ())
            if "code" in code
        }
    )
    if not codes or acting.actor.role in NO_RIGHTS:
        return ()
    query = {"patient": f"Patient/{patient}", "code": ",".join(codes), "_sort": "-date", "_count": OBSERVATIONS}
    if acting.actor.role is Role.PATIENT:  # sees those that are shown to patients, and must ask for no others
        query["_tag"] = f"{systems.AUDIENCE}|patient"
    try:
        return tuple((await acting.fhir.find("Observation", query)).resources)
    except (Forbidden, Rejected, NotFound):
        return ()
