"""A portal of its own for the browser: a real process on a free port, with its data in a temporary folder.

Used by the journeys, which may kill it (SIGKILL) and start it again on the same data, and by bench/.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PORTAL = (sys.executable, "-m", "portal", "serve", "--demo")
# Journeys sign in far more often than people do.
PATIENT_THROTTLES = {
    f"PORTAL_{name}": "100000"
    for name in ("CODES_PER_HOUR", "CODES_PER_HOUR_ADDRESS", "PASSWORDS_PER_HOUR", "PASSWORDS_PER_HOUR_ADDRESS")
}
STARTS_WITHIN = 600.0  # seconds; the first start makes two years of demonstration data


def free_port() -> int:
    """Below the range from which the system takes ports for outgoing connections: one of those could be taken between
    two starts of the same server.
    """
    while True:
        port = secrets.choice(range(20_000, 30_000))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Server:
    """One server process. `start` returns when it answers; what it prints is in `log`."""

    def __init__(self, data: Path, *, command: Sequence[str] = PORTAL, tree: Path = ROOT, **environment: str) -> None:
        """`tree` is the checkout whose code runs."""
        self.data = data
        self.tree = tree
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.with_name(data.name + ".log")
        self._command = command
        self._environment = {**_clean_environment(), "PORTAL_DATA_DIR": str(data), **PATIENT_THROTTLES, **environment}
        self._environment |= {"PORT": str(self.port), "HOST": "127.0.0.1"}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server has not been started"
        return self._process.pid

    def start(self) -> float:
        """Starts and waits for the first byte of a page; returns the seconds that took."""
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self.tree, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        while time.perf_counter() - began < STARTS_WITHIN:
            if self._process.poll() is not None:
                raise AssertionError(
                    f"The server stopped at start with code {self._process.returncode}:\n{self.said()}"
                )
            try:
                with urllib.request.urlopen(self.url, timeout=STARTS_WITHIN):
                    return time.perf_counter() - began
            except urllib.error.HTTPError as error:
                error.close()
                raise AssertionError(f"The first page answers {error.code}:\n{self.said()}") from None
            except OSError:
                time.sleep(0.01)
        self.kill()
        raise AssertionError(f"No answer within {STARTS_WITHIN} s:\n{self.said()}")

    def stop(self) -> None:
        """Asks it to stop, as an operator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once, as a power cut does: nothing of the process runs any more."""
        self._end(signal.SIGKILL)

    def said(self, last: int = 4000) -> str:
        return self.log.read_text("utf-8", errors="replace")[-last:] if self.log.exists() else ""

    def json(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _clean_environment() -> dict[str, str]:
    """Without the settings of the shell, and without pytest's marks, by which NiceGUI would take itself for a test."""
    ours = ("PORTAL_", "PYTEST_", "NICEGUI_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours) and k not in {"PORT", "HOST"}}
