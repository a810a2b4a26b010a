"""What is wrong in a file written by hand: where, and what to do about it."""

from dataclasses import dataclass
from pathlib import Path

from portal.errors import PortalError
from portal.i18n import N_


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class AuthoringError(PortalError):
    """`sentence` is in English, for the author of the file."""

    default = N_("This form cannot be read.")

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__()
        self.place = place
        self.sentence = sentence

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


def place_in(file: Path | str, line: int = 1, column: int = 1) -> Place:
    return Place(file=str(file), line=line, column=column)
