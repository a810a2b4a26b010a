"""Numbers that the French state gives: NIR (social security), RPPS (professionals), FINESS (establishments). Pure checks."""

import re
from datetime import date

from portal.errors import Invalid, problem
from portal.i18n import N_, Message

_NIR = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)(?:\d{2}|2[AB])\d{6}")
_SEX_OF_DIGIT = {"1": "male", "7": "male", "3": "male", "2": "female", "8": "female", "4": "female"}


def nir_key(thirteen: str) -> int:
    """The two-digit key of the 13 first characters. Corsica counts 2A as 19 and 2B as 18."""
    return 97 - int(thirteen.replace("2A", "19").replace("2B", "18")) % 97


def parse_nir(text: str, *, place: str = "nir") -> str:
    """The 15 characters without spaces, letters in capitals. Raises `Invalid` at `place` when form or key is wrong."""
    nir = re.sub(r"[\s.-]", "", text).upper()
    if len(nir) != 15 or not _NIR.fullmatch(nir[:13]) or not nir[13:].isdigit():
        raise Invalid([problem(place, N_("A social security number has 15 characters, key included."))])
    if int(nir[13:]) != nir_key(nir[:13]):
        raise Invalid([problem(place, N_("The last two digits do not fit this number. Check it on the card."))])
    return nir


def nir_doubts(nir: str, *, gender: str, birth_date: date) -> list[Message]:
    """What does not fit between the number and the person: only a warning, as dependants may carry a parent's number."""
    doubts: list[Message] = []
    if gender in {"male", "female"} and _SEX_OF_DIGIT[nir[0]] != gender:
        doubts.append(Message(msgid=N_("This number is that of a person of the other sex."), params={}))
    month = int(nir[3:5])
    if nir[1:3] != f"{birth_date.year % 100:02d}" or (month <= 12 and month != birth_date.month):
        doubts.append(Message(msgid=N_("This number is that of a person born in another month."), params={}))
    return doubts


def luhn(digits: str) -> bool:
    """Whether the last digit is the key of the others (ISO/IEC 7812)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def parse_rpps(text: str, *, place: str = "rpps") -> str:
    rpps = re.sub(r"\s", "", text)
    if not re.fullmatch(r"\d{11}", rpps) or not luhn(rpps):
        raise Invalid([problem(place, N_("An RPPS number has 11 digits. Check it on the card."))])
    return rpps


def parse_finess(text: str, *, place: str = "finess") -> str:
    """9 characters; those of Corsica hold a letter and so have no key to check."""
    finess = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"(?:\d{2}|2[AB])\d{7}", finess) or (finess.isdigit() and not luhn(finess)):
        raise Invalid([problem(place, N_("A FINESS number has 9 characters. Check it."))])
    return finess
