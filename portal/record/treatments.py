"""What the patient takes and took. A line is never deleted: a change of dose ends one and begins the next, linked to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import Invalid, Problem, problem
from portal.fhir import Transaction, systems
from portal.fhir.dates import day_of
from portal.i18n import N_
from portal.people import id_of, patient_scope
from portal.record.content import DrugClass, psychotropics
from portal.record.dosage import dosage_elements, parse_dosage, stored_dosage
from portal.types import Json

STOP_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "inefficacy": N_("Not effective"),
        "side-effect": N_("Side effect"),
        "wish": N_("Patient's wish"),
        "remission": N_("Remission"),
        "pregnancy": N_("Pregnancy"),
        "interaction": N_("Interaction"),
        "supply": N_("Not available"),
        "other": N_("Other reason"),
    }
)
"""Why a treatment is stopped: code and sentence. `DOSE` is kept by `change_dose` and never chosen."""
DOSE = "dose"
TAKEN = frozenset({"active", "on-hold"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """One line: one drug at one dosage from `start` to `end` (None: still taken).

    `daily_mg` is worked out from the dosage, None when it cannot be (taken if needed, injections at intervals, unknown
    strength). `previous` is the id of the line that this one continues at another dose.
    """

    id: str
    version: str
    patient: str
    name: str
    atc: str
    drug_class: DrugClass
    dosage: str
    daily_mg: Decimal | None
    as_needed: bool
    start: date | None
    end: date | None
    stop_reason: str
    note: str
    indication: str
    previous: str | None

    @property
    def taken(self) -> bool:
        return self.end is None


async def treatments(acting: Acting, patient: str) -> list[Treatment]:
    """Every line of the patient, mistaken ones aside: by class, then by drug, then by start."""
    decide(acting.actor, Permission.TREATMENT_READ, await patient_scope(acting, patient))
    found = await acting.fhir.all("MedicationStatement", {"subject": f"Patient/{patient}", "_count": 200})
    await audit.record(acting, audit.Action.READ, Permission.TREATMENT_READ, patient=patient)
    lines = [read_treatment(each) for each in found if each["status"] != "entered-in-error"]
    begun: dict[str, date] = {}
    for line in lines:
        begun[line.name] = min(begun.get(line.name, date.max), line.start or date.max)
    return sorted(
        lines, key=lambda line: (line.drug_class.rank, begun[line.name], line.name, line.start or date.min, line.id)
    )


async def add_treatment(
    acting: Acting,
    patient: str,
    *,
    name: str,
    dosage: str,
    start: date,
    end: date | None = None,
    stop_reason: str = "",
    atc: str = "",
    strength_mg: Decimal | None = None,
    indication: str = "",
    note: str = "",
) -> str:
    """A new line. `dosage` in the words of `parse_dosage`; `strength_mg` is that of one tablet or ampoule.

    The ATC code of a known substance or brand is found when none is given. Raises `Invalid`. Returns the line's id.
    """
    decide(acting.actor, Permission.TREATMENT_WRITE, await patient_scope(acting, patient))
    _check(acting.clock.today(), name=name, dosage=dosage, start=start, end=end)
    line = _statement(acting, patient, name=name, atc=atc or known_atc(name), start=start)
    line["dosage"] = dosage_elements(parse_dosage(dosage), strength_mg)
    if end is not None:
        _end(line, end, stop_reason)
    if indication.strip():
        line["reasonCode"] = [{"text": indication.strip()}]
    if note.strip():
        line["note"] = [_note(acting, note)]
    write = Transaction()
    write.create(line)
    await _commit(acting, write, patient, line["id"], audit.Action.CREATE)
    return str(line["id"])


async def change_dose(
    acting: Acting, treatment: str, *, dosage: str, on: date, strength_mg: Decimal | None = None
) -> str:
    """Ends the line on that day and begins another at the new dosage, linked to it. Returns the new line's id."""
    old, patient = await _line_to_write(acting, treatment)
    before = read_treatment(old)
    _check(acting.clock.today(), name=before.name, dosage=dosage, start=on, end=None)
    _check_end(before, on)
    new = _statement(acting, patient, name=before.name, atc=before.atc, start=on)
    new["dosage"] = dosage_elements(parse_dosage(dosage), strength_mg)
    new["derivedFrom"] = [{"reference": f"MedicationStatement/{treatment}"}]
    if "reasonCode" in old:
        new["reasonCode"] = old["reasonCode"]
    _end(old, on, DOSE)
    write = Transaction()
    write.update(old)
    write.create(new)
    await _commit(acting, write, patient, new["id"], audit.Action.UPDATE)
    return str(new["id"])


async def stop_treatment(acting: Acting, treatment: str, *, on: date, reason: str, note: str = "") -> None:
    """Ends the line. `reason` is a code of `STOP_REASONS`."""
    line, patient = await _line_to_write(acting, treatment)
    if reason not in STOP_REASONS:
        raise Invalid([problem("reason", N_("Choose a reason."))])
    _check_end(read_treatment(line), on)
    _end(line, on, reason)
    if note.strip():
        line.setdefault("note", []).append(_note(acting, note))
    write = Transaction()
    write.update(line)
    await _commit(acting, write, patient, treatment, audit.Action.UPDATE)


