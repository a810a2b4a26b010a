"""Proving who you are: contacts, one-time codes, passwords, sessions. Others use the modules named here.

Getting in: `codes` (one-time codes and links), `challenges` (what they answer), `passwords`, `recovery`,
`proof_of_work`, `entries` (entering with a proof, leaving). Who: `people` (accounts and their actors), `contacts`.
One's own: `own_contacts`, `second_factor`, `authenticator`, `recovery_codes`, `devices`, `password_rules`. Sessions:
`sessions`, `ending` (out everywhere), `tokens`. Arriving: `signing_up`, `details` (what is asked), `patient_access`
(where a patient's way in stands), `proofs`, `drafts`, `invitations`, `joining`, `pending`. In the queue: `posting`.
Keeping house: `tidying` (forgetting what is over). How it fits together: docs/accounts.md.
"""

from portal.accounts.contacts import Contact, ContactKind, read_contact
from portal.accounts.door import Door
from portal.accounts.sessions import Session

__all__ = ["Contact", "ContactKind", "Door", "Session", "read_contact"]
