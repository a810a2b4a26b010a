"""`portal user create-admin`: the first administrator, whose password stands on no command line."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal.__main__ import main
from portal.access import Role
from portal.app import open_portal
from portal.people import find_practitioners
from portal.settings import Settings
from tests.people.world import small_content

PASSWORD = "quatre mots et une lampe"
WHO = ["--email", "fatou.mendy@example.fr", "--family", "Mendy", "--given", "Fatou"]


@pytest.fixture(autouse=True)
def _little_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.app.CONTENT", small_content(tmp_path))


def run(folder: Path, *words: str, typed: str):
    return CliRunner().invoke(main, ["user", "create-admin", *words], input=typed, env={"PORTAL_DATA_DIR": str(folder)})


async def made(folder: Path) -> list[tuple[str, tuple[Role, ...]]]:
    portal = await open_portal(Settings(data_dir=folder))
    try:
        return [(one.email, one.roles) for one in (await find_practitioners(portal.service())).rows]
    finally:
        await portal.close()


def test_an_administrator_is_made_with_a_password_typed_twice(tmp_path: Path) -> None:
    answer = run(tmp_path / "data", *WHO, typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output
    assert asyncio.run(made(tmp_path / "data")) == [("fatou.mendy@example.fr", (Role.ADMIN,))]


def test_the_password_may_come_from_standard_input(tmp_path: Path) -> None:
    answer = run(tmp_path / "data", *WHO, "--password-stdin", typed=f"{PASSWORD}\n")

    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output


def test_what_is_wrong_is_said_in_a_sentence_and_nobody_is_made(tmp_path: Path) -> None:
    answer = run(tmp_path / "data", *WHO, "--password-stdin", typed="court\n")

    assert answer.exit_code == 1
    assert answer.stderr == "A password has at least 12 characters.\n"
    assert asyncio.run(made(tmp_path / "data")) == []


def test_the_password_is_no_option_of_the_command() -> None:
    options = main.registered_groups[-1].typer_instance.registered_commands[0].callback.__annotations__

    assert "password" not in options
