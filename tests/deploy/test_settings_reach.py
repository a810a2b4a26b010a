"""Every setting, by any of its names, reaches the portal's containers from deploy/.env; the compose file's own come on top."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from unittest import mock

import pytest
from pydantic.fields import FieldInfo

from portal.environment import FORMER, own_names
from portal.settings import Settings

from .conftest import DEPLOY, ROOT, substituted

OWN = {
    "host", "port", "data_dir", "demo", "public_url", "fhir_url", "fhir_client_id", "fhir_client_secret",
    "fhir_root_secret", "secret_key", "database_url", "forwarded_allow_ips", "jobs",
}  # fmt: skip
"""Settings that the compose file decides, as docs/deploy.md says."""
INSIDE = {"questionnaires": "/private/questionnaires", "norms": "/private/norms"}
"""Folders of the machine, mounted under names of their own."""
SERVICES = ("portal", "worker", "migrate", "init-bundle", "contract")
FIELDS = {name: field for name, field in Settings.model_fields.items() if name not in OWN}
FORMER_OPEN = [former for former in FORMER if former.setting not in OWN]
SECRETS = re.compile(r"^(AIDBOX|BOX)_.*(LICENSE|PASSWORD|SECRET)$|^AIDBOX_CLIENT_ID$")


@dataclass(frozen=True, slots=True)
class Engine:
    """What a compose engine gives a container after deploy/prepare has run in `folder`."""

    compose: dict[str, Any]
    folder: Path

    def inside(self, service: str, variables: Mapping[str, str]) -> dict[str, str]:
        """`variables` stand in deploy/.env beside what was made by chance."""
        text = (self.folder / ".env").read_text("utf-8")
        made = dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z_]+=", line))
        given = {**made, **variables}
        told = self.compose["services"][service]
        assert [one["path"] for one in told["env_file"]] == [".env"]
        on_top = {name: substituted(str(value), given) for name, value in told["environment"].items()}
        return {
            name: value.replace("/run/secrets", str(self.folder / "secrets"))
            for name, value in {**given, **on_top}.items()
        }

    def settings(self, service: str, **variables: str) -> Settings:
        with mock.patch.dict(os.environ, self.inside(service, variables), clear=True):
            return Settings()


@pytest.fixture(scope="module")
def engine(compose, tmp_path_factory) -> Engine:
    folder = tmp_path_factory.mktemp("deploy")
    for name in ("prepare", "env.example"):
        shutil.copy(DEPLOY / name, folder)
    subprocess.run([folder / "prepare"], env={"PATH": "/usr/bin:/bin"}, stdout=subprocess.DEVNULL, check=False)
    return Engine(compose, folder)


def another(field: FieldInfo) -> str:
    """A value that is not the default."""
    default, kind = field.default, field.annotation
    if get_origin(kind) is Literal:
        return next(one for one in get_args(kind) if one and one != default)
    if kind is bool:
        return str(not default).lower()
    if kind in {int, float}:
        bounds = [getattr(one, "le", None) for one in field.metadata]
        return str(default - 1 if default in bounds else default + 1)
    return "something"


def plain(value: Any) -> str:
    shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return str(shown).lower() if isinstance(shown, bool) else str(shown)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_reaches_the_container(engine, service, name):
    for variable in own_names(name, FIELDS[name]):
        given = another(FIELDS[name])
        found = getattr(engine.settings(service, **{variable: given}), name)
        assert plain(found) == INSIDE.get(name, given), variable


@pytest.mark.parametrize("former", FORMER_OPEN, ids=lambda former: former.name)
def test_a_former_name_reaches_the_container(engine, former):
    given = "postmark" if former.setting == "email_by" else "something"
    assert plain(getattr(engine.settings("portal", **{former.name: given}), former.setting)) == given


def test_nothing_else_is_given_than_what_the_operator_wrote(engine):
    left = Settings.model_validate({}).model_dump(include=set(FIELDS) - {"log_json"})
    assert engine.settings("portal").model_dump(include=set(left)) == left


@pytest.mark.parametrize("name", sorted({former.name for former in FORMER if former.setting in OWN}))
def test_what_the_compose_file_decides_no_former_name_changes(engine, name):
    plainly = engine.settings("portal")
    assert engine.settings("portal", **{name: "something"}) == plainly


def test_nobody_makes_the_hospitals_portal_a_demonstration(engine):
    assert engine.settings("portal", PORTAL_DEMO="true").demo is False


@pytest.mark.parametrize("service", SERVICES)
def test_the_record_servers_own_secrets_stay_out_of_the_portals_containers(engine, examples, service):
    names = (
        {former.name for former in FORMER} | set(examples) | {"AIDBOX_CLIENT_ID", "BOX_ADMIN_PASSWORD", "BOX_LICENSE"}
    )
    others = {name: "x" for name in names if SECRETS.match(name) and not name.startswith("APP_")}
    assert len(others) > 5
    inside = engine.inside(service, others)
    assert {name: inside.get(name) for name in others} == dict.fromkeys(others, "")


def test_the_page_names_what_the_compose_file_decides():
    page = (ROOT / "docs/deploy.md").read_text("utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith("The compose file itself decides on")]
    named = {name for names in re.findall(r"`(PORTAL_[A-Z_]+)`", line) for name in [names]}
    own = {own_names(name, Settings.model_fields[name])[0] for name in OWN}
    assert named == own


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", sorted(OWN))
def test_what_the_compose_file_decides_its_own_name_does_not_change(engine, service, name):
    plainly = engine.settings(service)
    for variable in own_names(name, Settings.model_fields[name]):
        assert engine.settings(service, **{variable: "something"}) == plainly, variable
