"""The Dockerfile: what a linter says of it, what it promises, and whether its steps lead to a portal that runs."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from .conftest import ROOT

LINTER = Path(sys.executable).parent / "hadolint"


def text() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8")


def instructions() -> list[tuple[str, str]]:
    """(instruction, rest), continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in text().splitlines() if not line.startswith("#")))
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


def stage(name: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    inside = False
    for word, rest in instructions():
        if word == "FROM":
            inside = rest.endswith(f"AS {name}")
        elif inside:
            found.append((word, rest))
    return found


def last(word: str, name: str = "product") -> str:
    return [rest for each, rest in stage(name) if each == word][-1]


def test_the_linter_finds_nothing():
    told = subprocess.run([LINTER, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_the_base_is_pinned_to_a_release():
    bases = {rest.split()[0] for word, rest in instructions() if word == "FROM"} - {"product"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", bases.pop())


@pytest.mark.parametrize("name", ["product", "contract"])
def test_it_runs_as_somebody_without_rights(name):
    assert int(last("USER", name)) > 1000


def test_what_is_built_without_a_name_is_the_product():
    assert [rest for word, rest in instructions() if word == "FROM"][-1] == "product"


def test_it_says_whether_it_is_well():
    assert "/healthz" in last("HEALTHCHECK")


def test_every_package_is_checked_against_its_digest():
    installed = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert installed
    assert all("--require-hashes" in rest or "--no-index" in rest for rest in installed)


def test_everything_that_is_copied_is_let_in():
    """.dockerignore keeps everything out but what it names."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = {
        source
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / source).exists() for source in copied)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first stage's COPY and RUN steps, done in an empty folder."""
    app = tmp_path_factory.mktemp("image") / "app"
    app.mkdir()
    clean = {"PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin", "HOME": str(app)}
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))}
    for word, rest in stage("packages"):
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = app / (target if target != "./" else source)
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, place)
        elif word == "RUN":
            subprocess.run(
                ["sh", "-ec", rest], cwd=app, env={**clean, **passed_on}, check=True, stdout=subprocess.DEVNULL
            )
    return app


@pytest.mark.prove
def test_its_steps_make_a_portal_that_runs_and_is_well(built, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PORT": str(port),
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "HOME": "/nowhere",
    }
    command = [built / ".venv/bin/portal", *json.loads(last("CMD"))]
    portal = subprocess.Popen(command, cwd="/", env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(600):
            assert portal.poll() is None, portal.stderr.read().decode()
            try:
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("it did not answer")
    finally:
        portal.terminate()
        portal.communicate()


@pytest.mark.prove
def test_its_commands_render_the_bundle_and_refuse_a_contract_that_is_not_installed(built, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "PORTAL_DATA_DIR": str(tmp_path), "HOME": "/nowhere"}
    out = tmp_path / "init/bundle.json"
    command = [built / ".venv/bin/portal", "aidbox", "render-init-bundle", "--out", out]
    subprocess.run(command, cwd="/", env=environment, check=True)
    assert out.stat().st_size > 100_000
    told = subprocess.run(
        [built / ".venv/bin/portal", "check", "--contract"],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "not installed here" in told.stderr
