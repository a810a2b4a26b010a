"""`portal check --contract`: the contract's own tests, by the installed command, on a server over HTTP."""

import importlib.util

import pytest

from portal.errors import NotReady
from portal.operations import contract
from portal.operations.contract import run_contract
from portal.settings import Settings


@pytest.mark.prove
def test_the_whole_contract_passes_over_http_and_leaves_nothing_behind(prepared, settings):
    before = prepared.held()
    assert run_contract(settings) == 0
    assert prepared.held() == before


def test_one_chapter_passes_over_http_and_leaves_nothing_behind(prepared, settings):
    before = prepared.held()
    assert run_contract(settings, ["-k", "test_binary"]) == 0
    assert prepared.held() == before


def test_the_sessions_of_a_sign_in_are_not_left_behind_either(prepared, settings):
    before = prepared.held()
    assert any(each.startswith("Client/") for each in before)
    assert run_contract(settings, ["-k", "test_a_password_opens_a_session"]) == 0
    assert prepared.held() == before


@pytest.mark.prove
def test_a_failed_check_is_told(prepared, settings):
    assert run_contract(settings, ["-k", "no such test at all"]) != 0


@pytest.mark.parametrize("missing", [{"fhir_url": ""}, {"fhir_root_secret": ""}])
def test_what_it_needs_is_asked_for(settings, missing):
    with pytest.raises(NotReady):
        run_contract(Settings(**{**settings.model_dump(), **missing}))


def test_where_the_suite_is_not_installed_it_says_how_to_run_it(settings, monkeypatch):
    monkeypatch.setattr(
        contract, "find_spec", lambda name: None if name == "pytest" else importlib.util.find_spec(name)
    )
    with pytest.raises(NotReady) as refused:
        run_contract(settings)
    assert "make contract" in refused.value.message.msgid
