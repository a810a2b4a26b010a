"""E-mail addresses and telephone numbers in the one form that the record keeps."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid, problem
from portal.i18n import N_


def parse_email(text: str, *, place: str = "email") -> str:
    """Checked for its form only, in lower case, so that one person's two spellings are one account."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Invalid([problem(place, N_("This e-mail address is not complete. Example: name@example.fr"))]) from None


def parse_phone(text: str, *, place: str = "phone") -> str:
    """E.164, such as +33639981001. A number without a country is French."""
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        raise _not_a_phone(place) from None
    # "Possible", not "valid": valid refuses the numbers that the regulator keeps for fiction, and ages badly.
    if not phonenumbers.is_possible_number(number):
        raise _not_a_phone(place)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(e164: str) -> str:
    """As people write it: 06 39 98 10 01, or +32 … when it is abroad."""
    number = phonenumbers.parse(e164)
    kind = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, kind.NATIONAL if number.country_code == 33 else kind.INTERNATIONAL)


def _not_a_phone(place: str) -> Invalid:
    return Invalid([problem(place, N_("This telephone number is not complete. Example: 06 12 34 56 78"))])
