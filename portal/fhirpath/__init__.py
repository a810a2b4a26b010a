"""FHIRPath for forms: compile an expression once, run it on plain JSON as often as answers change.

No reading, no writing, no clock of its own: what it may know comes in as arguments. See docs/fhirpath.md.
"""

from portal.fhirpath.check import check
from portal.fhirpath.dependencies import Dependencies
from portal.fhirpath.errors import FhirPathError, FhirPathLimitError, FhirPathSyntaxError
from portal.fhirpath.expression import Expression, compile  # noqa: A004
from portal.fhirpath.oneoff import evaluate
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Hooks
from portal.fhirpath.temporal import Date, DateTime, Time

__all__ = [
    "Date",
    "DateTime",
    "Dependencies",
    "Expression",
    "FhirPathError",
    "FhirPathLimitError",
    "FhirPathSyntaxError",
    "Hooks",
    "Quantity",
    "Time",
    "check",
    "compile",
    "evaluate",
]
