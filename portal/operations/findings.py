"""What a check found: a sentence for the operator, and what to do when it is not well."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.errors import PortalError
from portal.i18n import N_, Message, Texts


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


WORDS = {Level.OK: N_("ok"), Level.WARNING: N_("warning"), Level.FAULT: N_("fault")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`remedy` is empty when all is well. Neither holds a secret nor anything of a record."""

    level: Level
    said: Message
    remedy: Message | None = None


def ok(msgid: str, /, **params: Any) -> Finding:
    return Finding(level=Level.OK, said=Message(msgid=msgid, params=params))


def warning(msgid: str, remedy: str, /, **params: Any) -> Finding:
    """Both sentences share their `params`."""
    return Finding(
        level=Level.WARNING, said=Message(msgid=msgid, params=params), remedy=Message(msgid=remedy, params=params)
    )


def fault(msgid: str, remedy: str, /, **params: Any) -> Finding:
    return Finding(
        level=Level.FAULT, said=Message(msgid=msgid, params=params), remedy=Message(msgid=remedy, params=params)
    )


def broken(error: PortalError, remedy: str) -> Finding:
    """A fault in the words of the error that was met."""
    return Finding(level=Level.FAULT, said=error.message, remedy=Message(msgid=remedy, params={}))


def worst(findings: Iterable[Finding]) -> Level:
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.OK)


def told(finding: Finding, t: Texts) -> str:
    """One or two lines for a terminal."""
    width = max(len(t(word)) for word in WORDS.values())
    line = f"{t(WORDS[finding.level]):<{width}}  {_say(finding.said, t)}"
    return f"{line}\n{'':<{width}}  → {_say(finding.remedy, t)}" if finding.remedy else line


def _say(message: Message, t: Texts) -> str:
    """A parameter may be a sentence itself."""
    params = {name: t.say(value) if isinstance(value, Message) else value for name, value in message.params.items()}
    return t(message.msgid, **params)
