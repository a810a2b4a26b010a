"""The embedded backend: a FHIR R4 server in Aidbox's dialect on one SQLite file, for one machine."""

from portal.embedded.access import SqlTwin
from portal.embedded.backend import Backend, open_backend
from portal.embedded.delivery import Deliver
from portal.embedded.identity import ROOT, Authenticate, Identity
from portal.embedded.standalone import address_of, box_options, create_app
from portal.embedded.subscriptions import Destination
from portal.embedded.twins import Stored

__all__ = [
    "ROOT",
    "Authenticate",
    "Backend",
    "Deliver",
    "Destination",
    "Identity",
    "SqlTwin",
    "Stored",
    "address_of",
    "box_options",
    "create_app",
    "open_backend",
]
