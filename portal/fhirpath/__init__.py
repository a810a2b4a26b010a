"""FHIRPath for forms: compile an expression once, run it on plain JSON as often as answers change.

No reading, no writing, no clock of its own: what it may know comes in as arguments. See docs/fhirpath.md.
"""

from portal.fhirpath.check import check
from portal.fhirpath.dependencies import Dependencies
from portal.fhirpath.errors import FhirPathError, FhirPathLimitError, FhirPathSyntaxError
from portal.fhirpath.expression import Expression, compile  # noqa: A004
from portal.fhirpath.model import Element, Model, r4
from portal.fhirpath.oneoff import evaluate
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.quantity import convert as convert_quantity
from portal.fhirpath.quantity import from_json as read_quantity
from portal.fhirpath.quantity import order as order_quantities
from portal.fhirpath.run import Hooks
from portal.fhirpath.temporal import Date, DateTime, Time

__all__ = [
    "Date",
    "DateTime",
    "Dependencies",
    "Element",
    "Expression",
    "FhirPathError",
    "FhirPathLimitError",
    "FhirPathSyntaxError",
    "Hooks",
    "Model",
    "Quantity",
    "Time",
    "check",
    "compile",
    "convert_quantity",
    "evaluate",
    "order_quantities",
    "r4",
    "read_quantity",
]
