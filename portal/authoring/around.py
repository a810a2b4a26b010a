"""What a form looks at beside its answers: `launch: [patient, user, encounter]`, and the words for what it reads there.

when: {patient: sex, not: male}        asked of women, and where the sex is not known
when: {patient: age, at_least: 65}     not asked while the age is not known
formula: "{patient.age}"               in whole years, on the day of the visit (today, when there is none)
"""

from collections.abc import Iterator

from portal.authoring.entry import Entry
from portal.sdc import urls
from portal.types import Json

PATIENT, ENCOUNTER = "patient", "encounter"
_TYPES = {
    PATIENT: ("Patient",),
    "user": ("Practitioner", "PractitionerRole", "Patient", "RelatedPerson"),
    ENCOUNTER: ("Encounter",),
}
_SYSTEM = "http://hl7.org/fhir/uv/sdc/CodeSystem/launchContext"
_SEXES = ("female", "male", "other", "unknown")
_ORDERS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
_BORN = "%patient.birthDate.toString()"
_TODAY = "today().toString()"
_VISIT = f"iif(%encounter.period.start.exists(), %encounter.period.start.toString(), {_TODAY})"


def launched(root: Entry) -> tuple[str, ...]:
    """The names of what the form looks at."""
    listed = root.get("launch")
    return tuple(each.one_of(*_TYPES) for each in listed.each()) if listed else ()


def launch_extensions(names: tuple[str, ...]) -> list[Json]:
    return [
        {
            "url": urls.LAUNCH_CONTEXT,
            "extension": [
                {"url": "name", "valueCoding": {"system": _SYSTEM, "code": name}},
                *({"url": "type", "valueCode": kind} for kind in _TYPES[name]),
            ],
        }
        for name in names
    ]


def reading(names: tuple[str, ...]) -> dict[str, str]:
    """FHIRPath of what a formula may name in braces."""
    on = _VISIT if ENCOUNTER in names else _TODAY
    years = f"{on}.substring(0, 4).toInteger() - {_BORN}.substring(0, 4).toInteger()"
    age = f"({years} - iif({on}.substring(5, 5) < {_BORN}.substring(5, 5), 1, 0))"
    return {"patient.age": age, "patient.sex": "%patient.gender"} if PATIENT in names else {}


def of_patient(clause: Entry, read: dict[str, str]) -> str:
    """A clause on the patient's sex or age as FHIRPath that gives true or false."""
    what = clause.need(PATIENT).one_of("sex", "age")
    clause.only(PATIENT, *(("is", "not") if what == "sex" else _ORDERS))
    if not read:
        raise clause.fail("Say at the top of the form that it looks at the patient: “launch: [patient]”.")
    said = [key for key in clause.mapping() if key != PATIENT]
    if len(said) != 1:
        raise clause.fail("Say one thing of the patient.")
    value = clause.need(said[0])
    if what == "age":
        return f"({read['patient.age']} {_ORDERS[said[0]]} {value.integer()}).exists($this)"
    found = f"%patient.where({' or '.join(_sexes(value))}).exists()"
    return found if said[0] == "is" else f"{found}.not()"


def _sexes(value: Entry) -> Iterator[str]:
    for each in value.one_or_more():
        yield f"gender = '{each.one_of(*_SEXES)}'"
