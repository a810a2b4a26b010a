"""Who is in the demonstration. Family names are trees, birds and rivers; addresses end in example.fr; the telephone numbers
are of the range that the French regulator keeps for fiction (06 39 98).
"""

from dataclasses import dataclass
from datetime import date

from portal.access import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Centre:
    name: str
    city: str
    code: str
    networks: tuple[str, ...]
    trials: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Professional:
    family: str
    given: str
    gender: str
    role: Role
    centres: tuple[str, ...]
    trials: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return address(self.given, self.family)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPatient:
    """`centres` are codes, the first one created the record; `trial` the study they are in, if any."""

    number: int
    family: str
    given: str
    gender: str
    birth_date: date
    centres: tuple[str, ...]
    network: str
    trial: str | None

    @property
    def email(self) -> str:
        return address(self.given, self.family)

    @property
    def phone(self) -> str:
        return f"+3363998{1000 + self.number}"


_PLAIN = str.maketrans("àâçéèêëîïôùûüœÀÂÇÉÈÊËÎÏÔÙÛÜ' ", "aaceeeeiiouuuoAACEEEEIIOUUU--")


def address(given: str, family: str) -> str:
    return f"{given}.{family}@example.fr".translate(_PLAIN).lower()


CENTRES = (
    Centre(
        name="Centre expert de Montpellier (démonstration)",
        city="Montpellier",
        code="03",
        networks=("bipolar", "schizophrenia"),
        trials=("ebipolar", "emma"),
    ),
    Centre(
        name="Centre expert de Créteil (démonstration)",
        city="Créteil",
        code="02",
        networks=("bipolar", "depression", "asd"),
        trials=("ebipolar",),
    ),
    Centre(
        name="Centre expert de Bordeaux (démonstration)",
        city="Bordeaux",
        code="01",
        networks=("bipolar", "depression"),
        trials=("emma",),
    ),
)

PROFESSIONALS = (
    Professional(family="Soriano", given="Anne", gender="female", role=Role.PSYCHIATRIST, centres=("03",)),
    Professional(family="Kaci", given="Inès", gender="female", role=Role.NURSE, centres=("03",)),
    Professional(family="Lebrun", given="Marc", gender="male", role=Role.PSYCHIATRIST, centres=("02",)),
    Professional(family="Haddad", given="Samir", gender="male", role=Role.PSYCHOLOGIST, centres=("02", "03")),
    Professional(family="Etcheverry", given="Maïté", gender="female", role=Role.PSYCHIATRIST, centres=("01",)),
    Professional(family="Weber", given="Pauline", gender="female", role=Role.ARC, centres=(), trials=("ebipolar",)),
    Professional(family="Ollivier", given="Thomas", gender="male", role=Role.ARC, centres=(), trials=("emma",)),
    Professional(family="Bonnet", given="Nadège", gender="female", role=Role.ORGANIZATION_ADMIN, centres=("03",)),
    Professional(family="Mendy", given="Fatou", gender="female", role=Role.ADMIN, centres=()),
)

_FAMILIES = [
    "Rouvière",
    "Châtaignier",
    "Tilleul",
    "Mésange",
    "Sorbier",
    "Bruyère",
    "Fauvette",
    "Garonne",
    "Hêtre",
    "Loriot",
    "Peuplier",
    "Cormoran",
    "Ardèche",
    "Buis",
    "Églantine",
    "Frêne",
    "Genêt",
    "Héron",
    "Iris",
    "Jonquille",
    "Lavandin",
    "Mélèze",
    "Noisetier",
    "Olivier",
    "Pinson",
    "Quenouille",
    "Roseau",
    "Saule",
    "Troène",
    "Verdier",
    "Yonne",
    "Aubépine",
    "Bouleau",
    "Cèdre",
    "Durance",
    "Érable",
    "Figuier",
    "Grive",
    "Houx",
    "Isère",
    "Jasmin",
    "Laurier",
    "Merisier",
    "Nivéole",
    "Orme",
    "Platane",
    "Rossignol",
    "Sureau",
    "Tamaris",
    "Vienne",
    "Alouette",
    "Bécasse",
    "Charme",
    "Dordogne",
    "Épicéa",
    "Fougère",
    "Glaïeul",
    "Hirondelle",
    "Loire",
    "Myrte",
]
_WOMEN = [
    "Camille",
    "Léa",
    "Nadia",
    "Sophie",
    "Aïcha",
    "Claire",
    "Julie",
    "Maëlle",
    "Hélène",
    "Zoé",
    "Inaya",
    "Manon",
    "Céline",
    "Noémie",
    "Agnès",
]
_MEN = [
    "Bruno",
    "Hugo",
    "Karim",
    "Louis",
    "Étienne",
    "Paul",
    "Mehdi",
    "Antoine",
    "Gaël",
    "Théo",
    "Ousmane",
    "Rémi",
    "Loïc",
    "Fabien",
    "Noé",
]


def _patients() -> tuple[DemoPatient, ...]:
    """Sixty people spread over the centres. Fixed by their number, with no luck in it."""
    made: list[DemoPatient] = []
    for number, family in enumerate(_FAMILIES):
        woman = number % 2 == 0
        given = (_WOMEN if woman else _MEN)[(number // 2) % 15]
        centre = CENTRES[0] if number < 24 else CENTRES[1] if number < 44 else CENTRES[2]
        network = centre.networks[number % len(centre.networks)] if number else "bipolar"
        second = ("02",) if number in {3, 11} else ("03",) if number in {29, 50} else ()
        trial = next((one for one in centre.trials if one != "ebipolar" or network == "bipolar"), None)
        made.append(
            DemoPatient(
                number=number,
                family=family,
                given=given,
                gender="female" if woman else "male",
                birth_date=date(
                    1992 - (number * 7) % 46 + (12 if number % 3 else 0),
                    1 + (number * 5 + 2) % 12,
                    1 + (number * 11 + 11) % 28,
                ),
                centres=(centre.code, *second),
                network=network,
                trial=trial if number % 5 != 4 else None,
            )
        )
    return tuple(made)


PATIENTS = _patients()
