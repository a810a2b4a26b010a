"""`portal check --contract`: the contract's own tests against the configured server.

The suite is part of the source, in tests/contract, and needs pytest: an image for production has neither. It runs from a
checkout, or from the image that `docker build --target contract` makes.
"""

import base64
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from portal.errors import NotReady
from portal.i18n import N_
from portal.settings import Settings

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "tests/contract"


def run_contract(settings: Settings, more: Sequence[str] = ()) -> int:
    """The exit code of the suite: 0 when every check passed. `more` goes to pytest. NotReady when it cannot run here."""
    if not SUITE.is_dir() or find_spec("pytest") is None or find_spec("pytest_asyncio") is None:
        raise NotReady(
            N_(
                "The contract's tests are not installed here. Run them from a checkout (make contract BASE=…) or from the image "
                "that docker build --target contract makes."
            )
        )
    if not settings.fhir_url:
        raise NotReady(N_("Set PORTAL_FHIR_URL to the server that is to be held to the contract."))
    secret = settings.fhir_root_secret.get_secret_value()
    if not secret:
        raise NotReady(
            N_("Set PORTAL_FHIR_ROOT_SECRET: the tests make clients, people and policies, and take them away.")
        )
    authorization = "Basic " + base64.b64encode(f"root:{secret}".encode()).decode()
    environment = {
        **os.environ,
        "CONTRACT_BASE": settings.fhir_url.rstrip("/").removesuffix("/fhir"),
        "CONTRACT_AUTHORIZATION": authorization,
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/contract",
        "-q",
        "-p",
        "no:cacheprovider",
        "--force-enable-socket",
    ]
    return subprocess.run([*command, *more], cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
