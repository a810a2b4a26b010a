"""An e-mail address or a mobile number as people type it, made one way so that the same contact is always the same text."""

from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid, problem
from portal.i18n import N_


class ContactKind(StrEnum):
    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """`value` is an address in lower case, or a number in E.164 (+33…)."""

    kind: ContactKind
    value: str

    @property
    def masked(self) -> str:
        """Enough to know one's own, too little to tell another's: ca•••••@example.fr, +33 •• •• •• •• 01."""
        if self.kind is ContactKind.EMAIL:
            name, _, domain = self.value.partition("@")
            return f"{name[:2]}•••••@{domain}"
        return f"{self.value[:3]} •• •• •• •• {self.value[-2:]}"


def read_contact(typed: str, *, region: str = "FR") -> Contact:
    """Raises Invalid (place "contact") with the sentence to show by the field. Nothing is looked up on the network."""
    text = typed.strip()
    if not text:
        raise Invalid([problem("contact", N_("Write your e-mail address or your mobile number."))])
    if "@" in text:
        try:
            checked = validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            raise Invalid(
                [problem("contact", N_("This address is not complete. It looks like name@example.fr."))]
            ) from None
        return Contact(kind=ContactKind.EMAIL, value=checked.normalized.lower())
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Invalid([problem("contact", N_("This number is not complete. It looks like 06 12 34 56 78."))])
    return Contact(kind=ContactKind.SMS, value=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def account_contacts(*, email: str, phone: str) -> list[Contact]:
    """The contacts kept on an account, in the order in which they are used."""
    kept = [(ContactKind.EMAIL, email.lower()), (ContactKind.SMS, phone)]
    return [Contact(kind=kind, value=value) for kind, value in kept if value]
