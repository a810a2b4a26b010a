"""Makes patients who are signed in and have the long form to fill: `python -m bench.signed_in 200`, server stopped."""

import asyncio
import json
import sys

from bench.tree import code_of
from portal.accounts import Door, sessions
from portal.app import open_portal
from portal.background import Background
from portal.fhir import Transaction
from portal.responses import assign
from portal.settings import Settings
from tests.cast import CAMILLE

A_TRANSACTION = 50


async def make(wanted: int) -> list[dict[str, str]]:
    """For each: the secret of the cookie, and the Task."""
    portal = await open_portal(Settings())
    try:
        acting = portal.service()
        door = Door(acting=acting, key=portal.secret, later=Background())
        model = await acting.fhir.first_match("Patient", {"family": CAMILLE.family, "given": CAMILLE.given})
        episode = await acting.fhir.first_match("EpisodeOfCare", {"patient": f"Patient/{(model or {})['id']}"})
        made: list[dict[str, str]] = []
        ids = [portal.chance.id() for _ in range(wanted)]
        for start in range(0, wanted, A_TRANSACTION):
            write = Transaction()
            for id_ in ids[start : start + A_TRANSACTION]:
                about = {"reference": f"Patient/{id_}"}
                person = {
                    key: value for key, value in (model or {}).items() if key not in {"meta", "identifier", "telecom"}
                }
                write.create({**person, "id": id_})
                write.create(
                    {**{k: v for k, v in (episode or {}).items() if k != "meta"}, "id": f"{id_}-1", "patient": about}
                )
                write.create(
                    {"resourceType": "User", "id": f"u-{id_}", "email": f"{id_}@example.org", "fhirUser": about}
                )
            await acting.fhir.commit(write)
        for id_ in ids:
            task = await assign(acting, patient=id_, questionnaire=code_of(100))
            start_of = {"user": f"u-{id_}", "role": "patient", "reference": f"Patient/{id_}", "device": "bench"}
            made.append({"secret": await sessions.start(door, **start_of), "task": task})
        return made
    finally:
        await portal.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(make(int(sys.argv[1])))))
