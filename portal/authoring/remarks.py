"""One thing to say of a form to its author."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    level: Literal["fault", "advice"]
    link_id: str  # empty: the form as a whole
    sentence: str

    def __str__(self) -> str:
        return f"{self.level}: {f'[{self.link_id}] ' if self.link_id else ''}{self.sentence}"


def fault(link_id: str, sentence: str) -> Remark:
    return Remark(level="fault", link_id=link_id, sentence=sentence)


def advice(link_id: str, sentence: str) -> Remark:
    return Remark(level="advice", link_id=link_id, sentence=sentence)
