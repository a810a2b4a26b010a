"""Making a patient: one record, one episode of care in the creating centre, one account to sign in, all or nothing."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from portal import audit
from portal.access import Permission, Role, Scope, decide
from portal.acting import Acting
from portal.errors import Invalid, NotFound, Problem, Rejected, problem
from portal.fhir import Entry, Transaction, systems
from portal.i18n import N_
from portal.people import names
from portal.people.contacts import parse_email, parse_phone
from portal.people.duplicates import Identity, PossibleDuplicate, find_duplicates
from portal.people.fondacode import NETWORKS, NoFreeFondacode, free_fondacode
from portal.people.identifiers import parse_nir
from portal.people.organizations import Centre, centres_named
from portal.people.practitioners import GENDERS
from portal.people.scope import organizations_of
from portal.people.users import add_account, contacts_in_use
from portal.types import Json

OLDEST = 120
_RACES = 3


async def create_patient(
    acting: Acting,
    *,
    family: str,
    given: str,
    birth_date: date,
    gender: str,
    organization: str,
    network: str,
    email: str | None = None,
    phone: str | None = None,
    nir: str | None = None,
    someone_else: str = "",
) -> str:
    """A new patient of `organization` with a Fondacode. Returns the Patient's id.

    Raises `Invalid` naming the fields, and `PossibleDuplicate` when the person may already be known; once a professional
    has looked, `someone_else` is their reason to create anyway (kept in the audit trail). A certain duplicate (same
    social security number) is still refused. With neither e-mail nor telephone there is no account to sign in.
    """
    decide(acting.actor, Permission.PATIENT_CREATE, Scope(organizations=frozenset({organization})))
    if network not in NETWORKS:
        raise Invalid([problem("network", N_("Choose a network."))])
    who = _identity(
        acting.clock.today(),
        family=family,
        given=given,
        birth_date=birth_date,
        gender=gender,
        contacts={"email": email, "phone": phone, "nir": nir},
    )
    found = await find_duplicates(acting, who)
    if found and (not someone_else.strip() or found[0].certainty == "certain"):
        raise PossibleDuplicate(found)
    taken = await contacts_in_use(acting, email=who.email, phone=who.phone)
    if taken:
        raise Invalid(taken)
    centre = next(iter(await centres_named(acting, [organization])), None)
    if centre is None:
        raise NotFound
    for _ in range(_RACES):
        code = await free_fondacode(centre.code, network, chance=acting.chance, taken=partial(_taken, acting))
        made = await _try_to_create(acting, who, centre, code, someone_else=someone_else.strip())
        if made is not None:
            return made
    raise NoFreeFondacode


async def link_patient(acting: Acting, patient: str, organization: str) -> None:
    """The centre follows this patient from today. Doing it again changes nothing."""
    decide(acting.actor, Permission.PATIENT_CREATE, Scope(organizations=frozenset({organization})))
    following = (await organizations_of(acting, [patient]))[patient]
    if organization in following:
        return
    write = Transaction()
    write.create(_episode(acting, patient, organization))
    write.create(audit.event(acting, audit.Action.UPDATE, "patient:link", patient=patient))
    await acting.service.commit(write)  # the patient is out of sight until this is written


def episode_id(patient: str, organization: str) -> str:
    """One per patient and centre, so that linking twice is linking once."""
    return f"{patient}-{organization}"[:64]


async def _try_to_create(acting: Acting, who: Identity, centre: Centre, code: str, *, someone_else: str) -> str | None:
    """None when somebody took the same Fondacode between our look and our write: nothing of ours is left then."""
    id_ = acting.chance.id()
    patient = _patient(id_, who, centre.id, code)
    write = Transaction()
    # POST, not PUT: only a creation can be conditional on the Fondacode being free.
    condition = f"identifier={systems.FONDACODE}|{code}"
    write.entries.append(Entry(method="POST", url="Patient", resource=patient, if_none_exist=condition))
    write.create(_episode(acting, id_, centre.id))
    if who.email or who.phone:
        link: Json = {"patient": {"reference": f"Patient/{id_}"}}
        reference = f"Patient/{id_}"
        add_account(
            acting, write, reference=reference, role=Role.PATIENT, links=[link], email=who.email, phone=who.phone
        )
    what = Permission.PATIENT_CREATE
    write.create(audit.event(acting, audit.Action.CREATE, what, patient=id_, reason=someone_else))
    # By the portal's own client: until the episode exists the patient belongs to no centre, and accounts are its own.
    try:
        await acting.service.commit(write)
    except Rejected:
        # The condition found another patient with this code, so ours was not made and what points at it is refused.
        if await _taken(acting, code):
            return None
        raise
    return id_


async def _taken(acting: Acting, code: str) -> bool:
    return await acting.service.first_match("Patient", {"identifier": f"{systems.FONDACODE}|{code}"}) is not None


def _patient(id_: str, who: Identity, organization: str, code: str) -> Json:
    identifiers: list[Json] = [{"use": "secondary", "system": systems.FONDACODE, "value": code}]
    if who.nir:
        identifiers.append({"use": "official", "system": systems.NIR, "value": who.nir})
    telecom: list[Json] = []
    if who.email:
        telecom.append({"system": "email", "value": who.email})
    if who.phone:
        telecom.append({"system": "phone", "value": who.phone, "use": "mobile"})
    # FHIR's `anonymous` name is a pseudonym: so the search by name also finds a part of the Fondacode.
    pseudonym: Json = {"use": "anonymous", "text": code}
    patient: Json = {
        "resourceType": "Patient",
        "id": id_,
        "active": True,
        "identifier": identifiers,
        "name": [names.human_name(who.family, who.given), pseudonym],
        "gender": who.gender,
        "birthDate": who.birth_date.isoformat(),
        "managingOrganization": {"reference": f"Organization/{organization}"},
    }
    return patient | ({"telecom": telecom} if telecom else {})


def _episode(acting: Acting, patient: str, organization: str) -> Json:
    return {
        "resourceType": "EpisodeOfCare",
        "id": episode_id(patient, organization),
        "status": "active",
        "patient": {"reference": f"Patient/{patient}"},
        "managingOrganization": {"reference": f"Organization/{organization}"},
        "period": {"start": acting.clock.today().isoformat()},
    }


def _identity(
    today: date, *, family: str, given: str, birth_date: date, gender: str, contacts: Mapping[str, str | None]
) -> Identity:
    """The fields in their stored form, or `Invalid` with every field to correct at once."""
    wrong: list[Problem] = []
    if not names.tidy(family):
        wrong.append(problem("family", N_("Write the last name.")))
    if not names.tidy(given):
        wrong.append(problem("given", N_("Write the first name.")))
    if not 0 <= (today - birth_date).days <= OLDEST * 366:
        wrong.append(problem("birth_date", N_("Check the year of birth.")))
    if gender not in GENDERS:
        wrong.append(problem("gender", N_("Choose an answer.")))
    parsed: dict[str, str | None] = {}
    for place, parse in (("email", parse_email), ("phone", parse_phone), ("nir", parse_nir)):
        text = (contacts[place] or "").strip()
        try:
            parsed[place] = parse(text) if text else None
        except Invalid as error:
            wrong += error.problems
    if wrong:
        raise Invalid(wrong)
    return Identity(family=names.tidy(family), given=names.tidy(given), birth_date=birth_date, gender=gender, **parsed)
