"""What the operator's terminal says when a command cannot do what was asked: a sentence, never a trace."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal.__main__ import main


def test_emptying_a_folder_that_is_no_demonstration_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear Anne")

    answer = CliRunner().invoke(main, ["clean-demo"], env={"PORTAL_DATA_DIR": str(tmp_path)})

    assert answer.exit_code == 1
    assert answer.stderr == f"{tmp_path} is not a demonstration's folder: nothing was removed.\n"
    assert (tmp_path / "letters.txt").exists()


@pytest.mark.parametrize(("setting", "value"), [("PORT", "eighty"), ("PORTAL_CODE_DIGITS", "2")])
def test_a_setting_of_the_wrong_kind_is_named(setting: str, value: str) -> None:
    answer = CliRunner().invoke(main, ["serve"], env={setting: value})

    assert answer.exit_code == 1
    assert setting in answer.stderr
    assert "docs/settings.md" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
