"""A licensed text in a folder outside the repository is the one that everybody brings: init bundle, portal and check."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from portal.app import open_portal
from portal.chance import SystemChance
from portal.clock import SystemClock
from portal.operations.checking import look
from portal.operations.commands import render_init_bundle
from portal.operations.findings import Level
from portal.settings import Settings

LICENSED = "The licensed text"


@pytest.fixture
def private(tmp_path: Path, content: Path) -> Path:
    """A folder whose one form stands in the place of a public one of the small content."""
    folder = tmp_path / "licensed"
    folder.mkdir()
    public = min((content / "questionnaires").glob("*.yaml"), key=lambda path: path.stat().st_size)
    lines = public.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("title:"))
    end = next(number for number in range(at + 1, len(lines)) if not lines[number].startswith(" "))
    lines[at:end] = [f'title: {{fr: "{LICENSED}", en: "{LICENSED}"}}']
    (folder / public.name).write_text("\n".join(lines), "utf-8")
    return folder


def licensed(forms: list[dict[str, Any]]) -> int:
    return sum(form["title"] == LICENSED for form in forms)


def forms_of(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Questionnaire"]


def test_the_init_bundle_brings_the_licensed_text(private, tmp_path):
    out = tmp_path / "bundle.json"
    render_init_bundle(Settings(questionnaires=private), out=out, vault=None, secrets="")
    assert licensed(forms_of(json.loads(out.read_text("utf-8")))) == 1


@pytest.mark.usefixtures("prepared")
async def test_the_check_misses_the_licensed_text_until_the_portal_brought_it(private, settings, content, monkeypatch):
    monkeypatch.setattr("portal.app.CONTENT", content)
    settings = Settings(**{**settings.model_dump(), "questionnaires": private})

    async def differing() -> list[dict[str, Any]]:
        looked = look(settings, clock=SystemClock(), chance=SystemChance(), variables=os.environ, content=content)
        return [
            each.said.params
            async for each in looked
            if each.level is not Level.OK and each.said.params.get("kind") == "Questionnaire"
        ]

    assert [found["count"] for found in await differing()] == [1]
    await (await open_portal(settings)).close()
    assert await differing() == []


async def test_a_newer_version_keeps_its_place_at_each_start_and_the_older_one_stays_beside_it(
    private, content, tmp_path, monkeypatch
):
    monkeypatch.setattr("portal.app.CONTENT", content)
    (file,) = private.iterdir()
    text = file.read_text("utf-8")
    old = next(line for line in text.splitlines() if line.startswith("version:"))
    file.write_text(text.replace(old, 'version: "99.0.0"'), "utf-8")
    settings = Settings(questionnaires=private, data_dir=tmp_path / "data")
    seen = []
    for _ in range(3):
        portal = await open_portal(settings)
        stored = await portal.service().fhir.all("Questionnaire", {"_count": 200})
        await portal.close()
        code = file.stem.lower().replace("_", "-")
        seen.append({(each["id"], each["version"], each["meta"]["versionId"]) for each in stored if code in each["id"]})
    assert ((code, "99.0.0") in {(id_, version) for id_, version, _ in seen[0]}, len(seen[0])) == (True, 2)
    assert seen[0] == seen[1] == seen[2]
