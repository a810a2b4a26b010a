"""The Dockerfile: what a linter says of it, what it promises, and whether its steps lead to a portal that runs."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
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


def do_steps(name: str, app: Path, programs: str) -> None:
    """The COPY and RUN steps of a stage, done in a folder in the place of /app."""
    clean = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(app)}
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))}
    for word, rest in stage(name):
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = app / (f"{target}{Path(source).name}" if target.endswith("/") else target)
                place.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, place)
        elif word == "RUN":
            done = subprocess.run(
                ["sh", "-ec", rest], cwd=app, env={**clean, **passed_on}, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first stage makes, which the product takes over as it is."""
    app = tmp_path_factory.mktemp("image") / "app"
    app.mkdir()
    do_steps("packages", app, str(Path(sys.base_prefix) / "bin"))
    return app


@contextmanager
def running(command: list[Path | str], port: int, path: str, **variables: str) -> Generator[None]:
    """A program of the image, once it answers."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **variables}
    program = subprocess.Popen(command, cwd="/", env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(600):
            assert program.poll() is None, program.stderr.read().decode()
            try:
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    assert answer.status == 200
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("it did not answer")
        yield
    finally:
        program.terminate()
        program.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.prove
def test_its_steps_make_a_portal_that_runs_and_is_well(built, tmp_path):
    port = free_port()
    look = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    asked = {"PATH": f"{built}/.venv/bin:/usr/bin:/bin", "PORT": str(port)}
    command = [built / ".venv/bin/portal", *json.loads(last("CMD"))]
    with running(command, port, "/healthz", PORT=str(port), PORTAL_DATA_DIR=str(tmp_path / "data")):
        assert subprocess.run(look, env=asked, check=False, capture_output=True).returncode == 0
    assert subprocess.run(look, env=asked, check=False, capture_output=True).returncode != 0


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


@pytest.mark.prove
def test_its_target_for_the_contract_runs_the_contract(tmp_path):
    app = tmp_path / "app"
    app.mkdir()
    do_steps("packages", app, str(Path(sys.base_prefix) / "bin"))
    do_steps("contract", app, str(app / ".venv/bin"))
    assert json.loads(last("CMD", "contract")) == ["check", "--contract"]
    port = free_port()
    serve = [app / ".venv/bin/portal", "fhir", "serve", "--port", str(port), "--data", str(tmp_path / "records")]
    run = "import sys; from portal.operations.contract import run_contract; from portal.settings import Settings; sys.exit(run_contract(Settings()))"
    settings = {"PORTAL_FHIR_URL": f"http://127.0.0.1:{port}/fhir", "PORTAL_FHIR_ROOT_SECRET": "secret of root"}
    with running(serve, port, "/health", BOX_ROOT_CLIENT_SECRET="secret of root"):
        told = subprocess.run(
            [app / ".venv/bin/python", "-c", run],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "PORTAL_DATA_DIR": str(tmp_path / "data"), **settings},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 0, told.stdout[-4000:]
    assert int(re.findall(r"(\d+) passed", told.stdout)[-1]) >= 300


def steps_of_the_product() -> list[str]:
    (run,) = [rest for word, rest in stage("product") if word == "RUN"]
    return [step.strip() for step in run.split("&&")]


@pytest.mark.prove
def test_debian_has_the_packages_that_it_installs():
    (install,) = [step for step in steps_of_the_product() if step.startswith("apt-get install")]
    release = Path("/etc/os-release")
    codename = re.findall(r"(?m)^VERSION_CODENAME=(.+)$", release.read_text("utf-8")) if release.exists() else []
    (base,) = {rest.split()[0] for word, rest in instructions() if word == "FROM"} - {"product"}
    if not codename or not base.endswith(f"-{codename[0]}"):
        pytest.skip(f"this machine does not run the Debian of {base}")
    told = subprocess.run(
        [*install.split(), "--simulate", "-o", "Debug::NoLocking=true"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts, in a folder too")
def test_its_account_can_be_made_and_owns_what_it_writes(tmp_path):
    (tmp_path / "etc").mkdir()
    for name in ("passwd", "group", "shadow", "gshadow"):
        (tmp_path / "etc" / name).touch()
    makes = [step for step in steps_of_the_product() if step.startswith(("useradd", "install"))]
    assert len(makes) == 3
    for step in makes:
        here = step.replace("useradd ", f"useradd --prefix {tmp_path} ")
        here = re.sub(r"-o portal -g portal (.*) (/\w+)$", rf"-o 10001 -g 10001 \1 {tmp_path}\2", here)
        done = subprocess.run(["sh", "-ec", here], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert re.search(r"(?m)^portal:[^:]*:10001:", (tmp_path / "etc/passwd").read_text("utf-8"))
    written = [tmp_path / rest.strip("/") for word, rest in stage("product") if word == "VOLUME"]
    assert [(path.stat().st_uid, oct(path.stat().st_mode & 0o777)) for path in written] == [
        (int(last("USER")), "0o700")
    ]


def test_no_step_of_the_product_is_left_unlooked_at():
    known = ("apt-get update", "apt-get install", "rm -rf /var/lib/apt/lists", "useradd", "install -d")
    assert [step for step in steps_of_the_product() if not step.startswith(known)] == []
    copied = [rest for word, rest in stage("product") if word == "COPY"]
    assert copied == ["--from=packages /app /app"]
