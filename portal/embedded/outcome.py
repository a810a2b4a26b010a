"""Refusals of the embedded backend, and the OperationOutcome that tells them."""

from dataclasses import dataclass

from portal.errors import PortalError
from portal.types import Json

TYPE_SYSTEM = "http://aidbox.app/CodeSystem/operation-outcome-type"


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """`code` is FHIR's issue type; `place` a FHIRPath such as `Patient.name[0].family`; `kind` Aidbox's own word."""

    code: str
    text: str
    place: str = ""
    kind: str = ""
    severity: str = "fatal"

    def json(self) -> Json:
        found: Json = {"severity": self.severity, "code": self.code, "diagnostics": self.text}
        if self.place:
            found["expression"] = [self.place]
        if self.kind:
            found["details"] = {"coding": [{"system": TYPE_SYSTEM, "code": self.kind}]}
        return found


Place = tuple["Place | None", str]
"""Where a value stands: its holder's place and its own step (`.name`, `[0]`); only written out when there is a fault."""


def issue(code: str, text: str, place: Place | None, kind: str) -> Issue:
    steps: list[str] = []
    while place:
        place, step = place
        steps.append(step)
    return Issue(code=code, text=text, place="".join(reversed(steps)), kind=kind)


class Refusal(PortalError):
    """The request cannot be done; nothing was changed. `status` is HTTP's; the issues say why and where."""

    def __init__(self, status: int, issues: list[Issue]) -> None:
        super().__init__()
        self.status = status
        self.issues = issues

    def outcome(self) -> Json:
        return outcome(self.issues)


def refuse(status: int, code: str, text: str, *, place: str = "", kind: str = "") -> Refusal:
    return Refusal(status, [Issue(code=code, text=text, place=place, kind=kind)])


def outcome(issues: list[Issue], *, id_: str | None = None) -> Json:
    """As Aidbox words it: `id` repeats the first code and `text.div` is plain text."""
    first = issues[0] if issues else Issue(code="informational", text="All OK", severity="information")
    return {
        "resourceType": "OperationOutcome",
        "id": id_ or first.code,
        "text": {"status": "generated", "div": first.text},
        "issue": [issue.json() for issue in issues] or [first.json()],
    }
