"""Making a patient: one record, one episode of care in the creating centre, one account to sign in, all or nothing."""

from collections.abc import Collection, Mapping
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
from portal.people.duplicates import Identity, PossibleDuplicate, find_duplicates, is_self_made
from portal.people.following import episode, times_followed
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
    account: bool = True,
) -> str:
    """A new patient of `organization` with a Fondacode. Returns the Patient's id.

    Raises `Invalid` naming the fields, and `PossibleDuplicate` when the person may already be known; once a professional
    has looked, `someone_else` is their reason to create anyway (kept in the audit trail). A certain duplicate (same
    social security number) is still refused. With neither e-mail nor telephone there is no account to sign in; nor
    without `account`, for who will be invited to make it themselves.
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
    if not centre.active:
        raise Invalid([problem("organization", N_("This centre is closed. Choose another."))])
    for _ in range(_RACES):
        code = await free_fondacode(centre.code, network, chance=acting.chance, taken=partial(_taken, acting))
        made = await _try_to_create(acting, who, centre, code, someone_else=someone_else.strip(), account=account)
        if made is not None:
            return made
    raise NoFreeFondacode


async def link_patient(
    acting: Acting, patient: str, organization: str, *, network: str = "", told: Collection[str | None] = ()
) -> None:
    """The centre follows this patient from today. Doing it again changes nothing.

    Somebody who signed up by themselves gets their Fondacode now, for which a `network` is needed; and, as anybody can
    type another's name, `told` must hold the e-mail address or number of that account, which only its owner can say.
    Raises `Invalid` naming the field.
    """
    decide(acting.actor, Permission.PATIENT_CREATE, Scope(organizations=frozenset({organization})))
    following = (await organizations_of(acting, [patient]))[patient]
    if organization in following:
        return
    write = Transaction()
    resource = await acting.service.read("Patient", patient)
    if is_self_made(resource):
        write.update(await _taken_on(acting, resource, organization, network, told))
    before = await times_followed(acting, patient, organization)
    write.create(episode(acting, patient, organization, before=before))
    write.create(audit.event(acting, audit.Action.UPDATE, Permission.PATIENT_LINK, patient=patient))
    await acting.service.commit(write)  # the patient is out of sight until this is written


async def _taken_on(
    acting: Acting, patient: Json, organization: str, network: str, told: Collection[str | None]
) -> Json:
    """A self-made Patient as the centre's own: with a Fondacode."""
    contacts = {contact["value"] for contact in patient.get("telecom", [])}
    if not contacts & set(told):
        raise Invalid([problem("email", N_("Ask the person for the address with which they created their account."))])
    if network not in NETWORKS:
        raise Invalid([problem("network", N_("Choose a network."))])
    centre = next(iter(await centres_named(acting, [organization])), None)
    if centre is None:
        raise NotFound
    code = await free_fondacode(centre.code, network, chance=acting.chance, taken=partial(_taken, acting))
    return {
        **patient,
        "identifier": [_fondacode(code), *patient.get("identifier", [])],
        "name": [*patient.get("name", []), _pseudonym(code)],
        "managingOrganization": {"reference": f"Organization/{organization}"},
    }


async def _try_to_create(
    acting: Acting, who: Identity, centre: Centre, code: str, *, someone_else: str, account: bool
) -> str | None:
    """None when somebody took the same Fondacode between our look and our write: nothing of ours is left then."""
    id_ = acting.chance.id()
    patient = patient_resource(id_, who, organization=centre.id, code=code)
    write = Transaction()
    # POST, not PUT: only a creation can be conditional on the Fondacode being free.
    condition = f"identifier={systems.FONDACODE}|{code}"
    write.entries.append(Entry(method="POST", url="Patient", resource=patient, if_none_exist=condition))
    write.create(episode(acting, id_, centre.id))
    if account and (who.email or who.phone):
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


def patient_resource(id_: str, who: Identity, *, organization: str = "", code: str = "") -> Json:
    """A Patient; without organisation and Fondacode, that of somebody whom no centre follows yet."""
    identifiers: list[Json] = [_fondacode(code)] if code else []
    if who.nir:
        identifiers.append({"use": "official", "system": systems.NIR, "value": who.nir})
    telecom: list[Json] = []
    if who.email:
        telecom.append({"system": "email", "value": who.email})
    if who.phone:
        telecom.append({"system": "phone", "value": who.phone, "use": "mobile"})
    patient: Json = {
        "resourceType": "Patient",
        "id": id_,
        "active": True,
        "name": [names.human_name(who.family, who.given), *([_pseudonym(code)] if code else [])],
        "gender": who.gender,
        "birthDate": who.birth_date.isoformat(),
    }
    if organization:
        patient["managingOrganization"] = {"reference": f"Organization/{organization}"}
    return patient | ({"identifier": identifiers} if identifiers else {}) | ({"telecom": telecom} if telecom else {})


def _fondacode(code: str) -> Json:
    return {"use": "secondary", "system": systems.FONDACODE, "value": code}


def _pseudonym(code: str) -> Json:
    """FHIR's `anonymous` name: so the search by name also finds a part of the Fondacode."""
    return {"use": "anonymous", "text": code}


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
