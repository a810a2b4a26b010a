"""What nobody foresaw: told to the log without what was sent, and to the caller as a refusal."""

import logging
import traceback
from pathlib import Path

from portal.embedded.outcome import Refusal, refuse

log = logging.getLogger(__name__)


def failure(problem: Exception, request_id: str) -> Refusal:
    """500; the log gets the kind of error and its place."""
    log.error("fhir request %s failed: %s", request_id, kind_and_place(problem))
    return refuse(500, "exception", "The server could not do this")


def kind_and_place(problem: Exception) -> str:
    """`KeyError at bundles.py:41`: what may be written down of an error, whose text may tell what a resource holds."""
    where = traceback.extract_tb(problem.__traceback__, limit=-1)[-1]
    return f"{type(problem).__name__} at {Path(where.filename).name}:{where.lineno}"
