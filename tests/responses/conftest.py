"""A patient with one questionnaire to fill, on a record server that can fail."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from portal.access import Actor, Role
from portal.acting import Acting
from portal.app import open_portal
from portal.authoring import Catalogue
from portal.chance import Chance, SeededChance
from portal.clock import Clock, FixedClock
from portal.db import Database
from portal.fhir import Transaction
from portal.responses.tasks import new_task
from portal.sdc import Form
from portal.settings import Settings
from portal.types import Json
from tests.responses.record import Record
from tests.responses.small_form import small_form

As = Callable[[Actor], Acting]
Serving = Callable[[Iterable[Json]], Awaitable[As]]

CENTRE = "centre-1"
TRIAL = "ebipolar"
PATIENT = Actor(user="u1", role=Role.PATIENT, reference="Patient/p1", name="Camille Aubert")
NURSE = Actor(
    user="u2",
    role=Role.NURSE,
    reference="Practitioner/n1",
    name="Inès Kaci",
    organizations=frozenset({CENTRE}),
)
PORTAL = Actor(user="portal", role=Role.SERVICE, reference="Device/portal", name="Portail")
ELSEWHERE = Actor(
    user="u3",
    role=Role.NURSE,
    reference="Practitioner/n2",
    name="Marc Lebrun",
    organizations=frozenset({"centre-2"}),
)


def act(actor: Actor, record: Record, db: Database, clock: Clock, chance: Chance, form: Form) -> Acting:
    fhir = cast("Any", record)
    return Acting(
        actor=actor,
        fhir=fhir,
        service=fhir,
        db=db,
        clock=clock,
        chance=chance,
        settings=Settings(),
        catalogue=Catalogue.of([form]),
    )


def fill_record(record: Record, form: Form, clock: Clock) -> None:
    """A patient of one centre, in a trial, who is asked for the form."""
    record.versions.clear()
    task = new_task(
        id_="t1",
        questionnaire=form.canonical,
        patient="p1",
        owner="Patient/p1",
        requester="Practitioner/n1",
        now=clock.now(),
        due=None,
        encounter="e1",
        trial=TRIAL,
    )
    for resource in (
        {"resourceType": "Patient", "id": "p1"},
        {
            "resourceType": "EpisodeOfCare",
            "id": "ep1",
            "status": "active",
            "patient": {"reference": "Patient/p1"},
            "subject": {"reference": "Patient/p1"},
            "managingOrganization": {"reference": f"Organization/{CENTRE}"},
        },
        task,
    ):
        record._put(resource)


@pytest.fixture(scope="session")
def form() -> Form:
    return small_form()


@pytest.fixture
def record(form: Form, clock: FixedClock) -> Record:
    made = Record()
    fill_record(made, form, clock)
    return made


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open_folder(tmp_path)
    yield opened
    await opened.close()


Acts = Callable[[Actor], Acting]


@pytest.fixture
def acting_as(record: Record, db: Database, clock: FixedClock, chance: SeededChance, form: Form) -> Acts:
    return lambda actor: act(actor, record, db, clock, chance, form)


@pytest.fixture
def acting(acting_as: Acts) -> Acting:
    """The patient at work."""
    return acting_as(PATIENT)


@pytest.fixture
async def serving(
    tmp_path: Path, clock: FixedClock, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Serving]:
    """`await serving(resources)`: the embedded backend with its access policies holds them; everyone's own doors to it. The
    module says which `catalogue` the portal has.
    """
    monkeypatch.setattr(Catalogue, "load", lambda _folder, **_: catalogue)
    portal = await open_portal(Settings(data_dir=tmp_path), clock=clock, chance=SeededChance(3))

    async def hold(resources: Iterable[Json]) -> As:
        transaction = Transaction()
        for resource in resources:
            transaction.create(resource)
        await portal.service().fhir.commit(transaction)
        return portal.acting

    yield hold
    await portal.close()
