"""What nobody foresaw: told to the log without what was sent, and to the caller as a refusal."""

import logging
import traceback
from pathlib import Path

from portal.embedded.outcome import Refusal, refuse

log = logging.getLogger(__name__)


def failure(problem: Exception, request_id: str) -> Refusal:
    """500; the log gets the kind of error and its place, for the text of an error may tell what was sent."""
    where = traceback.extract_tb(problem.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    log.error("fhir request %s failed: %s at %s", request_id, type(problem).__name__, place)
    return refuse(500, "exception", "The server could not do this")
