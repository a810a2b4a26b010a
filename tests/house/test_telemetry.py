"""Logs say what happened and where, never what was in it."""

import logging

import pytest
import structlog

from portal import telemetry
from portal.settings import Settings

CANARY = "canary-of-a-patient"


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configured)


def fail() -> None:
    secret = CANARY
    raise ValueError(f"the value {secret} is not a number")


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_is_logged_by_its_type_and_places_only(capsys: pytest.CaptureFixture[str], as_json: bool):
    telemetry.configure(Settings(log_json=as_json))
    try:
        fail()
    except ValueError:
        structlog.get_logger("portal.x").exception("it.failed")
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "test_telemetry.py" in written
    assert CANARY not in written


def test_a_library_that_logs_the_exception_itself_does_not_tell_its_text(capsys: pytest.CaptureFixture[str]):
    telemetry.configure(Settings(log_json=True))
    try:
        fail()
    except ValueError as error:
        logging.getLogger("nicegui").exception(error)  # noqa: TRY401 – as NiceGUI does
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert CANARY not in written


def test_a_line_break_in_a_value_cannot_make_a_second_line(capsys: pytest.CaptureFixture[str]):
    telemetry.configure(Settings(log_json=False))
    structlog.get_logger("portal.x").info("it.happened", name="a\nb")
    assert len(capsys.readouterr().err.splitlines()) == 1
