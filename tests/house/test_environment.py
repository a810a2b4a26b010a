"""Which variables speak for a setting, and in which order: own names, files with secrets, names of the deployment before."""

import re
from pathlib import Path

import pytest

from portal.environment import FORMER, NOT_USED
from portal.errors import NotReady
from portal.settings import Settings
from tests.house.settings_page import PAGE

VALUES = {
    "AIDBOX_BASE_URL": ("http://aidbox:8080", "http://aidbox:8080/fhir"),
    "APP_INIT_URL": ("http://aidbox:8080/", "http://aidbox:8080/fhir"),
    "EMR_AIDBOX_URL": ("http://aidbox:8080/fhir", "http://aidbox:8080/fhir"),
    "EMAIL_PROVIDER": ("console", "outbox"),
}


def plain(value: object) -> object:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


@pytest.mark.parametrize("former", FORMER, ids=lambda former: former.name)
def test_a_former_name_still_sets_its_setting(former, monkeypatch):
    given, expected = VALUES.get(former.name, ("something", "something"))
    monkeypatch.setenv(former.name, given)
    assert plain(getattr(Settings(), former.setting)) == expected


@pytest.mark.parametrize("former", FORMER, ids=lambda former: former.name)
def test_a_former_name_may_be_a_file_too(former, monkeypatch, tmp_path):
    given, expected = VALUES.get(former.name, ("something", "something"))
    (tmp_path / "value").write_text(f"{given}\n")
    monkeypatch.setenv(f"{former.name}_FILE", str(tmp_path / "value"))
    assert plain(getattr(Settings(), former.setting)) == expected


def test_the_settings_own_name_comes_first(monkeypatch):
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://new.example.fr")
    monkeypatch.setenv("FRONTEND_URL", "https://old.example.fr")
    assert Settings().address == "https://new.example.fr"


def test_the_former_warehouse_database_is_put_together(monkeypatch):
    monkeypatch.setenv("TIMESCALEDB_SERVICE_NAME", "warehouse")
    monkeypatch.setenv("PGUSER", "portal")
    monkeypatch.setenv("PGPASSWORD", "p@ss/word")
    url = Settings().database_url.get_secret_value()
    assert url == "postgresql+psycopg://portal:p%40ss%2Fword@warehouse/warehouse"


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("PORTAL_PORT", "")
    monkeypatch.setenv("PORT", "9000")
    assert Settings().port == 9000


def test_aidboxs_client_with_every_right_does_not_become_the_portals(monkeypatch):
    monkeypatch.setenv("AIDBOX_CLIENT_ID", "root")
    monkeypatch.setenv("AIDBOX_CLIENT_SECRET", "of root")
    found = Settings()
    assert (found.fhir_client_id, found.fhir_client_secret.get_secret_value()) == ("portal", "")
    assert found.fhir_root_secret.get_secret_value() == "of root"


def test_a_secret_that_nobody_wrote_leaves_the_value_beside_it(monkeypatch, tmp_path):
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("PORTAL_TWILIO_TOKEN_FILE", str(tmp_path / "empty"))
    monkeypatch.setenv("PORTAL_TWILIO_TOKEN", "given")
    assert Settings().twilio_token.get_secret_value() == "given"


def test_a_value_and_its_file_together_are_refused_by_name(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("b" * 40)
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a" * 40)
    monkeypatch.setenv("PORTAL_SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(NotReady) as refused:
        Settings()
    assert refused.value.message.params == {"name": "PORTAL_SECRET_KEY"}


def test_a_file_that_is_not_there_is_named_without_its_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(NotReady) as refused:
        Settings()
    assert refused.value.message.params == {"name": "PORTAL_SECRET_KEY_FILE", "cause": "FileNotFoundError"}


def test_a_setting_of_the_wrong_kind_is_refused(monkeypatch):
    monkeypatch.setenv("PORTAL_PORT", "eighty")
    with pytest.raises(ValueError, match="port"):
        Settings()


def test_secrets_do_not_show_in_what_prints_settings(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "very-secret-key-of-thirty-two-characters")
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql+psycopg://portal:very-secret@db/portal")
    assert "very-secret" not in repr(Settings())


def test_every_name_stands_on_the_page_of_settings():
    listed = set(re.findall(r"`([A-Z0-9_]+)`", Path(PAGE).read_text("utf-8")))
    assert {former.name for former in FORMER} | set(NOT_USED) <= listed


def test_every_former_name_speaks_for_a_setting_that_exists():
    assert {former.setting for former in FORMER} <= set(Settings.model_fields)
