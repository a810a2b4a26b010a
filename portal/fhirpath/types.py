"""Questions about types: `is`, `as`, `ofType`, `type()`. They see typed nodes; values of FHIRPath itself are System.*"""

from decimal import Decimal
from typing import Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.model import Model
from portal.fhirpath.navigation import Step
from portal.fhirpath.operators import Fn, answer
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.temporal import Date, DateTime, Time
from portal.fhirpath.values import Collection, Node, single
from portal.types import Json

_SYSTEM: dict[type[Any], str] = {
    bool: "System.Boolean", str: "System.String", int: "System.Integer", Decimal: "System.Decimal", float: "System.Decimal",
    Date: "System.Date", DateTime: "System.DateTime", Time: "System.Time", Quantity: "System.Quantity",
}  # fmt: skip


def type_of(item: Any) -> str:
    """The type of an item: FHIR's name, or System.Name; elements of unknown place are known by what they carry."""
    if type(item) is Node:
        return item.type or (shape(item.value) if isinstance(item.value, dict) else _SYSTEM.get(type(item.value), ""))
    if isinstance(item, dict):
        return str(item.get("resourceType") or shape(item))
    return _SYSTEM.get(type(item), "")


def shape(value: Json) -> str:
    keys = value.keys() - {"id", "extension"}
    if keys and keys <= {"system", "code", "display", "version", "userSelected"}:
        return "Coding"
    if "value" in keys and keys <= {"value", "unit", "system", "code", "comparator"}:
        return "Quantity"
    if keys and keys <= {"reference", "type", "identifier", "display"}:
        return "Reference"
    return "CodeableConcept" if keys and keys <= {"coding", "text"} else ""


def derives(model: Model, item: Any, type_name: str) -> bool:
    own = type_of(item)
    return type_name == "System.Any" or _is_quantity(own, type_name) or model.derives(own, type_name)


def _is_quantity(own: str, type_name: str) -> bool:
    """The one name that FHIR and FHIRPath share: unqualified it means either."""
    return own == "System.Quantity" and type_name == "Quantity"


def exactly(model: Model, item: Any, type_name: str) -> bool:
    """What as and ofType keep: a code is a string for `is`, but is not given as one. Elements keep their ancestors."""
    own = type_of(item)
    if model.is_primitive(own):
        return own == type_name
    return derives(model, item, type_name)


def is_type(model: Model, type_name: str, name: str) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        if not v:
            return []
        single(v, f"{name}")
        return answer(derives(model, v[0], type_name))

    return step


def as_type(model: Model, type_name: str, name: str) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        single(v, f"{name}")
        return [item for item in v if exactly(model, item, type_name)]

    return step


def of_type(model: Model, type_name: str) -> Step:
    return lambda c, t, v: [item for item in v if exactly(model, item, type_name)]  # noqa: ARG005


def of_own_type(model: Model, type_name: str, *, typed: bool) -> Fn:
    """A type at the head of a path: `Patient.name` starts only where the context is a Patient."""
    if typed:
        return lambda c, t: [item for item in t if derives(model, item, type_name)]  # noqa: ARG005

    def head(c: Run, t: Collection) -> Collection:  # noqa: ARG001
        return [d for d in t if type(d) is dict and _is_resource(model, d, type_name)]

    return head


def _is_resource(model: Model, value: Json, type_name: str) -> bool:
    own = value.get("resourceType", "")
    return own == type_name or model.derives(own, type_name)


def type_info(item: Any) -> Node:
    own = type_of(item)
    if not own:
        raise FhirPathError("The type of this element is not known: start from the resource.")
    namespace, _, name = own.partition(".") if own.startswith("System.") else ("FHIR", "", own)
    return Node({"namespace": namespace, "name": name}, "")
