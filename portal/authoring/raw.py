"""`fhir:` of a form or an item: FHIR as it is, for what the other keys do not say. It comes last and wins.

fhir:
designNote: null            # null takes away what the other keys made
extension: [ … ]            # anything else replaces it
"""

from portal.authoring.entry import Entry
from portal.types import Json


def overlaid(entry: Entry, element: Json) -> Json:
    """The element with what `fhir:` says."""
    raw = entry.get("fhir")
    if raw is None:
        return element
    said = raw.mapping()
    kept = {key: value for key, value in element.items() if key not in said}
    return {**kept, **{key: value for key, value in said.items() if value is not None}}
