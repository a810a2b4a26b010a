"""What somebody says of themselves to get an account: read once, every field to correct told at once. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.access import CARE_ROLES, Role
from portal.accounts.contacts import Contact, ContactKind
from portal.errors import Invalid, Problem, problem
from portal.i18n import N_
from portal.people import GENDERS, parse_email, parse_nir, parse_phone

SIGN_UP_ROLES = (
    Role.PATIENT,
    Role.PRACTITIONER,
    Role.PSYCHIATRIST,
    Role.PSYCHOLOGIST,
    Role.NURSE,
    Role.CARE_COORDINATOR,
    Role.ARC,
)
"""Who may ask for an account by themselves. Administrators never do."""

OTHER = "other"
OLDEST = 120
LONGEST_NAME = 100
LONGEST_PLACE = 200

Typed = Mapping[str, str]
"""The fields by name, as typed: family, given, email, birth_date (ISO), gender, phone, nir, organization, other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """Checked and in the form in which the record keeps it. `organization` is empty when it is not in the list; then
    `other` names it. A patient has a birth date and perhaps a NIR, a professional always a phone.
    """

    role: Role
    family: str
    given: str
    gender: str
    email: str
    phone: str
    birth_date: date | None = None
    nir: str = field(default="", repr=False)
    organization: str = ""
    other: str = ""

    @property
    def contacts(self) -> dict[ContactKind, Contact]:
        """What must be proven, e-mail first."""
        given = {ContactKind.EMAIL: self.email, ContactKind.SMS: self.phone}
        return {kind: Contact(kind=kind, value=value) for kind, value in given.items() if value}


def read_details(role: Role, typed: Typed, *, today: date, organizations: Collection[str], keeps_nir: bool) -> Details:
    """Raises `Invalid` with a problem for each field, in the order of the form."""
    wrong: list[Problem] = []
    family = _line(typed, "family", N_("Write your last name."), wrong)
    given = _line(typed, "given", N_("Write your first name."), wrong)
    patient = role is Role.PATIENT
    born = _birth_date(typed, today, wrong) if patient else None
    gender = typed.get("gender", "")
    if gender not in GENDERS:
        wrong.append(problem("gender", N_("Choose an answer.")))
    email = _parsed(typed, "email", parse_email, wrong, N_("Write your e-mail address."))
    # A professional's second factor must not rest on the mailbox that could also reset the first.
    phone = _parsed(typed, "phone", parse_phone, wrong, "" if patient else N_("Write your mobile number."))
    nir = _parsed(typed, "nir", parse_nir, wrong, "") if patient and keeps_nir else ""
    organization, other = ("", "") if patient else _place(typed, organizations, wrong)
    if wrong:
        raise Invalid(wrong)
    return Details(
        role=role,
        family=family,
        given=given,
        gender=gender,
        email=email,
        phone=phone,
        birth_date=born,
        nir=nir,
        organization=organization,
        other=other,
    )


def needs_centre(role: Role) -> bool:
    """Care is given somewhere; a research associate may belong to no centre."""
    return role in CARE_ROLES


def tidy(text: str) -> str:
    return " ".join(text.split())


def _line(typed: Typed, name: str, missing: str, wrong: list[Problem], longest: int = LONGEST_NAME) -> str:
    text = tidy(typed.get(name, ""))
    if not any(letter.isalpha() for letter in text):
        wrong.append(problem(name, missing))
    elif len(text) > longest:
        wrong.append(problem(name, N_("This is too long: {limit} characters at most."), limit=longest))
    return text


def _parsed(typed: Typed, name: str, parse: Callable[[str], str], wrong: list[Problem], missing: str) -> str:
    """`missing` is the sentence for an empty field, or empty when it may be."""
    text = typed.get(name, "").strip()
    if not text:
        if missing:
            wrong.append(problem(name, missing))
        return ""
    try:
        return parse(text)
    except Invalid as error:
        wrong += error.problems
        return ""


def _birth_date(typed: Typed, today: date, wrong: list[Problem]) -> date | None:
    try:
        born = date.fromisoformat(typed.get("birth_date", ""))
    except ValueError:
        wrong.append(problem("birth_date", N_("Write your date of birth like this: DD/MM/YYYY.")))
        return None
    if born > today:
        wrong.append(problem("birth_date", N_("The date must be in the past.")))
    elif (today - born).days > OLDEST * 366:
        wrong.append(problem("birth_date", N_("Check the year of birth.")))
    return born


def _place(typed: Typed, organizations: Collection[str], wrong: list[Problem]) -> tuple[str, str]:
    chosen = typed.get("organization", "")
    if chosen in organizations:
        return chosen, ""
    if chosen == OTHER:
        missing = N_("Write the name of your organisation and its city.")
        return "", _line(typed, "other", missing, wrong, LONGEST_PLACE)
    wrong.append(problem("organization", N_("Choose your organisation, or “Other”.")))
    return "", ""
