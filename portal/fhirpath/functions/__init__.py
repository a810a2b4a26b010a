"""The one table of functions: what can be called, how it is written, and what it is for."""

from portal.fhirpath.functions import (
    aggregates,
    boundaries,
    collections,
    conversion,
    criteria,
    existence,
    fhir,
    mathematics,
    sdc,
    strings,
    utility,
)
from portal.fhirpath.table import Table

FUNCTIONS: Table = {
    **existence.TABLE,
    **criteria.TABLE,
    **collections.TABLE,
    **aggregates.TABLE,
    **conversion.TABLE,
    **strings.TABLE,
    **mathematics.TABLE,
    **boundaries.TABLE,
    **fhir.TABLE,
    **sdc.TABLE,
    **utility.TABLE,
}
