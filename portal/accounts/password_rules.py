"""What a new password must be: long, and not made of what everybody knows of the person. No forced change, no rules of
spelling that end on a sheet of paper; it never stands alone either, a second factor comes after it.
"""

from collections.abc import Sequence

from portal.errors import Invalid, problem
from portal.i18n import N_

SHORTEST = 12
LONGEST = 200
EASY = ("fondamental", "motdepasse", "password", "azerty", "qwerty", "123456", "portail")


def check_new_password(password: str, about: Sequence[str]) -> None:
    """Raises Invalid (place "password"). `about` are the person's names and address."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid([problem("password", N_("A password has at least {least} characters."), least=SHORTEST)])
    rest = plain = password.casefold()
    for part in (*EASY, *(part.casefold() for text in about for part in text.replace("@", " ").split())):
        if len(part) > 3:
            rest = rest.replace(part, "")
    if len(rest) < SHORTEST // 2 or len(set(plain)) < 5:
        raise Invalid([problem("password", N_("This password is too easy to guess. Four words make a good one."))])
