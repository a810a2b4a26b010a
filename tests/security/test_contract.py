"""The private names of NiceGUI that pages/security/sockets.py stands on. When this fails, read that file before a new version."""

import inspect

import nicegui
from nicegui import Client, core
from nicegui import nicegui as inside


def test_the_version_is_the_one_that_was_read():
    assert nicegui.__version__ == "3.18.0"


def test_the_socket_handlers_have_the_names_and_parameters_that_we_call():
    shapes = {
        name: list(inspect.signature(getattr(inside, name)).parameters)
        for name in ("_on_connect", "_on_handshake", "_on_event", "_on_javascript_response", "_on_ack", "_on_log")
    }
    assert shapes == {
        "_on_connect": ["sid", "data", "_"],
        "_on_handshake": ["sid", "data"],
        "_on_event": ["_", "msg"],
        "_on_javascript_response": ["_", "msg"],
        "_on_ack": ["_", "msg"],
        "_on_log": ["_", "msg"],
    }


def test_there_is_no_other_handler_that_we_would_leave_open():
    known = {"connect", "disconnect", "handshake", "event", "javascript_response", "ack", "log"}
    assert set(core.sio.handlers["/"]) == known


def test_a_client_keeps_its_sockets_and_its_request():
    source = inspect.getsource(Client)
    assert "_socket_to_document_id: dict[str, str]" in source
    assert "def request(self)" in source


def test_nothing_calls_home():
    assert core.air is None
