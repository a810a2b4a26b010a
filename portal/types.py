"""Names for shapes that every room shares."""

from typing import Any

Json = dict[str, Any]
"""A FHIR resource or element as decoded JSON; decimals are `decimal.Decimal` where their digits matter, else int or float."""
