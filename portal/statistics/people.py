"""Everybody in the record as the figures see them: a centre, a network, an age band, a sex, studies, questionnaires.

Read by the portal's own client: whoever asks for figures may read no patient.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.acting import Acting
from portal.clock import PARIS
from portal.fhir import systems
from portal.people import NETWORKS, id_of
from portal.types import Json

BANDS: tuple[tuple[str, int], ...] = (
    ("0-17", 17),
    ("18-24", 24),
    ("25-34", 34),
    ("35-44", 44),
    ("45-54", 54),
    ("55-64", 64),
    ("65+", 200),
)
"""Age bands and the last age of each, in completed years."""

UNKNOWN = "unknown"
SEXES = ("female", "male", "other")
PAGE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """One person without anything that names them. `forms` says of each questionnaire asked of them (by canonical
    address without version) whether every one asked was sent.
    """

    centre: str
    network: str
    band: str
    sex: str
    trials: frozenset[str]
    forms: Mapping[str, bool]

    @property
    def answers(self) -> str:
        """Over all their questionnaires: none asked, all sent, or some that wait."""
        if not self.forms:
            return "none"
        return "sent" if all(self.forms.values()) else "waiting"


async def everybody(acting: Acting, as_of: date) -> list[Counted]:
    """Who was followed at the beginning of that day, each counted once: in the centre that has followed them longest."""
    centre_of = await _centres(acting, as_of)
    trials = await _trials(acting, as_of)
    forms = await _forms(acting, as_of)
    found: list[Counted] = []
    wanted = {"_elements": "identifier,birthDate,gender", "_sort": "_id", "_count": PAGE}
    async for patient in acting.service.every("Patient", wanted):
        centre = centre_of.get(patient["id"])
        if centre is not None:
            found.append(
                Counted(
                    centre=centre,
                    network=network_of(fondacode_of(patient)),
                    band=band_of(patient, as_of),
                    sex=sex_of(patient),
                    trials=frozenset(trials[patient["id"]]),
                    forms=forms[patient["id"]],
                )
            )
    return found


def band_of(patient: Json, on: date) -> str:
    """The age band on that day; of somebody whose birth is only known by its year, as if born on 1 July."""
    parts = [int(part) for part in str(patient.get("birthDate", "")).split("-") if part]
    if not parts:
        return UNKNOWN
    year, month, day = [*parts, *(7, 1)[len(parts) - 1 :]] if len(parts) < 3 else parts
    age = on.year - year - ((on.month, on.day) < (month, day))
    return next((band for band, last in BANDS if age <= last), UNKNOWN)


def sex_of(patient: Json) -> str:
    """Unknown counts with other: both are few."""
    gender = patient.get("gender", "other")
    return gender if gender in SEXES else "other"


def fondacode_of(patient: Json) -> str:
    found = (one["value"] for one in patient.get("identifier", []) if one.get("system") == systems.FONDACODE)
    return next(found, "")


def network_of(fondacode: str) -> str:
    """The third and fourth digits say it."""
    return next((name for name, digits in NETWORKS.items() if digits == fondacode[2:4]), UNKNOWN)


async def _centres(acting: Acting, as_of: date) -> dict[str, str]:
    first: dict[str, tuple[str, str]] = {}
    wanted = {"date": f"lt{as_of.isoformat()}", "_count": PAGE}
    async for episode in acting.service.every("EpisodeOfCare", wanted):
        period: Json = episode.get("period", {})
        start, end = period.get("start", ""), period.get("end", "")
        if not start or start[:10] >= as_of.isoformat() or (end and end[:10] < as_of.isoformat()):
            continue
        patient, since = id_of(episode["patient"]), (start, id_of(episode["managingOrganization"]))
        first[patient] = min(first.get(patient, since), since)
    return {patient: centre for patient, (_since, centre) in first.items()}


async def _trials(acting: Acting, as_of: date) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    async for subject in acting.service.every("ResearchSubject", {"_count": PAGE}):
        period: Json = subject.get("period", {})
        end = period.get("end", "")
        if period.get("start", "9")[:10] < as_of.isoformat() and not (end and end[:10] < as_of.isoformat()):
            found[id_of(subject["individual"])].add(id_of(subject["study"]))
    return found


async def _forms(acting: Acting, as_of: date) -> defaultdict[str, dict[str, bool]]:
    found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    midnight = datetime.combine(as_of, datetime.min.time(), tzinfo=PARIS)
    wanted = {
        "code": f"{systems.SDC_TASK}|complete-questionnaire",
        "authored-on": f"lt{midnight.isoformat()}",
        "_elements": "for,status,input,authoredOn,lastModified",
        "_count": PAGE,
    }
    async for task in acting.service.every("Task", wanted):
        if task["status"] == "cancelled":
            continue
        changed = datetime.fromisoformat(task.get("lastModified") or task["authoredOn"])
        sent = task["status"] == "completed" and changed < midnight
        mine, form = found[id_of(task["for"])], str(task["input"][0]["valueCanonical"]).split("|", maxsplit=1)[0]
        mine[form] = mine.get(form, True) and sent
    return found
