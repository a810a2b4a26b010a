"""Which centres follow a patient, since when and until when: one EpisodeOfCare each, which is kept when it is over.

Nothing here is clinical and nothing names the patient: an administrator finds them by their whole Fondacode.
"""

from dataclasses import dataclass
from datetime import date

from portal import audit
from portal.access import Permission, Scope, decide, may
from portal.acting import Acting
from portal.errors import Invalid, NotFound, problem
from portal.fhir import Transaction, systems
from portal.i18n import N_
from portal.people.history import change
from portal.people.organizations import centres_named
from portal.people.scope import formerly, id_of, organizations_of
from portal.types import Json

PAGE = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    """One stretch of time in which a centre follows or followed the patient. `until` None: it does now."""

    organization: str
    since: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """A patient of whom only the Fondacode is told, and the centres that follow them now."""

    patient: str
    fondacode: str
    centres: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedPage:
    rows: tuple[Followed, ...]
    total: int
    next_link: str | None


async def followings(acting: Acting, patient: str) -> list[Following]:
    """Present ones first, then the latest. Raises `Refused` when it is no affair of the acting person."""
    episodes = await _episodes(acting, patient)
    decide(acting.actor, Permission.PATIENT_LINKS_READ, _scope(patient, episodes))
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_LINKS_READ, patient=patient)
    found = [_following(each) for each in episodes]
    return sorted(
        found, key=lambda one: (one.until is not None, -(one.since or date.min).toordinal(), one.organization)
    )


async def follow(acting: Acting, patient: str, organization: str) -> None:
    """The centre follows this patient from today: who looks after them lets another centre see the record.

    Twice changes nothing. Raises `Invalid` for a centre that is closed, `Refused` when none of the patient's centres is
    the acting person's.
    """
    episodes = await _episodes(acting, patient)
    decide(acting.actor, Permission.PATIENT_LINK, _scope(patient, episodes))
    centre = next(iter(await centres_named(acting, [organization])), None)
    if centre is None or not centre.active:
        raise Invalid([problem("organization", N_("This centre is closed. Choose another."))])
    theirs = [each for each in episodes if id_of(each["managingOrganization"]) == organization]
    if any(_is_live(each) for each in theirs):
        return
    write = Transaction()
    write.create(episode(acting, patient, organization, before=len(theirs)))
    what, entity = Permission.PATIENT_LINK, f"Organization/{organization}"
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, patient=patient, link=organization))
    await acting.service.commit(write)  # an administrator of an organisation writes no episode


async def unfollow(acting: Acting, patient: str, organization: str) -> None:
    """The centre no longer follows this patient: from now on its people do not see the record. Twice changes nothing.

    Raises `Invalid` for the last centre: nobody would look after the record.
    """
    decide(acting.actor, Permission.PATIENT_UNLINK, Scope(patient=patient, organizations=frozenset({organization})))
    episodes = await _episodes(acting, patient)
    live = [each for each in episodes if _is_live(each)]
    theirs = [each for each in live if id_of(each["managingOrganization"]) == organization]
    if not theirs:
        return
    if len(theirs) == len(live):
        raise Invalid(
            [problem("organization", N_("This is the last centre that follows this patient. Link another one first."))]
        )
    write = Transaction()
    for each in theirs:
        period: Json = {**each.get("period", {}), "end": acting.clock.today().isoformat()}
        centre = formerly(each["managingOrganization"])
        write.update({**each, "status": "finished", "period": period, "managingOrganization": centre})
    what, entity = Permission.PATIENT_UNLINK, f"Organization/{organization}"
    write.create(change(acting, audit.Action.UPDATE, what, entity=entity, patient=patient, unlink=organization))
    await acting.service.commit(write)


async def find_followed(acting: Acting, *, fondacode: str = "", page_link: str | None = None) -> FollowedPage:
    """Patients by Fondacode alone, 25 a page: those whom the acting person's centres follow now, with a part of the
    Fondacode; or, for who administers the whole foundation, the one of a whole Fondacode.
    """
    typed = fondacode.replace(" ", "")
    everywhere = may(acting.actor, Permission.PATIENT_LINKS_READ)
    decide(acting.actor, Permission.PATIENT_LINKS_READ, Scope(organizations=acting.actor.organizations))
    if everywhere and not (len(typed) == 10 and typed.isdecimal()):
        return FollowedPage(rows=(), total=0, next_link=None)
    if page_link:
        page = await acting.service.turn("EpisodeOfCare", page_link)
    else:
        search: dict[str, str | int] = {
            "status": "active",
            "_include": "EpisodeOfCare:patient",
            "_sort": "-date",
            "_count": PAGE,
        }
        if everywhere:
            search["patient.identifier"] = f"{systems.FONDACODE}|{typed}"
        else:
            search["organization"] = ",".join(f"Organization/{one}" for one in sorted(acting.actor.organizations))
            search |= {"patient.name:contains": typed} if typed.isdecimal() else {}
        page = await acting.service.find("EpisodeOfCare", search, private=bool(typed))
    found = {id_of(each["patient"]): page.included[each["patient"]["reference"]] for each in page.resources}
    centres = await organizations_of(acting, found)
    rows = [
        Followed(patient=one, fondacode=_fondacode(patient), centres=tuple(sorted(centres[one])))
        for one, patient in found.items()
    ]
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_LINKS_READ)
    return FollowedPage(rows=tuple(rows), total=page.total, next_link=page.next_link)


def episode(acting: Acting, patient: str, organization: str, *, before: int = 0) -> Json:
    """A new one; `before` is how many this centre has had for the patient. The same id for the same, so that linking
    twice is linking once.
    """
    id_ = f"{patient}-{organization}"
    id_ = f"{id_[:61]}-{before}" if before else id_[:64]
    return {
        "resourceType": "EpisodeOfCare",
        "id": id_,
        "status": "active",
        "patient": {"reference": f"Patient/{patient}"},
        "managingOrganization": {"reference": f"Organization/{organization}"},
        "period": {"start": acting.clock.today().isoformat()},
    }


async def times_followed(acting: Acting, patient: str, organization: str) -> int:
    """How many episodes this centre has had for this patient."""
    found = await acting.service.all("EpisodeOfCare", {"patient": f"Patient/{patient}", "_count": 200})
    return sum(id_of(each["managingOrganization"]) == organization for each in found)


def _fondacode(patient: Json) -> str:
    codes = (one["value"] for one in patient.get("identifier", []) if one.get("system") == systems.FONDACODE)
    return next(codes, "")


async def _episodes(acting: Acting, patient: str) -> list[Json]:
    """Read by the portal itself: a decision must not depend on what the asking person happens to see."""
    found = await acting.service.all("EpisodeOfCare", {"patient": f"Patient/{patient}", "_count": 200})
    if not found:
        raise NotFound
    return found


def _scope(patient: str, episodes: list[Json]) -> Scope:
    centres = frozenset(id_of(each["managingOrganization"]) for each in episodes if _is_live(each))
    return Scope(patient=patient, organizations=centres)


def _is_live(episode: Json) -> bool:
    return episode.get("status") == "active"


def _following(episode: Json) -> Following:
    period: Json = episode.get("period", {})
    return Following(
        organization=id_of(episode["managingOrganization"]),
        since=_day(period.get("start")),
        until=_day(period.get("end")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text and len(text) >= 10 else None
