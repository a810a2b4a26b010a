"""Fills a data folder up to many patients: copies of the demonstration's, each with a name, a Fondacode and an id of its own.

Run as a process (`python -m bench.crowd 20000`, PORTAL_DATA_DIR set), so that nothing of it stays in the measured server.
"""

import asyncio
import sys
from typing import Any

from portal.app import open_portal
from portal.fhir import Transaction, systems
from portal.settings import Settings

A_TRANSACTION = 250


async def fill(wanted: int) -> int:
    """Returns how many were added. Only what the patient list shows is copied; the demonstration's own keep their records."""
    portal = await open_portal(Settings())
    try:
        fhir = portal.service().fhir
        models = await fhir.all("Patient", {"_count": 200})
        episodes = {
            episode["patient"]["reference"]: episode
            for episode in await fhir.all("EpisodeOfCare", {"status": "active", "_count": 200})
        }
        missing = wanted - len(models)
        for start in range(0, missing, A_TRANSACTION):
            write = Transaction()
            for number in range(start, min(start + A_TRANSACTION, missing)):
                model = models[number % len(models)]
                _copy(write, model, episodes[f"Patient/{model['id']}"], number, portal.chance.id())
            await fhir.commit(write)
        return missing
    finally:
        await portal.close()


def _copy(write: Transaction, model: dict[str, Any], episode: dict[str, Any], number: int, id_: str) -> None:
    code = f"99{number:08d}"
    # Sorted after everyone else, so that the list's first page shows the same people and only the crowd differs.
    family = f"Zz {model['name'][0]['family']} {number}"
    write.create(
        {
            "resourceType": "Patient",
            "id": id_,
            "active": True,
            "identifier": [{"use": "secondary", "system": systems.FONDACODE, "value": code}],
            "name": [{**model["name"][0], "family": family}, {"use": "anonymous", "text": code}],
            "gender": model["gender"],
            "birthDate": model["birthDate"],
            "managingOrganization": model["managingOrganization"],
        }
    )
    write.create(
        {
            "resourceType": "EpisodeOfCare",
            "id": f"{id_}-1",
            "status": "active",
            "patient": {"reference": f"Patient/{id_}"},
            "managingOrganization": episode["managingOrganization"],
            "period": episode["period"],
        }
    )


if __name__ == "__main__":
    print(asyncio.run(fill(int(sys.argv[1]))))
