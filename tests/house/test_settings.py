"""docs/settings.md says what portal/settings.py says."""

from portal.settings import Settings
from tests.house.settings_page import PAGE, render


def test_every_setting_has_its_sentence() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_page_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: python -m tests.house.settings_page"
