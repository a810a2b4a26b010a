"""A record server of its own on a port of this machine, in Aidbox's dialect, before and after the init bundle."""

import asyncio
import base64
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from portal.access import twins
from portal.app import CONTENT
from portal.authoring import Catalogue
from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.embedded import create_app
from portal.embedded.metadata import SERVED_TYPE
from portal.embedded.standalone import StandaloneApp
from portal.operations import init_bundle, vault_config
from portal.settings import Settings
from portal.trials import Trial, load_trials

SECRET_KEY = "a key of the tests that is long enough to sign"
CLIENT_SECRET = "secret of the portal's client"
ROOT_SECRET = "secret of root"


@dataclass(frozen=True, slots=True)
class Server:
    """`base` without /fhir; `root` is a client to whom no policy applies."""

    base: str
    root: httpx.Client
    app: StandaloneApp

    def held(self) -> set[str]:
        """Everything that is stored."""
        rest = self.root.get("metadata").json()["rest"][0]
        kinds = [one["type"] for one in rest["resource"]]
        kinds += [one["valueCode"] for one in rest["extension"] if one["url"] == SERVED_TYPE]
        found: set[str] = set()
        for kind in kinds:
            url = f"{kind}?_count=1000&_elements=id"
            while url:
                page = self.root.get(url).json()
                found |= {f"{kind}/{entry['resource']['id']}" for entry in page.get("entry", [])}
                url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
        return found


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small part of the content: one trial with its forms, so that these tests do not write the whole catalogue each time."""
    folder = tmp_path_factory.mktemp("content")
    for room in ("questionnaires", "trials"):
        (folder / room).mkdir()
    trial = min((CONTENT / "trials").glob("*.yml"), key=lambda path: path.stat().st_size)
    (folder / "trials" / trial.name).symlink_to(trial)
    text = trial.read_text("utf-8")
    for form in (CONTENT / "questionnaires").glob("*.yaml"):
        if re.search(rf"\b{form.stem}\b", text):
            (folder / "questionnaires" / form.name).symlink_to(form)
    return folder


@pytest.fixture(scope="session")
def catalogue(content: Path) -> Catalogue:
    return Catalogue.load(content / "questionnaires")


@pytest.fixture(scope="session")
def trials(content: Path, catalogue: Catalogue) -> dict[str, Trial]:
    return dict(load_trials(content / "trials", known_codes=frozenset(catalogue.codes)))


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The folder of mounted secrets."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "portal_fhir_client_secret").write_text(CLIENT_SECRET)
    (folder / "portal_secret_key").write_text(SECRET_KEY)
    (folder / "portal_events_header").write_text("Authorization: Bearer of the warehouse")
    return folder


@pytest.fixture
def server(tmp_path: Path, secrets: Path) -> Iterator[Server]:
    """Empty, but for its root client."""
    vault = tmp_path / "vault.json"
    vault.write_text(json.dumps(vault_config(Settings(events_url="http://x", events_authorization="x"), str(secrets))))
    app = create_app(
        tmp_path / "records",
        clock=SystemClock(),
        chance=SystemChance(),
        root_secret=ROOT_SECRET,
        sql_twins=twins(),
        vault_config=vault,
    )
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(running.serve()), daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(
        base_url=f"{base}/fhir", headers={"authorization": basic("root", ROOT_SECRET)}, timeout=60
    ) as root:
        yield Server(base=base, root=root, app=app)
    running.should_exit = True
    thread.join()


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> Settings:
    return Settings(
        fhir_url=f"{server.base}/fhir",
        fhir_client_secret=CLIENT_SECRET,
        fhir_root_secret=ROOT_SECRET,
        secret_key=SECRET_KEY,
        public_url="https://portail.test",
        data_dir=tmp_path / "portal",
    )


@pytest.fixture
def bundle(settings: Settings, catalogue: Catalogue, trials: dict[str, Trial]) -> dict[str, Any]:
    return init_bundle(settings, catalogue, trials)


@pytest.fixture
def prepared(server: Server, bundle: dict[str, Any]) -> Server:
    """With the init bundle applied."""
    answer = server.root.post("", json=bundle)
    assert answer.status_code == 200, answer.text[:2000]
    return server


def basic(client: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{client}:{secret}'.encode()).decode()}"
