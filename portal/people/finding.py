"""The list of patients: paged, sorted and searched by the server, with what a professional looks for on each row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.fhir import Page, systems
from portal.people import names
from portal.people.glances import Glance, glances
from portal.types import Json

PAGE = 25
Sort = Literal["name", "-name", "age", "-age", "recent"]
SORTS: Mapping[str, str] = MappingProxyType(
    {
        "name": "family,given",
        "-name": "-family,-given",
        "age": "-birthdate",
        "-age": "birthdate",
        "recent": "-_lastUpdated",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientRow:
    """One patient of the list. `family` is the birth name in capitals; `glance` is what else the row tells."""

    id: str
    family: str
    given: str
    gender: str
    birth_date: date | None
    age: int | None
    fondacode: str
    glance: Glance


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientPage:
    """`next_link` leads to the page after. It may hold what was searched: it stays on the server."""

    rows: list[PatientRow]
    total: int
    next_link: str | None


async def find_patients(
    acting: Acting,
    *,
    text: str = "",
    sort: Sort = "name",
    page_link: str | None = None,
    trial: str | None = None,
    count: int = PAGE,
) -> PatientPage:
    """Patients followed in the acting person's centres, `count` a page.

    Every word of `text` must be in a name or in the Fondacode, wherever it stands, accents and capitals aside. `trial`
    is a ResearchStudy id. `page_link` is the `next_link` of the page before, and then the other choices are its own.
    """
    decide(acting.actor, Permission.PATIENT_LIST)
    page = await _page(acting, text=text, sort=sort, page_link=page_link, trial=trial, count=count)
    glance = await glances(acting, [patient["id"] for patient in page.resources])
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_LIST)
    today = acting.clock.today()
    rows = [_row(patient, glance[patient["id"]], today) for patient in page.resources]
    return PatientPage(rows=rows, total=page.total, next_link=page.next_link)


async def _page(acting: Acting, *, text: str, sort: Sort, page_link: str | None, trial: str | None, count: int) -> Page:
    if page_link is not None:
        return await acting.fhir.turn("Patient", page_link)
    centres = ",".join(f"Organization/{each}" for each in sorted(acting.actor.organizations))
    search: dict[str, str | int | Sequence[str]] = {
        "_has:EpisodeOfCare:patient:organization": centres,
        "_sort": SORTS[sort],
        "_count": count,
    }
    if trial is not None:
        search["_has:ResearchSubject:patient:study"] = f"ResearchStudy/{trial}"
    words = searched_words(text)
    if words:
        search["name:contains"] = words
    return await acting.fhir.find("Patient", search, private=bool(words))


def searched_words(text: str) -> list[str]:
    """What must be found, each somewhere. A Fondacode may be typed with its spaces: 09 01 482 117."""
    if text.strip() and not text.replace(" ", "").strip("0123456789"):
        return [text.replace(" ", "")]
    return names.searched(text)


def _row(patient: Json, glance: Glance, today: date) -> PatientRow:
    born = born_on(patient)
    return PatientRow(
        id=patient["id"],
        family=names.family_of(patient),
        given=names.given_of(patient),
        gender=patient.get("gender", "unknown"),
        birth_date=born,
        age=None if born is None else age(born, today),
        fondacode=fondacode_of(patient),
        glance=glance,
    )


def born_on(patient: Json) -> date | None:
    """None when the birth date is unknown or only partly known."""
    text = str(patient.get("birthDate", ""))
    return date.fromisoformat(text) if len(text) == 10 else None


def age(born: date, today: date) -> int:
    """In completed years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def fondacode_of(patient: Json) -> str:
    return next(
        (each["value"] for each in patient.get("identifier", []) if each.get("system") == systems.FONDACODE), ""
    )


async def trials_followed(acting: Acting) -> dict[str, str]:
    """Titles of the trials that the acting person's centres take part in, by ResearchStudy id: for choosing among them."""
    decide(acting.actor, Permission.PATIENT_LIST)
    sites = ",".join(f"Location/loc-{each}" for each in sorted(acting.actor.organizations))
    found = await acting.service.all("ResearchStudy", {"site": sites, "_sort": "title", "_count": 100})
    return {study["id"]: study.get("title", study["id"]) for study in found}


async def patients_with(acting: Acting, task: str) -> list[str]:
    """Ids of up to 100 patients of the acting person's centres about whom there is, or was, a Task of this code of ours."""
    decide(acting.actor, Permission.PATIENT_LIST)
    centres = ",".join(f"Organization/{each}" for each in sorted(acting.actor.organizations))
    search = {
        "_has:EpisodeOfCare:patient:organization": centres,
        "_has:Task:patient:code": f"{systems.TASK}|{task}",
        "_sort": "-_lastUpdated",
        "_count": 100,
    }
    return [patient["id"] for patient in (await acting.fhir.find("Patient", search)).resources]


async def names_of(acting: Acting, patients: Iterable[str]) -> dict[str, str]:
    """BIRTH NAME and first name of patients of the acting person's centres, by id; others are left out."""
    decide(acting.actor, Permission.PATIENT_LIST)
    ids = sorted(set(patients))
    if not ids:
        return {}
    centres = ",".join(f"Organization/{each}" for each in sorted(acting.actor.organizations))
    search = {"_id": ",".join(ids), "_has:EpisodeOfCare:patient:organization": centres, "_count": 200}
    found = await acting.fhir.all("Patient", search)
    await audit.record(acting, audit.Action.READ, Permission.PATIENT_LIST)
    return {each["id"]: f"{names.family_of(each)} {names.given_of(each)}".strip() for each in found}
