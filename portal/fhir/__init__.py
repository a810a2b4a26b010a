"""The door to any FHIR R4 server: Aidbox or the embedded backend. Nobody else imports fhirpy, nor httpx for FHIR.

Public modules: `systems` (every canonical URL and code system), `jsons` (reading and writing FHIR JSON), `dates`
(FHIR's dates and instants), `passwords` (asking the server whether one is right), `server` (questions beside /fhir).
"""

from portal.fhir.bundles import Entry, Transaction, version_read
from portal.fhir.client import FHIRClient, Page, Query
from portal.fhir.ids import stable_id
from portal.fhir.transport import Transport, embedded_transport, remote_transport

__all__ = [
    "Entry",
    "FHIRClient",
    "Page",
    "Query",
    "Transaction",
    "Transport",
    "embedded_transport",
    "remote_transport",
    "stable_id",
    "version_read",
]
