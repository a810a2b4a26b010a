"""What laboratories found in the blood: each result with that laboratory's own range, a sample written all or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.clock import PARIS
from portal.errors import Invalid, Problem, problem
from portal.fhir import FHIRClient, Transaction, systems
from portal.i18n import N_
from portal.people import patient_scope
from portal.record.content import Analyte, analytes
from portal.record.measures import Measure, Series, analyte_of, measure
from portal.types import Json

ALERT_WITHIN = timedelta(days=30)
"""An old sample that is typed in late tells nothing urgent."""
SAID = (
    "contained", "effectiveDateTime", "interpretation", "performer", "reasonCode", "referenceRange", "specimen",
    "valueQuantity",
)  # fmt: skip
"""What a sheet decides in a result or an alert; the rest is when it was written, and what became of it since."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One analyte of a sample, by its key. `unit` is UCUM, the analyte's own when None. The range is the laboratory's."""

    code: str
    value: Decimal
    unit: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BiologyGroup:
    key: str
    series: tuple[Series, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Biology:
    """Groups in the order of content/terminology/analytes.yaml, those without any value left out."""

    groups: tuple[BiologyGroup, ...]

    def of(self, key: str) -> Series | None:
        return next((each for group in self.groups for each in group.series if each.analyte.key == key), None)

    @property
    def last(self) -> Measure | None:
        """The newest value of all."""
        measures = [series.last for group in self.groups for series in group.series]
        return max(measures, key=lambda each: each.at, default=None)


async def biology(acting: Acting, patient: str) -> Biology:
    """Every result and vital sign of the patient that the portal knows how to draw."""
    decide(acting.actor, Permission.BIOLOGY_READ, await patient_scope(acting, patient))
    search = {"patient": f"Patient/{patient}", "category": "laboratory,vital-signs", "_sort": "date", "_count": 500}
    found = await acting.fhir.all("Observation", search)
    await audit.record(acting, audit.Action.READ, Permission.BIOLOGY_READ, patient=patient)
    return read_biology(found)


def read_biology(observations: Sequence[Json]) -> Biology:
    by_key: dict[str, list[Measure]] = defaultdict(list)
    for observation in observations:
        analyte = analyte_of(observation)
        if analyte is None or observation.get("status") in {"entered-in-error", "cancelled"}:
            continue
        found = measure(observation, analyte)
        if found is not None:
            by_key[analyte.key].append(found)
    groups: dict[str, list[Series]] = {key: [] for key in analytes().groups}
    for analyte in analytes().by_key.values():
        if analyte.key in by_key:
            in_order = tuple(sorted(by_key[analyte.key], key=lambda each: each.at))
            groups[analyte.group].append(Series(analyte=analyte, measures=in_order))
    return Biology(groups=tuple(BiologyGroup(key=key, series=tuple(each)) for key, each in groups.items() if each))


async def add_biology(
    acting: Acting,
    patient: str,
    *,
    at: datetime | date,
    results: Sequence[Result],
    fasting: bool | None = None,
    laboratory: str = "",
    sample: str | None = None,
) -> list[str]:
    """A sample's results, all or none. `at` is when it was taken. Returns the Observations' ids.

    `sample` is an id that the caller drew before: sending twice then writes once. A recent value beyond an alert limit
    tells the team. Raises `Invalid` whose places are "at" and the analytes' keys.
    """
    decide(acting.actor, Permission.BIOLOGY_WRITE, await patient_scope(acting, patient))
    _check(acting.clock.today(), at, results)
    again, sample = sample is not None, sample or acting.chance.id()
    write: list[Json] = []
    raised: list[Json] = []
    recent = _day(at) >= acting.clock.today() - ALERT_WITHIN
    for result in results:
        analyte = analytes().by_key[result.code]
        made = _observation(acting, patient, at, result, analyte, sample)
        if laboratory.strip():
            made["performer"] = [{"display": laboratory.strip()}]
        if fasting is not None:
            made |= _specimen(fasting)
        write.append(made)
        if recent and _alarming(result, analyte):
            raised.append(_alert(acting, patient, made, result, analyte))
    await _keep(acting.fhir, write, patient, perhaps_there=again)
    # Alerts are raised by the portal, never by a person.
    await _keep(acting.service, raised, patient, perhaps_there=again)
    await audit.record(acting, audit.Action.CREATE, Permission.BIOLOGY_WRITE, patient=patient)
    return [str(made["id"]) for made in write]


async def _keep(fhir: FHIRClient, wanted: Sequence[Json], patient: str, *, perhaps_there: bool) -> None:
    """All or none. Of what an earlier try of the same sheet wrote, only what that sheet now says otherwise is replaced, at
    the version that stands: an alert that somebody has seen meanwhile stays seen.
    """
    stored: dict[str, Json] = {}
    if wanted and perhaps_there:
        named = {"patient": f"Patient/{patient}", "_id": ",".join(one["id"] for one in wanted), "_count": 500}
        stored = {one["id"]: one for one in await fhir.all(wanted[0]["resourceType"], named)}
    write = Transaction()
    for one in wanted:
        found = stored.get(one["id"])
        if found is None:
            write.create(one)
        elif any(found.get(part) != one.get(part) for part in SAID):
            write.update({**one, "meta": {"versionId": found["meta"]["versionId"]}})
    await fhir.commit(write)


def _observation(
    acting: Acting, patient: str, at: datetime | date, result: Result, analyte: Analyte, sample: str
) -> Json:
    unit = result.unit or analyte.unit
    shown = analyte.shown if unit == analyte.unit else unit
    category = analytes().groups[analyte.group].category
    value: Json = {"value": result.value, "unit": shown, "system": systems.UCUM, "code": unit}
    made: Json = {
        "resourceType": "Observation",
        "id": f"{sample}-{analyte.key}",
        "identifier": [{"system": systems.SAMPLE, "value": sample}],
        "status": "final",
        "category": [{"coding": [{"system": systems.OBSERVATION_CATEGORY, "code": category}]}],
        "code": {"coding": [{"system": systems.LOINC, "code": analyte.loinc}], "text": analyte.label.fr},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": at.astimezone(PARIS).isoformat(timespec="seconds")
        if isinstance(at, datetime)
        else at.isoformat(),
        "issued": acting.clock.now().isoformat(timespec="milliseconds"),
        "valueQuantity": value | ({"comparator": result.comparator} if result.comparator else {}),
    }
    bounds = {"low": result.low, "high": result.high}
    given = {side: value | {"value": bound} for side, bound in bounds.items() if bound is not None}
    if given:
        made["referenceRange"] = [given]
    flag = _flag(result)
    if flag:
        made["interpretation"] = [{"coding": [{"system": systems.INTERPRETATION, "code": flag}]}]
    return made


def _specimen(fasting: bool) -> Json:
    """FHIR keeps whether the person had eaten with the sample; ours is too small to be a resource of its own."""
    state: Json = {"coding": [{"system": systems.FASTING, "code": "F" if fasting else "NF"}]}
    sample: Json = {"resourceType": "Specimen", "id": "sample", "collection": {"fastingStatusCodeableConcept": state}}
    return {"contained": [sample], "specimen": {"reference": "#sample"}}


def _flag(result: Result) -> str:
    if result.high is not None and result.value > result.high:
        return "H"
    if result.low is not None and result.value < result.low:
        return "L"
    return "N" if result.low is not None or result.high is not None else ""


def _alarming(result: Result, analyte: Analyte) -> bool:
    value = result.value * (analyte.factor(result.unit or analyte.unit) or 1)
    above = analyte.alert_above is not None and value > analyte.alert_above
    return above or (analyte.alert_below is not None and value < analyte.alert_below)


def _alert(acting: Acting, patient: str, observation: Json, result: Result, analyte: Analyte) -> Json:
    now = acting.clock.now().isoformat(timespec="seconds")
    value = str(result.value).replace(".", ",")
    return {
        "resourceType": "Task",
        "id": f"alert-{observation['id']}"[:64],
        "status": "requested",
        "businessStatus": {"coding": [{"system": systems.TASK_STATE, "code": "alert-open"}]},
        "intent": "order",
        "priority": "urgent",
        "code": {"coding": [{"system": systems.TASK, "code": "clinical-alert"}]},
        "focus": {"reference": f"Observation/{observation['id']}"},
        "for": {"reference": f"Patient/{patient}"},
        "reasonCode": {
            "coding": [{"system": systems.ALERT, "code": f"biology-{analyte.key}"}],
            "text": f"{analyte.label.fr.split(',')[0]} {value} {observation['valueQuantity']['unit']}",
        },
        "authoredOn": now,
        "lastModified": now,
    }


def _check(today: date, at: datetime | date, results: Sequence[Result]) -> None:
    wrong: list[Problem] = []
    if _day(at) > today:
        wrong.append(problem("at", N_("The date must not be in the future.")))
    if not results:
        wrong.append(problem("results", N_("Write at least one result.")))
    for result in results:
        analyte = analytes().by_key.get(result.code)
        factor = analyte.factor(result.unit or analyte.unit) if analyte else None
        if analyte is None or factor is None:
            wrong.append(problem(result.code, N_("This unit is not known for this analyte.")))
            continue
        value = result.value * factor
        if (analyte.least is not None and value < analyte.least) or (analyte.most is not None and value > analyte.most):
            wrong.append(problem(result.code, N_("This value is not possible. Check the decimal point and the unit.")))
        if result.low is not None and result.high is not None and result.low > result.high:
            wrong.append(problem(result.code, N_("The lower limit is above the upper limit.")))
    if wrong:
        raise Invalid(wrong)


def _day(at: datetime | date) -> date:
    return at.astimezone(PARIS).date() if isinstance(at, datetime) else at
