"""Scores and other results of a sent response as Observations, under ids that an amendment finds again."""

from collections.abc import Iterable
from hashlib import sha256

from portal.fhir import systems
from portal.types import Json

ID_LENGTH = 64


def observations(response: Json, extracted: Iterable[Json]) -> list[Json]:
    """What the form extracts, each under a stable id and in the trial of its response.

    Several answers to one question get a number, so that none takes the place of another.
    """
    tags: list[Json] = response.get("meta", {}).get("tag", [])
    found: dict[str, Json] = {}
    for observation in extracted:
        name = _name(observation)
        number = 1
        while observation_id(response["id"], name, number) in found:
            number += 1
        id_ = observation_id(response["id"], name, number)
        found[id_] = {**observation, "id": id_, **({"meta": {"tag": tags}} if tags else {})}
    return list(found.values())


def observation_id(response: str, name: str, number: int = 1) -> str:
    """Response qr-1 and score PHQ9.total give qr-1-phq9-total."""
    slug = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    whole = f"{response}-{slug}" + (f"-{number}" if number > 1 else "")
    return whole if len(whole) <= ID_LENGTH else f"{response[:22]}-{sha256(whole.encode()).hexdigest()[:40]}"


def _name(observation: Json) -> str:
    codings: list[Json] = observation["code"]["coding"]
    own = next((each["code"] for each in codings if each.get("system") == systems.SCORE), None)
    return str(own or codings[0]["code"])
