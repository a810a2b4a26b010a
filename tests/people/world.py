"""A small world: two centres, a psychiatrist in each, made through the portal's own verbs."""

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
from portal.people import create_organization, create_patient, create_practitioner
from portal.settings import Settings
from tests.cast import ANNE, CAMILLE, CRETEIL, MARC, MONTPELLIER, Person
from tests.conftest import WEDNESDAY_AT_14_02_IN_PARIS


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    portal: Portal
    service: Acting
    montpellier: str
    creteil: str
    anne: Acting
    marc: Acting

    async def camille(self, **changes: object) -> str:
        """Camille, a woman born on 12 March 1992, becomes a patient of Anne's centre."""
        facts = {
            "family": CAMILLE.family,
            "given": CAMILLE.given,
            "birth_date": date(1992, 3, 12),
            "gender": "female",
            "organization": self.montpellier,
            "network": "bipolar",
            "email": CAMILLE.email,
            "phone": CAMILLE.phone,
        }
        return await create_patient(self.anne, **(facts | changes))


def small_content(folder: Path) -> Path:
    """Two questionnaires and no trial: what these tests need, and quick to read."""
    content = folder / "content"
    (content / "questionnaires").mkdir(parents=True)
    (content / "trials").mkdir()
    for name in ("PHQ9", "ASRM"):
        shutil.copy(CONTENT / "questionnaires" / f"{name}.yaml", content / "questionnaires")
    return content


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """The world as it lies in a folder: made once, copied for each test."""

    folder: Path
    content: Path
    montpellier: str
    creteil: str
    anne: Actor
    marc: Actor


async def settle(folder: Path) -> Settled:
    content = small_content(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.app.CONTENT", content)
        portal = await open_portal(
            Settings(data_dir=folder / "data"), clock=FixedClock(WEDNESDAY_AT_14_02_IN_PARIS), chance=SeededChance(1000)
        )
    service = portal.service()
    montpellier = await create_organization(
        service, name=MONTPELLIER, city="Montpellier", centre_code="09", networks=["bipolar", "schizophrenia"]
    )
    creteil = await create_organization(
        service, name=CRETEIL, city="Créteil", centre_code="02", networks=["bipolar"], finess="350005179"
    )

    async def doctor(person: Person, centre: str) -> Actor:
        made = await create_practitioner(
            service,
            family=person.family,
            given=person.given,
            email=person.email,
            role=Role.PSYCHIATRIST,
            organizations=[centre],
            password="a long sentence for tests",
        )
        user = (await service.fhir.find("User", {"email:exact": person.email})).resources[0]
        return Actor(
            user=user["id"],
            role=Role.PSYCHIATRIST,
            reference=f"Practitioner/{made}",
            name=person.name,
            organizations=frozenset({centre}),
        )

    anne, marc = await doctor(ANNE, montpellier), await doctor(MARC, creteil)
    await portal.close()
    return Settled(
        folder=folder / "data", content=content, montpellier=montpellier, creteil=creteil, anne=anne, marc=marc
    )


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    return asyncio.run(settle(tmp_path_factory.mktemp("people")))


@pytest.fixture
async def world(
    settled: Settled, tmp_path: Path, clock: FixedClock, chance: SeededChance, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr("portal.app.CONTENT", settled.content)
    shutil.copytree(settled.folder, tmp_path / "data")
    portal = await open_portal(Settings(data_dir=tmp_path / "data"), clock=clock, chance=chance)
    yield World(
        portal=portal,
        service=portal.service(),
        montpellier=settled.montpellier,
        creteil=settled.creteil,
        anne=portal.acting(settled.anne),
        marc=portal.acting(settled.marc),
    )
    await portal.close()
