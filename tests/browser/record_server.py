"""A record server beside the portal, prepared by the portal's own init bundle, which may go away and come back."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.browser.server import ROOT, Server, free_port

ROOT_SECRET, CLIENT_SECRET, SIGNING_KEY = (secrets.token_urlsafe(40) for _ in range(3))


class RecordServer:
    """`portal fhir serve` on the records that a demonstration made. `settings` are those by which a portal finds it."""

    def __init__(self, records: Path) -> None:
        self.records = records
        self.base = f"http://127.0.0.1:{free_port()}"
        self.log = records.with_name("records.log")
        self.settings = {
            "PORTAL_FHIR_URL": f"{self.base}/fhir",
            "PORTAL_FHIR_CLIENT_SECRET": CLIENT_SECRET,
            "PORTAL_FHIR_TIMEOUT": "5",
            "PORTAL_SECRET_KEY": SIGNING_KEY,
        }
        self._vault = records.with_name("vault.json")
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self, portal: Server) -> None:
        """Applies the init bundle of a portal with this server's settings, as Aidbox does at its start."""
        folder = self.records.with_name("secrets")
        folder.mkdir()
        (folder / "portal_fhir_client_secret").write_text(CLIENT_SECRET)
        (folder / "portal_secret_key").write_text(SIGNING_KEY)
        bundle = self.records.with_name("bundle.json")
        command = ["aidbox", "render-init-bundle", "--out", bundle, "--vault", self._vault, "--secrets", folder]
        told = {"PORT": str(portal.port), "HOST": "127.0.0.1", **self.settings}
        subprocess.run([sys.executable, "-m", "portal", *command], cwd=ROOT, env={**os.environ, **told}, check=True)
        self.start()
        basic = base64.b64encode(f"root:{ROOT_SECRET}".encode()).decode()
        headers = {"authorization": f"Basic {basic}", "content-type": "application/fhir+json"}
        request = urllib.request.Request(f"{self.base}/fhir", bundle.read_bytes(), headers)
        with urllib.request.urlopen(request, timeout=300) as answer:
            assert json.load(answer)["type"] == "transaction-response"

    def start(self) -> None:
        port = self.base.rpartition(":")[2]
        command = [sys.executable, "-m", "portal", "fhir", "serve", "--data", self.records, "--port", port]
        told = {"BOX_ROOT_CLIENT_SECRET": ROOT_SECRET, "BOX_VAULT_CONFIG": str(self._vault)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=log, stderr=log)
        while True:
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            try:
                with urllib.request.urlopen(f"{self.base}/health", timeout=30):
                    return
            except OSError:
                time.sleep(0.05)

    def go_away(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
