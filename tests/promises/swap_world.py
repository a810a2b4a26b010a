"""The demonstration with one person marked: words in their record that stand nowhere else, and everybody else signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from portal.access import Role
from portal.accounts import Door, people, sessions
from portal.accounts.contacts import read_contact
from portal.acting import Acting
from portal.app import Portal, open_portal
from portal.background import Background
from portal.demo import DEMO_PASSWORD, PATIENTS
from portal.fhir import systems
from portal.people import create_practitioner
from portal.record import Result, add_biology, add_treatment
from portal.responses import assign, open_draft, save_answer, submit
from portal.review import ItemState, Verdict, decide_item, review_of
from portal.settings import Settings
from tests.browser import doings

CAMILLE = doings.CAMILLE
FORM = "SUIVI_RECOMMANDATIONS"
FAMILY, PHONE = "Quetzalcourt", "+33639989417"
ANSWER, DRUG, LABORATORY, COMMENT = "pirogueviolette", "Zephyrazole", "Laboratoirelune", "remarqueboreale"
TYPED = "velourscassis"
"""What the patient types in the browser, in a form that is not sent."""

PEOPLE: dict[str, str] = {
    "psychiatrist of another centre": "marc.lebrun@example.fr",
    "psychiatrist of a third centre": "maite.etcheverry@example.fr",
    "nurse of the same centre": "ines.kaci@example.fr",
    "nurse of another centre": "nurse.elsewhere@example.fr",
    "psychologist of both centres": "samir.haddad@example.fr",
    "associate of the trial": doings.ARC,
    "associate of another trial": "thomas.ollivier@example.fr",
    "administrator of the foundation": doings.ADMINISTRATOR,
    "administrator of the centre": doings.CENTRE_ADMINISTRATOR,
    "administrator of another centre": "administrator.elsewhere@example.fr",
    "another patient of the centre": doings.OF_MONTPELLIER[1].email,
    "a patient of another centre": next(one.email for one in PATIENTS if one.centres == ("02",)),
}
NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """`response` is a form of a trial with a remark, `told` one with an answer in free text, `task` waits to be filled.

    `canaries`: name → text. `secrets`: who → what their cookie holds.
    """

    patient: str
    response: str
    told: str
    task: str
    canaries: Mapping[str, str]
    secrets: Mapping[str, str]


async def mark(data: Path) -> Marked:
    """Marks Camille in a stopped demonstration."""
    portal = await open_portal(Settings(data_dir=data, demo=True))
    try:
        return await _mark(portal)
    finally:
        await portal.close()


async def _mark(portal: Portal) -> Marked:
    service = portal.service()
    door = Door(acting=service, key=portal.secret, later=Background())
    (camille,) = await service.fhir.all("Patient", {"family": CAMILLE.family, "given": CAMILLE.given})
    fondacode = next(one["value"] for one in camille["identifier"] if one.get("system") == systems.FONDACODE)
    id_ = str(camille["id"])
    anne, herself, pauline = [
        portal.acting(await _actor(door, email)) for email in (doings.DOCTOR, CAMILLE.email, doings.ARC)
    ]
    await _write(anne, id_)
    told = await _answer(anne, herself, id_)
    response = await _remark(pauline, id_)
    task = await assign(anne, patient=id_, questionnaire=FORM)
    await _name(service, id_)
    (other,) = await service.fhir.all("Organization", {"name": "Centre expert de Créteil"})
    for role, email in (
        (Role.NURSE, PEOPLE["nurse of another centre"]),
        (Role.ORGANIZATION_ADMIN, PEOPLE["administrator of another centre"]),
    ):
        await create_practitioner(
            service,
            family="Ailleurs",
            given="Odile",
            email=email,
            role=role,
            organizations=[other["id"]],
            password=DEMO_PASSWORD,
        )
    canaries = {
        "family name": FAMILY,
        "Fondacode": "".join(fondacode.split()),
        "telephone": PHONE.removeprefix("+33"),
        "free answer": ANSWER,
        "drug": DRUG,
        "laboratory": LABORATORY,
        "comment": COMMENT,
        "typed answer": TYPED,
    }
    secrets = {who: await _signed_in(door, email) for who, email in PEOPLE.items()}
    return Marked(patient=id_, response=response, told=told, task=task, canaries=canaries, secrets=secrets)


async def _account(door: Door, email: str) -> people.Account:
    contact = read_contact(email)
    found = await people.find_account(door, contact) if contact else None
    assert found is not None, email
    return found


async def _actor(door: Door, email: str) -> people.Actor:
    return await people.actor_of(door, await _account(door, email))


async def _signed_in(door: Door, email: str) -> str:
    found = await _account(door, email)
    actor = await people.actor_of(door, found)
    return await sessions.start(door, user=found.id, role=actor.role, reference=actor.reference, device="Test")


async def _write(anne: Acting, patient: str) -> None:
    today = anne.clock.today()
    await add_treatment(anne, patient, name=DRUG, dosage="20 mg par jour", start=today - timedelta(days=9))
    lithium = Result(code="lithium", value=Decimal("0.7"), low=Decimal("0.5"), high=Decimal("0.8"))
    await add_biology(anne, patient, at=today, results=[lithium], laboratory=LABORATORY)


async def _answer(anne: Acting, herself: Acting, patient: str) -> str:
    """A form that Camille has sent, with words of her own in it."""
    draft = await open_draft(herself, await assign(anne, patient=patient, questionnaire=FORM))
    given = {"medicines": "no", "therapies": "yes", "somatic": "yes", "obstacle": ANSWER}
    for name, value in given.items():
        path = next(one for part in draft.session.sections() for one in draft.session.visible(part) if name in one)
        draft.session.set(path, value)
        await save_answer(herself, draft, path, value)
    await submit(herself, draft)
    return draft.response


async def _remark(pauline: Acting, patient: str) -> str:
    """A form of the trial about which the associate has asked something."""
    sent = await pauline.fhir.all(
        "QuestionnaireResponse",
        {"patient": f"Patient/{patient}", "_tag": f"{systems.TRIAL}|ebipolar", "status": "completed"},
    )
    response = str(sent[0]["id"])
    review = await review_of(pauline, response)
    item = next(one for one in review.items if one.state is ItemState.TO_REVIEW)
    await decide_item(pauline, response, item.place.location, Verdict.NOT_VALID, COMMENT)
    return response


async def _name(service: Acting, patient: str) -> None:
    stored = await service.fhir.read("Patient", patient)
    names = [{**one, "family": FAMILY} if one.get("family") == CAMILLE.family else one for one in stored["name"]]
    telecom = [{**one, "value": PHONE} if one["system"] == "phone" else one for one in stored["telecom"]]
    await service.fhir.amend(
        "Patient", patient, {"name": names, "telecom": telecom}, version=stored["meta"]["versionId"]
    )
