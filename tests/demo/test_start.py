"""A demonstration never mixes with anything else, and is emptied only where it stands alone."""

import pytest

from portal.demo import MARK, clean, open_demo, welcome
from portal.errors import NotReady
from portal.settings import Settings


async def test_a_folder_with_other_data_is_refused(tmp_path):
    (tmp_path / "records").write_text("somebody's")
    with pytest.raises(NotReady):
        await open_demo(Settings(data_dir=tmp_path, demo=True), report=lambda _line: None)
    assert (tmp_path / "records").read_text() == "somebody's"


def test_only_a_demonstration_is_emptied(tmp_path):
    (tmp_path / "records").write_text("somebody's")
    with pytest.raises(NotReady):
        clean(tmp_path)
    assert (tmp_path / "records").exists()


def test_a_demonstration_is_emptied(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / MARK).touch()
    clean(folder)
    assert not folder.exists()


def test_the_welcome_names_an_account_of_each_role_and_where_codes_are_read(tmp_path):
    said = welcome(Settings(data_dir=tmp_path, demo=True, port=8080))
    for words in ("camille.rouviere@example.fr", "anne.soriano@example.fr", "pauline.weber@example.fr"):
        assert words in said
    assert "fatou.mendy@example.fr" in said
    assert "http://localhost:8080/demo/outbox" in said
