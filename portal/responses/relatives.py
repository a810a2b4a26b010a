"""A form filled by a relative: a professional gives a link that opens once, on one device, for some days; no account.

What the link's secret is, only the professional and the relative know: the database holds its hash. Opening the page
changes nothing (mail programs open links by themselves); the first press of the button ties the link to that browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from portal import audit
from portal.access import Actor, Permission, Role, decide
from portal.acting import Acting
from portal.db import relative_links as links
from portal.errors import Invalid, LinkOver, NotFound, problem
from portal.fhir import Transaction
from portal.i18n import N_
from portal.responses import tasks
from portal.responses.drafts import scope_of
from portal.sdc import Form
from portal.types import Json

LONGEST_DAYS = 60
RELATIONSHIPS: dict[str, str] = {
    "MTH": N_("Mother"),
    "FTH": N_("Father"),
    "SPS": N_("Spouse or partner"),
    "SIB": N_("Brother or sister"),
    "CHILD": N_("Child"),
    "FRND": N_("Friend"),
    "O": N_("Someone else who is close"),
}
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLink:
    """`secret` is told once, here; nothing can give it again."""

    id: str
    secret: str = field(repr=False)
    expires: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RelativeLink:
    """A link as the team sees it. `state`: waiting, opened, sent, over (late) or cancelled."""

    id: str
    task: str
    form: Form
    name: str
    relationship: str
    expires: datetime
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Helper:
    """A relative at their form: who they are here, and the one Task that they may fill."""

    link: str
    task: str
    actor: Actor


async def invite_relative(
    acting: Acting, *, patient: str, questionnaire: str, name: str, relationship: str, days: int
) -> NewLink:
    """Make a link by which a relative fills this questionnaire about the patient.

    Raises `Refused`, `NotFound` (no such form), `Invalid` (places: name, relationship, days).
    """
    scope = await scope_of(acting, patient)
    decide(acting.actor, Permission.RELATIVE_CREATE_LINK, scope)
    form = acting.catalogue.by_code(questionnaire)
    if form is None:
        raise NotFound(status=404)
    problems = _problems(name, relationship, days)
    if problems:
        raise Invalid(problems)
    now, secret, link = acting.clock.now(), acting.chance.token(), acting.chance.id()
    expires = now + timedelta(days=days)
    relative: Json = {
        "resourceType": "RelatedPerson",
        "id": acting.chance.id(),
        "active": True,
        "patient": {"reference": f"Patient/{patient}"},
        "relationship": [{"coding": [{"system": ROLE_CODE, "code": relationship}]}],
        "name": [{"text": name.strip()}],
        "period": {"start": now.date().isoformat(), "end": expires.date().isoformat()},
    }
    task = tasks.new_task(
        id_=acting.chance.id(),
        questionnaire=form.canonical,
        patient=patient,
        owner=f"RelatedPerson/{relative['id']}",
        requester=acting.actor.reference,
        now=now,
        due=acting.clock.today() + timedelta(days=days),
        encounter=None,
        trial=None,
    )
    transaction = Transaction()
    transaction.create(relative)
    transaction.create(task)
    entity = f"Task/{task['id']}"
    transaction.create(
        audit.event(acting, audit.Action.CREATE, Permission.RELATIVE_CREATE_LINK, patient=patient, entity=entity)
    )
    # By the portal's own client: a person may write neither relatives nor what they are asked, outside this verb.
    await acting.service.commit(transaction)
    row = {
        "id": link,
        "secret_hash": hashed(secret),
        "task": task["id"],
        "patient": patient,
        "relative": relative["id"],
        "name": name.strip(),
        "relationship": relationship,
        "creator": acting.actor.reference,
        "created": _iso(now),
        "expires": _iso(expires),
    }
    await acting.db.write(lambda connection: connection.execute(insert(links).values(**row)))
    return NewLink(id=link, secret=secret, expires=expires)


async def relative_links(acting: Acting, patient: str) -> list[RelativeLink]:
    """The links that were made for this patient, newest first."""
    decide(acting.actor, Permission.PATIENT_READ, await scope_of(acting, patient))
    query = select(links).where(links.c.patient == patient).order_by(links.c.created.desc()).limit(50)
    rows: Sequence[Any] = await acting.db.read(lambda connection: connection.execute(query).all())
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_READ, patient=patient)
    found: list[RelativeLink] = []
    for row in rows:
        asked = tasks.read_task(await acting.service.read("Task", row.task))
        form = acting.catalogue.by_canonical(asked.questionnaire) if asked else None
        if form is not None:
            found.append(_as_link(row, form, acting.clock.now()))
    return found


async def cancel_link(acting: Acting, link: str) -> None:
    """The link opens nothing any more, nor does a page that it has opened. What was answered stays a draft of nobody."""
    row = await _row(acting, links.c.id == link)
    if row is None:
        raise NotFound(status=404)
    decide(acting.actor, Permission.RELATIVE_CANCEL_LINK, await scope_of(acting, row.patient))
    ended = {"ended": _iso(acting.clock.now()), "outcome": "cancelled"}
    still = update(links).where((links.c.id == link) & (links.c.ended == ""))
    await acting.db.write(lambda connection: connection.execute(still.values(**ended)))
    task = await acting.service.read("Task", row.task)
    if task["status"] in tasks.OPEN:
        await acting.service.replace({**task, "status": "cancelled"})  # by the portal, which made it
    await audit.record(
        acting, audit.Action.UPDATE, Permission.RELATIVE_CANCEL_LINK, patient=row.patient, entity=f"Task/{row.task}"
    )


async def look_at_link(acting: Acting, secret: str, browser: str) -> None:
    """Whether this link may be opened in this browser. Changes nothing. `acting` is the portal itself.

    Raises `LinkOver`, the same for a link that never was, so that nothing is learned by trying.
    """
    row = await _row(acting, links.c.secret_hash == hashed(secret))
    if row is None or not _alive(row, acting.clock.now()) or row.browser_hash not in {"", hashed(browser)}:
        raise LinkOver


async def open_link(acting: Acting, secret: str, browser: str) -> None:
    """Ties the link to this browser, which can come back until it is sent or over. Raises `LinkOver` for any other."""
    if not browser:
        raise LinkOver
    now = _iso(acting.clock.now())

    def work(connection: Connection) -> None:
        mine = (links.c.secret_hash == hashed(secret)) & (links.c.ended == "") & (links.c.expires > now)
        free = mine & (links.c.browser_hash.in_(["", hashed(browser)]))
        opened = connection.execute(update(links).where(free).values(browser_hash=hashed(browser), opened=now))
        if opened.rowcount != 1:
            raise LinkOver

    await acting.db.write(work)


async def helper_at(acting: Acting, browser: str) -> Helper:
    """The relative whose link this browser opened last. `acting` is the portal itself. Raises `LinkOver`."""
    query = select(links).where(links.c.browser_hash == hashed(browser)).order_by(links.c.opened.desc()).limit(1)
    row: Any = await acting.db.read(lambda connection: connection.execute(query).first())
    if not browser or row is None or not _alive(row, acting.clock.now()):
        raise LinkOver
    actor = Actor(user=f"link-{row.id}", role=Role.RELATIVE, reference=f"RelatedPerson/{row.relative}", name=row.name)
    return Helper(link=row.id, task=row.task, actor=actor)


async def still_open(acting: Acting, link: str) -> bool:
    row = await _row(acting, links.c.id == link)
    return row is not None and _alive(row, acting.clock.now())


async def close_link(acting: Acting, link: str) -> None:
    """The form was sent: the link has done what it was for."""
    ended = {"ended": _iso(acting.clock.now()), "outcome": "sent"}
    still = update(links).where((links.c.id == link) & (links.c.ended == ""))
    await acting.db.write(lambda connection: connection.execute(still.values(**ended)))


def hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


async def _row(acting: Acting, wanted: Any) -> Any:
    return await acting.db.read(lambda connection: connection.execute(select(links).where(wanted)).one_or_none())


def _alive(row: Any, now: datetime) -> bool:
    return not row.ended and row.expires > _iso(now)


def _as_link(row: Any, form: Form, now: datetime) -> RelativeLink:
    state = row.outcome or ("over" if row.expires <= _iso(now) else "opened" if row.browser_hash else "waiting")
    return RelativeLink(
        id=row.id,
        task=row.task,
        form=form,
        name=row.name,
        relationship=row.relationship,
        expires=datetime.fromisoformat(row.expires),
        state=state,
    )


def _problems(name: str, relationship: str, days: int) -> list[Any]:
    found: list[Any] = []
    if not name.strip() or len(name) > 120:
        found.append(problem("name", N_("Write their name.")))
    if relationship not in RELATIONSHIPS:
        found.append(problem("relationship", N_("Say who they are for the patient.")))
    if not 1 <= days <= LONGEST_DAYS:
        found.append(problem("days", N_("Choose between 1 and {most} days."), most=LONGEST_DAYS))
    return found


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
