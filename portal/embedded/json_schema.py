"""JSON Schema (draft 7) for the policies that use it."""

from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from portal.types import Json


def fits(schema: Json, value: Any) -> bool:
    """False for what does not fit, and for a schema that is none or names one that is not in it: a broken policy allows
    nothing. Nothing is fetched.
    """
    try:
        Draft7Validator.check_schema(schema)
        return Draft7Validator(schema, registry=Registry()).is_valid(value)
    except (SchemaError, Unresolvable):
        return False
