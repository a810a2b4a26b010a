"""The people of the tests. All are fictitious; each keeps the same name, place and address everywhere, and the
demonstration knows them under the same.

Only who they are is said here. What has happened to them (records, trials, drafts) is made by the tests that need it,
through the portal's own verbs.
"""

from dataclasses import dataclass

MONTPELLIER = "Centre expert de Montpellier (démonstration)"
CRETEIL = "Centre expert de Créteil (démonstration)"

EBIPOLAR = "ebipolar"
EMMA = "emma"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """`phone` is in E.164, from the ranges that the French regulator keeps for fiction."""

    given: str
    family: str
    email: str
    phone: str = ""
    centre: str = ""
    job: str = ""
    trials: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


# Patients
CAMILLE = Person(
    given="Camille",
    family="Rouvière",
    email="camille.rouviere@example.fr",
    phone="+33639981000",
    centre=MONTPELLIER,
    trials=(EBIPOLAR,),
)
BRUNO = Person(
    given="Bruno", family="Aubépine", email="bruno.aubepine@example.fr", phone="+33639981031", centre=CRETEIL
)

# Professionals
ANNE = Person(given="Anne", family="Soriano", email="anne.soriano@example.fr", centre=MONTPELLIER, job="psychiatrist")
INES = Person(given="Inès", family="Kaci", email="ines.kaci@example.fr", centre=MONTPELLIER, job="nurse")
MARC = Person(given="Marc", family="Lebrun", email="marc.lebrun@example.fr", centre=CRETEIL, job="psychiatrist")
PAULINE = Person(given="Pauline", family="Weber", email="pauline.weber@example.fr", job="arc", trials=(EBIPOLAR,))
FATOU = Person(given="Fatou", family="Mendy", email="fatou.mendy@example.fr", job="administrator")
NADEGE = Person(
    given="Nadège",
    family="Bonnet",
    email="nadege.bonnet@example.fr",
    centre=MONTPELLIER,
    job="administrator of the centre",
)

PATIENTS = (CAMILLE, BRUNO)
PRACTITIONERS = (ANNE, INES, MARC)
EVERYONE = (*PATIENTS, *PRACTITIONERS, PAULINE, FATOU, NADEGE)
