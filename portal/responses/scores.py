"""Scores and other results of a sent response as Observations, under ids that an amendment finds again."""

from collections.abc import Iterable
from hashlib import sha256

from portal.fhir import systems
from portal.types import Json

ID_LENGTH = 64


def observations(response: Json, extracted: Iterable[Json], *, hidden: frozenset[str] = frozenset()) -> list[Json]:
    """What the form extracts, each under a stable id, in the trial of its response and in the patient's sight as it is,
    but for the scores of the codes `hidden`.

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
        seen_by = [tag for tag in tags if name not in hidden or tag.get("system") != systems.AUDIENCE]
        found[id_] = {**observation, "id": id_, **({"meta": {"tag": seen_by}} if seen_by else {})}
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
