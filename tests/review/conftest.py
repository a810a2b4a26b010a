"""A trial with one centre, Camille in it, and a PHQ-9 she has sent: made through the portal's own verbs."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from portal.access import Actor, Role
from portal.acting import Acting
from portal.app import CONTENT, Portal, open_portal
from portal.chance import SeededChance
from portal.clock import FixedClock
from portal.people import create_organization, create_patient, create_practitioner, patient_scope
from portal.responses import open_draft, save_answer, submit
from portal.review import review_of
from portal.settings import Settings
from portal.trials import assign_trial, enrol, name_arc, open_visit, plan_visits
from tests.cast import ANNE, CAMILLE, MARC, PAULINE, Person
from tests.conftest import WEDNESDAY_AT_14_02_IN_PARIS

TRIAL = """\
id: small
version: "1.0.0"
title: Petite étude
kind: cohort
pathology: bipolar
baseline: start
visits:
  - id: start
    title: Début
    categories: [{id: auto, title: Auto, filled_by: patient, questionnaires: [PHQ9]}]
  - id: month
    title: Un mois
    at: P1M
    categories: [{id: auto, title: Auto, filled_by: patient, questionnaires: [PHQ9]}]
"""
ITEMS = [f"q{n}" for n in range(1, 10)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    portal: Portal
    service: Acting
    anne: Acting
    marc: Acting
    pauline: Acting
    stranger: Acting
    patient: str
    centre: str
    subject: str
    response: str

    async def review_place(self, link_id: str) -> str:
        review = await review_of(self.pauline, self.response)
        return next(item.place.location for item in review.items if item.place.item.link_id == link_id)


async def _staff(portal: Portal, person: Person, role: Role, centres: list[str], trials: tuple[str, ...] = ()) -> str:
    service = portal.service()
    made = await create_practitioner(
        service,
        family=person.family,
        given=person.given,
        email=person.email,
        role=role,
        organizations=centres,
        password="une phrase longue",
    )
    for trial in trials:
        await name_arc(service, trial, made)
    return made


def as_staff(
    portal: Portal, person: Person, id_: str, role: Role, centres: list[str], trials: tuple[str, ...] = ()
) -> Acting:
    return portal.acting(
        Actor(
            user=id_,
            role=role,
            reference=f"Practitioner/{id_}",
            name=person.name,
            organizations=frozenset(centres),
            trials=frozenset(trials),
        )
    )


@pytest.fixture(scope="session")
def made_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder with content and data, made once; and the ids of who and what is in it."""
    folder = tmp_path_factory.mktemp("study")
    content = folder / "content"
    (content / "questionnaires").mkdir(parents=True)
    (content / "trials").mkdir()
    shutil.copy(CONTENT / "questionnaires" / "PHQ9.yaml", content / "questionnaires")
    (content / "trials" / "small.yml").write_text(TRIAL, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.app.CONTENT", content)
        ids = asyncio.run(_make(folder / "data"))
    return folder, ids


async def _make(data: Path) -> dict[str, str]:
    clock, chance = FixedClock(WEDNESDAY_AT_14_02_IN_PARIS), SeededChance(1)
    portal = await open_portal(Settings(data_dir=data), clock=clock, chance=chance)
    service = portal.service()
    centre = await create_organization(service, name="Centre", city="Ville", centre_code="09", networks=["bipolar"])
    other = await create_organization(service, name="Autre", city="Autre", centre_code="08", networks=["bipolar"])
    ids = {"centre": centre, "other": other}
    ids["anne"] = await _staff(portal, ANNE, Role.PSYCHIATRIST, [centre])
    ids["marc"] = await _staff(portal, MARC, Role.PSYCHIATRIST, [other])
    ids["pauline"] = await _staff(portal, PAULINE, Role.ARC, [], ("small",))
    await assign_trial(service, "small", centre)
    anne = as_staff(portal, ANNE, ids["anne"], Role.PSYCHIATRIST, [centre])
    ids["patient"] = patient = await create_patient(
        anne,
        family=CAMILLE.family,
        given=CAMILLE.given,
        birth_date=date(1992, 3, 12),
        gender="female",
        organization=centre,
        network="bipolar",
        email=CAMILLE.email,
    )
    trial = portal.trials["small"]
    scope = await patient_scope(anne, patient)
    enrolment = await enrol(anne, trial, patient=patient, organization=centre, scope=scope, number="09-001")
    visit = (await plan_visits(anne, trial, subject=enrolment.subject, scope=scope))[0]
    [task] = await open_visit(anne, trial, visit=visit, scope=scope)
    camille = portal.acting(
        Actor(user="u-camille", role=Role.PATIENT, reference=f"Patient/{patient}", name=CAMILLE.name)
    )
    draft = await open_draft(camille, task)
    for link_id in ITEMS:
        option = draft.session.state(link_id).options[1].key
        draft.session.set(link_id, option)
        await save_answer(camille, draft, link_id, option)
    ids |= {"subject": enrolment.subject, "task": task, "response": (await submit(camille, draft)).response}
    await portal.close()
    return ids


@pytest.fixture
async def study(
    made_study: tuple[Path, dict[str, str]], tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Study]:
    folder, ids = made_study
    shutil.copytree(folder / "data", tmp_path / "data")
    monkeypatch.setattr("portal.app.CONTENT", folder / "content")
    portal = await open_portal(Settings(data_dir=tmp_path / "data"), clock=clock, chance=SeededChance(2))
    stranger = Actor(user="x", role=Role.ARC, reference="Practitioner/x", name="X", trials=frozenset({"elsewhere"}))
    yield Study(
        portal=portal,
        service=portal.service(),
        anne=as_staff(portal, ANNE, ids["anne"], Role.PSYCHIATRIST, [ids["centre"]]),
        marc=as_staff(portal, MARC, ids["marc"], Role.PSYCHIATRIST, [ids["other"]]),
        pauline=as_staff(portal, PAULINE, ids["pauline"], Role.ARC, [], ("small",)),
        stranger=portal.acting(stranger),
        patient=ids["patient"],
        centre=ids["centre"],
        subject=ids["subject"],
        response=ids["response"],
    )
    await portal.close()