async def withdraw_treatment(acting: Acting, treatment: str, *, why: str) -> None:
    """The line was a mistake: it stays in the history, out of every list. `why` is required."""
    line, patient = await _line_to_write(acting, treatment)
    if not why.strip():
        raise Invalid([problem("why", N_("Write why this line was a mistake."))])
    line["status"] = "entered-in-error"
    line["statusReason"] = [{"text": why.strip()}]
    write = Transaction()
    write.update(line)
    await _commit(acting, write, patient, treatment, audit.Action.UPDATE)


def known_atc(name: str) -> str:
    """ATC code of a substance or brand of the list, whatever its capitals; empty when it is not there."""
    wanted = name.strip().casefold()
    for substance in psychotropics().substances:
        if wanted in {substance.name.casefold(), *(brand.casefold() for brand in substance.brands)}:
            return substance.atc
    return ""


def read_treatment(statement: Json) -> Treatment:
    medication: Json = statement["medicationCodeableConcept"]
    codings: list[Json] = medication.get("coding", [])
    atc = next((each["code"] for each in codings if each.get("system") == systems.ATC), "")
    period: Json = statement.get("effectivePeriod", {})
    dosage = stored_dosage(statement.get("dosage", []))
    reasons = (coding["code"] for each in statement.get("statusReason", []) for coding in each.get("coding", []))
    origins = (id_of(each) for each in statement.get("derivedFrom", []))
    return Treatment(
        id=statement["id"],
        version=statement.get("meta", {}).get("versionId", ""),
        patient=id_of(statement["subject"]),
        name=medication.get("text") or next((each.get("display", "") for each in codings), ""),
        atc=atc,
        drug_class=psychotropics().class_of(atc),
        dosage=dosage.text,
        daily_mg=dosage.daily_mg(),
        as_needed=dosage.as_needed,
        start=day_of(period["start"]) if "start" in period else None,
        end=day_of(period["end"]) if "end" in period else None,
        stop_reason=next(reasons, ""),
        note="\n".join(each["text"] for each in statement.get("note", [])),
        indication=next((each.get("text", "") for each in statement.get("reasonCode", [])), ""),
        previous=next(origins, None),
    )


def _statement(acting: Acting, patient: str, *, name: str, atc: str, start: date) -> Json:
    medication: Json = {"text": " ".join(name.split())}
    if atc:
        medication["coding"] = [{"system": systems.ATC, "code": atc}]
    return {
        "resourceType": "MedicationStatement",
        "id": acting.chance.id(),
        "status": "active",
        "medicationCodeableConcept": medication,
        "subject": {"reference": f"Patient/{patient}"},
        "effectivePeriod": {"start": start.isoformat()},
        "dateAsserted": acting.clock.now().isoformat(timespec="seconds"),
        "informationSource": {"reference": acting.actor.reference}
        if acting.actor.gives_care
        else {"reference": f"Patient/{patient}"},
    }


def _end(line: Json, on: date, reason: str) -> None:
    line["effectivePeriod"] = line["effectivePeriod"] | {"end": on.isoformat()}
    line["status"] = "completed" if reason in {"", DOSE} else "stopped"
    if reason:
        line["statusReason"] = [{"coding": [{"system": systems.STOP_REASON, "code": reason}]}]


def _note(acting: Acting, text: str) -> Json:
    return {"text": text.strip(), "time": acting.clock.now().isoformat(timespec="seconds")}


async def _line_to_write(acting: Acting, treatment: str) -> tuple[Json, str]:
    line = await acting.fhir.read("MedicationStatement", treatment)
    patient = id_of(line["subject"])
    decide(acting.actor, Permission.TREATMENT_WRITE, await patient_scope(acting, patient))
    return line, patient


async def _commit(acting: Acting, write: Transaction, patient: str, line: str, action: audit.Action) -> None:
    await acting.fhir.commit(write)
    await audit.record(
        acting, action, Permission.TREATMENT_WRITE, patient=patient, entity=f"MedicationStatement/{line}"
    )


def _check(today: date, *, name: str, dosage: str, start: date, end: date | None) -> None:
    wrong: list[Problem] = []
    if not name.strip():
        wrong.append(problem("name", N_("Write the name of the drug.")))
    if not dosage.strip():
        wrong.append(problem("dosage", N_("Write the dosage, such as 500 mg morning and evening.")))
    if start > today:
        wrong.append(problem("start", N_("The date must not be in the future.")))
    if end is not None and end < start:
        wrong.append(problem("end", N_("The end comes before the beginning.")))
    if wrong:
        raise Invalid(wrong)


def _check_end(line: Treatment, on: date) -> None:
    if line.end is not None:
        raise Invalid([problem("on", N_("This treatment has already ended."))])
    if line.start is not None and on < line.start:
        raise Invalid([problem("on", N_("The end comes before the beginning."))])
