"""Files: taken with an answer once their content is checked, kept in the record, opened again by those who may."""

from portal.files.kinds import KINDS, MOST, kind_of, limit_of
from portal.files.opening import Opened, open_file
from portal.files.receiving import attachment, receive
from portal.files.references import address_of, key_of

__all__ = [
    "KINDS",
    "MOST",
    "Opened",
    "address_of",
    "attachment",
    "key_of",
    "kind_of",
    "limit_of",
    "open_file",
    "receive",
]
