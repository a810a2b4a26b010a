"""deploy/prepare: makes what chance can make, names what only the operator knows, changes nothing that is there."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from .conftest import DEPLOY


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("prepare", "env.example"):
        shutil.copy(DEPLOY / name, tmp_path)
    return tmp_path


def prepare(here: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [here / "prepare"], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )


def answer(here: Path, **values: str) -> None:
    text = (here / ".env").read_text()
    for name, value in values.items():
        old = next(line for line in text.splitlines() if line.startswith(f"{name}="))
        text = text.replace(old, f"{name}={value}")
    (here / ".env").write_text(text)


KNOWN = {
    "PORTAL_HOSTNAME": "portail.hopital.fr",
    "PORTAL_OPERATOR_EMAIL": "ops@hopital.fr",
    "AIDBOX_LICENSE": "a licence",
    "PORTAL_EMAIL_FROM": "portail@hopital.fr",
    "PORTAL_SMTP_HOST": "mail.hopital.fr",
}


def test_it_names_what_only_the_operator_knows(here):
    told = prepare(here)
    assert told.returncode == 1
    for name in KNOWN:
        assert name in told.stdout


def test_then_it_is_ready(here):
    prepare(here)
    answer(here, **KNOWN)
    told = prepare(here)
    assert (told.returncode, told.stderr) == (0, "")
    assert "--profile production up" in told.stdout


FORMER = """AIDBOX_LICENSE="a licence"
AIDBOX_ADMIN_PASSWORD=admin
AIDBOX_CLIENT_ID=root
AIDBOX_CLIENT_SECRET=secret
FRONTEND_URL=https://portail.hopital.fr:443/
EMAIL_FROM=portail@hopital.fr
POSTMARK_API_KEY=a-key
FRENCHMINDS_SUBSCRIPTION_WEBHOOK_AUTHORIZATION='Bearer of the warehouse'
PORTAL_OPERATOR_EMAIL=ops@hopital.fr"""


def test_the_file_of_the_deployment_before_is_enough_with_the_operators_address(here):
    (here / ".env").write_text(FORMER)
    told = prepare(here)
    assert (told.returncode, told.stderr) == (0, "")
    lines = (here / ".env").read_text().splitlines()
    assert lines[: len(FORMER.splitlines())] == FORMER.splitlines()
    added = dict(line.split("=", 1) for line in lines[len(FORMER.splitlines()) :])
    assert added.pop("PORTAL_HOSTNAME") == "portail.hopital.fr"
    assert {name: len(value) for name, value in added.items()} == {
        "AIDBOX_ROOT_CLIENT_SECRET": 40, "AIDBOX_DB_PASSWORD": 40,
    }  # fmt: skip
    assert (here / "secrets/portal_events_header").read_text() == "Authorization: Bearer of the warehouse"


def test_aidboxs_keys_belong_together(here):
    prepare(here)
    private, public = (here / "secrets" / f"aidbox_auth_{name}" for name in ("private", "public"))
    assert "BEGIN RSA PRIVATE KEY" in private.read_text()
    told = subprocess.run(["openssl", "rsa", "-in", private, "-pubout"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == public.read_text().strip()


def test_every_secret_of_the_compose_file_is_made(here, compose):
    prepare(here)
    made = {path.name for path in (here / "secrets").iterdir()}
    assert made == {Path(secret["file"]).name for secret in compose["secrets"].values()}


def test_what_is_made_by_chance_is_long_and_never_the_same(here, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for name in ("prepare", "env.example"):
        shutil.copy(DEPLOY / name, other)
    prepare(here)
    prepare(other)
    for name, length in {"portal_secret_key": 64, "portal_fhir_client_secret": 40, "portal_db_password": 40}.items():
        one, two = ((folder / "secrets" / name).read_text() for folder in (here, other))
        assert len(one) == len(two) == length
        assert one != two
    assert (here / "secrets/portal_db_password").read_text() in (here / "secrets/portal_database_url").read_text()


def test_a_second_time_changes_nothing(here):
    prepare(here)
    answer(here, **KNOWN)
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    prepare(here)
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_nobody_else_on_the_machine_reads_them(here):
    prepare(here)
    assert stat.S_IMODE((here / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((here / ".env").stat().st_mode) == 0o600


def test_the_header_of_events_follows_their_authorization(here):
    prepare(here)
    secret = here / "secrets/portal_events_authorization"
    secret.chmod(0o600)
    secret.write_text("Bearer of the warehouse")
    prepare(here)
    assert (here / "secrets/portal_events_header").read_text() == "Authorization: Bearer of the warehouse"
