"""Names of people: how they are stored (FR Core), shown, and compared."""

import re
import unicodedata

from portal.types import Json


def human_name(family: str, given: str, *, prefix: str = "") -> Json:
    """FR Core's official name: birth name and first names, as typed, spaces tidied."""
    name: Json = {"use": "official", "family": tidy(family), "given": [tidy(given)]}
    if prefix:
        name["prefix"] = [prefix]
    return name


def official(resource: Json) -> Json:
    """The birth name of a Patient or Practitioner; an empty dict when there is none."""
    names: list[Json] = resource.get("name", [])
    return next((name for name in names if name.get("use") == "official"), names[0] if names else {})


def family_of(resource: Json) -> str:
    """Birth name in capitals, as the record shows it."""
    return str(official(resource).get("family", "")).upper()


def given_of(resource: Json) -> str:
    return " ".join(official(resource).get("given", []))


def tidy(text: str) -> str:
    """One space between words, none around."""
    return " ".join(text.split())


def searched(text: str) -> list[str]:
    """The words that must be found, each somewhere. A comma means "or" in a search, and names hold none."""
    for mark in ",\\|$":
        text = text.replace(mark, " ")
    return text.split()[:6]


def normalised(text: str) -> str:
    """For comparison only: capitals without accents, apostrophes, hyphens or double spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return tidy(re.sub(r"[^A-Z0-9]+", " ", letters.upper()))


def distance(one: str, other: str) -> int:
    """Letters to change, add or drop to turn one word into the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, theirs in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (mine != theirs))
    return row[-1]
