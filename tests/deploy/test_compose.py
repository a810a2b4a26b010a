"""deploy/compose.yaml: what a compose engine would refuse, and what would only show in a hospital at night."""

import json
import re
import subprocess
from pathlib import Path

import check_jsonschema
import jsonschema
import pytest
import typer.main

from portal.__main__ import main
from portal.environment import own_names
from portal.settings import Settings

from .conftest import DEPLOY, ROOT, substituted

SCHEMA = Path(check_jsonschema.__file__).parent / "builtin_schemas/vendor/compose-spec.json"
VARIABLE = re.compile(r"\$\{([A-Z_]+)")
SETTINGS = {name for field, info in Settings.model_fields.items() for name in own_names(field, info)}


def text() -> str:
    return (DEPLOY / "compose.yaml").read_text("utf-8")


def test_it_is_a_compose_file(compose):
    jsonschema.validate(compose, json.loads(SCHEMA.read_text("utf-8")))


def test_every_variable_is_in_the_example(examples):
    assert set(VARIABLE.findall(text())) <= set(examples)


def test_every_variable_of_the_example_is_read_by_somebody(examples):
    assert set(examples) <= set(VARIABLE.findall(text())) | SETTINGS


def test_every_variable_has_a_default_so_that_the_demonstration_needs_none():
    assert re.findall(r"\$\{[A-Z_]+\}", text()) == []


def test_every_setting_given_to_the_portal_is_one(compose):
    given = {
        name
        for service in compose["services"].values()
        for name in service.get("environment", {})
        if name.startswith("PORTAL_")
        and "certbot" not in service.get("image", "")
        and "nginx" not in service.get("image", "")
    }
    assert {name.removesuffix("_FILE") for name in given} <= SETTINGS


def test_every_file_that_is_mounted_is_there(compose):
    mounted = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if isinstance(volume, str) and volume.startswith(".")
    ]
    assert mounted
    assert [path for path in mounted if not (DEPLOY / path).is_file()] == []


def test_every_folder_that_is_mounted_is_there_and_cannot_be_written(compose):
    bound = [
        volume
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if isinstance(volume, dict)
    ]
    assert bound
    for volume in bound:
        assert (DEPLOY / substituted(volume["source"], {})).is_dir()
        assert (volume["type"], volume["read_only"]) == ("bind", True)


def test_every_secret_that_is_read_is_mounted_there(compose):
    for name, service in compose["services"].items():
        wanted = {
            str(value).removeprefix("/run/secrets/")
            for value in service.get("environment", {}).values()
            if str(value).startswith("/run/secrets/")
        }
        assert wanted <= set(service.get("secrets", [])), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name


def test_every_volume_and_network_is_declared(compose):
    for service in compose["services"].values():
        named = {
            volume.split(":")[0]
            for volume in service.get("volumes", [])
            if isinstance(volume, str) and not volume.startswith(".")
        }
        assert named <= set(compose["volumes"])
        assert set(service.get("networks", [])) <= set(compose["networks"])


def test_who_is_waited_for_can_say_that_it_is_ready(compose):
    for name, service in compose["services"].items():
        for other, wanted in service.get("depends_on", {}).items():
            waited = compose["services"][other]
            assert set(service["profiles"]) <= set(waited["profiles"]), name
            if wanted["condition"] == "service_healthy":
                own_image = "PORTAL_IMAGE" in waited["image"]
                assert own_image or "healthcheck" in waited, f"{name} waits for {other}"
            else:
                assert waited.get("restart", "no") == "no", f"{name} waits for the end of {other}"


def test_every_command_is_one_of_the_portal(compose):
    commands = typer.main.get_command(main)
    for name, service in compose["services"].items():
        if "PORTAL_IMAGE" not in service["image"]:
            continue
        command, words = commands, list(service.get("command", ["serve"]))
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        options = {option for param in command.params for option in param.opts}
        assert not hasattr(command, "commands"), name
        assert {word for word in words if word.startswith("-")} <= options, name


def test_only_nginx_is_reached_from_outside(compose):
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"nginx", "demo"}


def test_nginx_cannot_reach_aidbox_nor_a_database(compose):
    here = set(compose["services"]["nginx"]["networks"])
    for other in ("aidbox", "aidbox-db", "portal-db"):
        shared = here & set(compose["services"][other]["networks"])
        assert shared <= {"outside"}, other
    assert all(compose["networks"][name].get("internal") for name in ("edge", "records", "aidbox-db", "own"))
    assert "records" not in here


