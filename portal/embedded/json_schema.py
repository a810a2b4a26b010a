"""JSON Schema (draft 7) for the policies that use it."""

from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import SchemaError

from portal.types import Json


def fits(schema: Json, value: Any) -> bool:
    """False for what does not fit, and for a schema that is none: a broken policy allows nothing."""
    try:
        Draft7Validator.check_schema(schema)
    except SchemaError:
        return False
    return Draft7Validator(schema).is_valid(value)
