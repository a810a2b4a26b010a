"""What leaves the portal: a code, in the reader's language, without a word on health."""

import re

import pytest

from portal import notifications
from portal.i18n import texts

CLINICAL = re.compile(r"patient|santé|health|psych|soin|care|étude|trial|question|PHQ|dépress|bipol", re.IGNORECASE)


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("by_sms", [True, False])
def test_a_code_is_sent_without_a_clinical_word(locale: str, by_sms: bool):
    message = notifications.code_message(texts(locale), by_sms=by_sms, to="x", code="12345678", minutes=5)
    assert "12345678" in message.body
    assert "5 minutes" in message.body.replace("\u00a0", " ")
    assert not CLINICAL.search(message.subject + message.body)


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_text_message_fits_in_one(locale: str):
    message = notifications.code_message(texts(locale), by_sms=True, to="x", code="12345678", minutes=5)
    assert len(message.body) <= 160


def test_the_code_stands_alone_on_its_line_in_an_email():
    message = notifications.code_message(texts("fr"), by_sms=False, to="x", code="12345678", minutes=5)
    assert "12345678" in message.body.splitlines()


def test_the_subject_does_not_tell_the_code():
    message = notifications.code_message(texts("fr"), by_sms=False, to="x", code="12345678", minutes=5)
    assert "12345678" not in message.subject