def test_databases_never_reach_outside(compose):
    for name in ("aidbox-db", "portal-db"):
        assert "outside" not in compose["services"][name]["networks"]


def test_every_foreign_image_is_pinned_to_a_release(compose):
    for name, service in compose["services"].items():
        image = service["image"]
        if "PORTAL_IMAGE" in image:
            continue
        tag = image.rstrip("}").rsplit(":", 1)[-1]
        assert re.search(r"\d", tag), name
        assert tag not in {"latest", "stable", "edge"}, name


def test_the_portals_containers_hold_no_more_rights_than_they_need(compose):
    for name, service in compose["services"].items():
        if "PORTAL_IMAGE" in service["image"]:
            assert service["cap_drop"] == ["ALL"], name
            assert service["read_only"] is True, name


def test_a_demonstration_is_the_portal_alone(compose):
    shown = {name for name, service in compose["services"].items() if "demo" in service["profiles"]}
    assert shown == {"demo"}


def test_the_proxy_that_is_believed_is_nginx(compose):
    address = compose["services"]["nginx"]["networks"]["edge"]["ipv4_address"]
    assert compose["services"]["portal"]["environment"]["PORTAL_FORWARDED_ALLOW_IPS"] == address


def test_the_bundle_that_is_rendered_is_the_one_that_aidbox_reads(compose):
    command = compose["services"]["init-bundle"]["command"]
    aidbox = compose["services"]["aidbox"]["environment"]
    assert aidbox["BOX_INIT_BUNDLE"] == f"file://{command[command.index('--out') + 1]}"
    assert aidbox["BOX_VAULT_CONFIG"] == command[command.index("--vault") + 1]


AIDBOX_MUST = {
    "BOX_SECURITY_AUDIT_LOG_ENABLED": "true",
    "BOX_SECURITY_CORS_ENABLED": "false",
    "BOX_SECURITY_DEV_MODE": "false",
    "BOX_MODULE_SDC_STRICT_ACCESS_CONTROL": "true",
    "BOX_FHIR_TERMINOLOGY_ENGINE": "local",
    "BOX_USAGE_STATS": "false",
}


def test_aidbox_is_closed_as_production_wants_it(compose):
    given = compose["services"]["aidbox"]["environment"]
    assert {name: given.get(name) for name in AIDBOX_MUST} == AIDBOX_MUST


def test_aidbox_starts_with_keys_that_outlive_it(compose, tmp_path):
    """Its start, with a folder of secrets in their place and a program that tells what it was given in Aidbox's."""
    aidbox = compose["services"]["aidbox"]
    assert aidbox["entrypoint"] == ["sh", "/start.sh"]
    assert "./aidbox/start.sh:/start.sh:ro" in aidbox["volumes"]
    script = (DEPLOY / "aidbox/start.sh").read_text("utf-8")
    keys = {name: f"-----BEGIN {name}-----\nAB+/=\n-----END-----" for name in ("private", "public", "secret")}
    for name, key in keys.items():
        assert f"aidbox_auth_{name}" in aidbox["secrets"]
        (tmp_path / f"aidbox_auth_{name}").write_text(f"{key}\n")
    (tmp_path / "aidbox.sh").write_text("#!/bin/sh\nenv -0 | grep -z ^BOX_SECURITY_AUTH_KEYS\n")
    (tmp_path / "aidbox.sh").chmod(0o755)
    here = script.replace("/run/secrets", str(tmp_path)).replace("exec /aidbox.sh", f"exec {tmp_path}/aidbox.sh")
    told = subprocess.run(["sh", "-c", here], capture_output=True, text=True, check=True).stdout
    given = dict(one.split("=", 1) for one in told.split("\0") if one)
    assert given == {f"BOX_SECURITY_AUTH_KEYS_{name.upper()}": key for name, key in keys.items()}


@pytest.mark.parametrize("name", ["env.example", "compose.yaml"])
def test_no_secret_is_written_down(name):
    written = (DEPLOY / name).read_text("utf-8")
    assert re.findall(r"(?m)^\s*[A-Z_]*(?:PASSWORD|SECRET|TOKEN|LICENSE)[ :=]+[\"']?[A-Za-z0-9+/]{12,}", written) == []


def test_whatever_is_secret_stays_out_of_the_repository():
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert (DEPLOY / "secrets/.gitignore").read_text("utf-8").splitlines() == ["*", "!.gitignore"]
