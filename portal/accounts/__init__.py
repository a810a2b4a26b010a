"""Proving who you are: contacts, one-time codes, passwords, sessions. Others use the modules named here.

`sessions` (start, current, end…), `people` (accounts and their actors), `contacts`, `codes`, `passwords`, `tokens`,
`entries` (entering with a proof, leaving), `tidying` (forgetting what is over).
"""

from portal.accounts.contacts import Contact, ContactKind, read_contact
from portal.accounts.door import Door
from portal.accounts.sessions import Session

__all__ = ["Contact", "ContactKind", "Door", "Session", "read_contact"]
