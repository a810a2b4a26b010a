"""Every component in every state, on one server: what a reviewer opens first and what the browser tests drive.

Start it by hand with `python -m tests.components.gallery 8140`; the language follows `?lang=`.
"""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from nicegui import ui

from components.blocks import Button, block
from components.charts import (
    Chart,
    ChartCard,
    Mark,
    Period,
    drug_chart,
    drug_twin,
    lab_chart,
    lab_twin,
    life_chart,
    period_of,
    score_chart,
    score_key,
    score_twin,
)
from components.dialogs import CommentDialog, ConfirmDialog
from components.errors import error_page
from components.form import (
    Amount,
    ChoiceQuestion,
    ComputeAgain,
    Computed,
    Copies,
    DateQuestion,
    Display,
    Doing,
    FileQuestion,
    FormView,
    GivenFile,
    Group,
    Heading,
    HelpNumbers,
    Item,
    Known,
    ListQuestion,
    ManyQuestion,
    Media,
    MomentQuestion,
    NumberQuestion,
    Option,
    Part,
    Saved,
    ScaleQuestion,
    SearchQuestion,
    Section,
    SignatureQuestion,
    TextQuestion,
    TimeQuestion,
    TwoAnswers,
    Value,
    Wrong,
    build_item,
    yes_no,
)
from components.frames import Audience, Frame, Person, landscape, welcome
from components.icons import icon
from components.markup import (
    Fault,
    band,
    error_summary,
    facts,
    h,
    help_line,
    help_numbers,
    late,
    link_button,
    meter,
    note,
    page_head,
    progress,
    saved,
    spark,
    tag,
    trend,
    unavailable_button,
)
from components.review import ReviewItem, ReviewRow, Standing, ThreadLine, keys_hint
from components.states import backend_away, empty, loading, refused, session_ended
from components.tables import Column, Filter, Page, PagedList, Query
from components.theme import install
from portal.errors import Unavailable
from portal.i18n import Texts, texts
from tests.components.specimens import DRUGS, GFR, INJECTIONS, LITHIUM, MADRS, STAYS, TODAY, YMRS

NOW = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)
FREQUENCY = tuple(
    Option(code=str(n), text=text)
    for n, text in enumerate(("Jamais", "Quelques jours", "Plus d’un jour sur deux", "Presque tous les jours"))
)
ASIDE = Option(code="asked-declined", text="Je préfère ne pas répondre", aside=True, alone=True)
ANNE = Person(name="Dr Anne Soriano")


class Rehearsal:
    """Handlers of a form that keeps answers in memory: 2 sections; answering “y” to q1 asks q2; q1 is compulsory."""

    def __init__(self, t: Texts, *, away: bool = False) -> None:
        self.t, self.away, self.answers, self.submitted = t, away, {}, 0

    def section(self, index: int) -> Section:
        t = self.t
        if index:
            items = (TextQuestion(link_id="note", number="3.", text="Un mot pour votre équipe ?", lines=3, limit=500),)
            return Section(title="Pour finir", items=items, index=1, count=2)
        asked = ChoiceQuestion(
            link_id="q1",
            number="1.",
            text="Avez-vous mal dormi ?",
            options=yes_no(t),
            required=True,
            value=self.answers.get("q1") or (),
        )
        more = ScaleQuestion(
            link_id="q2",
            number="2.",
            text="À quel point ?",
            low_text="un peu",
            high_text="beaucoup",
            value=self.answers.get("q2"),
        )
        day = DateQuestion(link_id="day", text="Depuis quand ?", latest=TODAY, value=self.answers.get("day") or "")
        total = Computed(
            link_id="total", text="Score", shown=str(len(self.answers)) if self.answers else "", level=1, word="légère"
        )
        items = (asked, *((more, HelpNumbers()) if self.answers.get("q1") == ("true",) else ()), day, total)
        return Section(
            title="Sommeil",
            items=items,
            count=2,
            place="questions 1 à 2",
            lead="Pensez aux 7 derniers jours.",
            part=len(self.answers) * 30,
            contents=(
                Part(place=0, title="Sommeil", done=len(self.answers) * 30, here=True),
                Part(place=1, title="Pour finir", done=0),
            ),
        )

    async def answer(self, link_id: str, value: Value) -> Saved:
        if self.away:
            raise Unavailable
        self.answers[link_id] = value
        section = self.section(1 if link_id == "note" else 0)
        return Saved(at=NOW, items=section.items, part=section.part)

    async def move(self, step: int, *, anyway: bool) -> Section | Wrong:
        if step > 0 and not self.answers.get("q1") and not anyway:
            return Wrong(sentences={"q1": self.t("Choose an answer.")}, skippable=True)
        return self.section(1 if step > 0 else 0)

    async def submit(self, *, anyway: bool) -> Wrong | None:
        self.submitted += 1
        ui.navigate.to(f"/home?sent={self.submitted}")

    async def turn_to(self, place: int) -> Section:
        return self.section(place)

    async def search(self, link_id: str, text: str) -> list[Option]:
        return await cities(link_id, text)

    async def add(self, path: str) -> Saved:
        return Saved(at=NOW)

    async def remove(self, path: str) -> Saved:
        return Saved(at=NOW)

    async def unfold(self, path: str) -> Saved:
        return Saved(at=NOW)

    async def again(self, path: str) -> Saved:
        return Saved(at=NOW)

    async def choose(self, path: str, *, theirs: bool) -> Saved:
        return Saved(at=NOW)


CITIES = ("Bordeaux", "Créteil", "Grenoble", "Lyon", "Marseille", "Montpellier", "Nancy", "Nantes", "Toulouse")


async def cities(_link_id: str, text: str) -> list[Option]:
    """What a server would find."""
    return [Option(code=name, text=name) for name in CITIES if text.casefold() in name.casefold()]


def nothing(_link_id: str, _value: Value) -> None:
    """An answer that nobody keeps."""


def section(name: str) -> ui.element:
    made = ui.element("section").classes("flow")
    with made:
        block(name, "strong muted", "h2")
    return made


@ui.page("/states")
def states(lang: str = "fr") -> None:
    t = texts(lang)
    frame = Frame(t=t, audience=Audience.CLINIC, current="/patients", person=ANNE, place="Montpellier")
    with frame.page("États des composants"):
        block(
            page_head("États des composants", "Données fictives", eyebrow="Galerie", end=link_button("Une action", "#"))
        )
        with ui.element("div").classes("gallery"):
            with section("Boutons"):
                with ui.element("div").classes("actions"):
                    Button("Continuer", lambda: None)
                    Button("Annuler", lambda: None, "side")
                    Button("Plus tard", lambda: None, "quiet")
                    Button("Supprimer ce brouillon", lambda: None, "danger")
                block(unavailable_button("Envoyer", "Il reste 2 réponses à donner."))
            with section("Enregistrement"):
                block(h("<p>{}</p><p>{}</p>", saved("Enregistré à 14 h 02"), late("Pas encore enregistré")))
                block(progress("Partie 3 sur 5", 2, 5, 60))
            with section("Étiquettes"):
                tones = (
                    ("Fait", "ok", "check"),
                    ("En cours", "tint", ""),
                    ("À revoir", "warn", ""),
                    ("Alerte", "danger", "alert"),
                )
                block(h("<p>{} {} {} {}</p>", *(tag(*tone) for tone in tones)))
                words = ("absente", "légère", "modérée", "sévère", "très sévère")
                block(h("<p>{} {} {} {} {}</p>", *(band(n, word) for n, word in enumerate(words))))
                block(h("<p>{} {} {}</p>", meter(12, 16), trend(t, 9), trend(t, -4)))
                block(spark([0.62, 0.71, 0.84, 0.81, 1.04, 1.28], 0.6, 1.2))
                block(facts({"Née le": "12/03/1992", "Sexe": "F", "Fondacode": "09 01 482 117"}))
            with section("Messages"):
                block(note("Une information.", title="Titre"))
                block(note("Fait.", "ok", "done"))
                block(note("Attention à ceci.", "warn", "alert"))
                block(note("C’est grave.", "danger", "alert"))
                block(error_summary(t, [Fault(target="x", text="Question 7 : choisissez une réponse.")]))
            with section("Service absent"):
                block(backend_away(t))
            with section("Liste vide"):
                block(
                    empty(
                        "Rien à faire aujourd’hui", "Quand votre centre vous envoie un questionnaire, il apparaît ici."
                    )
                )
            with section("Chargement"):
                block(loading("Chargement du dossier…"))
            with section("Aide"):
                block(help_numbers(t, level=3))
                block(h("<p>{} texte</p>", icon("phone")))


def questions(t: Texts, error: str = "") -> None:
    items = (
        Display(link_id="d1", text="Pensez aux 7 derniers jours.", kind="plain"),
        ChoiceQuestion(
            link_id="q6",
            number="6.",
            text="Avez-vous eu du mal à vous endormir ?",
            options=(*FREQUENCY, ASIDE),
            value=("1",),
        ),
        ChoiceQuestion(link_id="q7", number="7.", text="Avez-vous manqué d’énergie ?", options=FREQUENCY),
        ChoiceQuestion(
            link_id="q7b",
            text="Qu’avez-vous pris pour dormir ?",
            hint="Plusieurs réponses possibles",
            many=True,
            options=(
                Option(code="a", text="Une tisane"),
                Option(code="b", text="Un médicament"),
                Option(code="n", text="Rien", alone=True),
            ),
        ),
        ScaleQuestion(
            link_id="q8",
            number="8.",
            text="Aujourd’hui, comment est votre sommeil ?",
            low_text="le pire possible",
            high_text="le meilleur possible",
        ),
        ScaleQuestion(
            link_id="q8b", text="Et votre énergie ?", low_text="aucune", high_text="débordante", value=Decimal(64)
        ),
        Heading(link_id="g", text="Votre situation"),
        ListQuestion(
            link_id="q9",
            text="Votre profession",
            options=tuple(Option(code=str(n), text=f"Profession {n}") for n in range(30)),
            value=("3",),
        ),
        ChoiceQuestion(link_id="q10", text="Travaillez-vous ?", options=yes_no(t), chips=True, value=("true",)),
        NumberQuestion(
            link_id="q11", text="Votre poids", unit="kg", low=Decimal(30), high=Decimal(250), value=Decimal("72.5")
        ),
        DateQuestion(
            link_id="q12", number="9.", text="Quand avez-vous changé de traitement ?", latest=TODAY, partial=True
        ),
        TimeQuestion(link_id="q13", text="À quelle heure vous couchez-vous ?", value="22:30"),
        TextQuestion(link_id="q14", text="Votre ville", limit=40),
        TextQuestion(
            link_id="q15",
            text="Voulez-vous ajouter quelque chose ?",
            hint="Votre équipe le lira avant la visite.",
            lines=4,
            limit=200,
        ),
        ChoiceQuestion(
            link_id="q16",
            text="Une réponse verrouillée",
            options=yes_no(t),
            value=("false",),
            locked="Répondu par Inès Kaci le 19/11/2026",
        ),
        Computed(link_id="c1", text="Score total", shown="14", unit="/ 27", level=2, word="modérée"),
        Computed(link_id="c2", text="Indice de masse corporelle"),
        Display(link_id="d2", text="PHQ-9 : Kroenke, Spitzer, Williams. Domaine public.", kind="legal"),
    )
    for item in items:
        made = build_item(t, item, nothing, today=lambda: TODAY)
        if (
            error
            and hasattr(made, "show_error")
            and getattr(made, "link_id", "") in ("q7", "q8", "q9", "q11", "q12", "q15")
        ):
            made.show_error(error)


DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+P+/HgAFhAJ/wlseKgAAAABJRU5ErkJggg=="


def further(t: Texts) -> None:
    """Kinds of questions that are rarer, and items that hold others."""
    picture = Media(kind="image", address=f"data:image/png;base64,{DOT}", title="Un point vert")
    few = FREQUENCY[:3]
    items = (
        ChoiceQuestion(
            link_id="r1",
            number="1.",
            text="Qu’est-ce qui vous aide à dormir ?",
            options=few,
            value=("La musique",),
            open="Autre chose",
            media=(picture,),
            links=(("https://example.org", ""),),
            legal="Échelle fictive, domaine public.",
        ),
        ListQuestion(
            link_id="r2",
            text="Votre pays de naissance",
            options=tuple(Option(code=str(n), text=f"Pays {n}") for n in range(20)),
            open="Ou écrivez-le",
        ),
        SearchQuestion(link_id="r3", text="Votre ville", hint="Écrivez les premières lettres"),
        SearchQuestion(
            link_id="r4", text="Villes où vous avez vécu", many=True, value=(Option(code="Lyon", text="Lyon"),)
        ),
        NumberQuestion(
            link_id="r5",
            text="Votre taille",
            units=(Option(code="cm", text="cm"), Option(code="m", text="m")),
            unit_code="cm",
            value=Decimal(172),
            warning="C’est plus que la dernière fois : vérifiez.",
        ),
        MomentQuestion(link_id="r6", text="Dernière prise", partial=True, value="2026-11-22T21:30"),
        ManyQuestion(
            link_id="r7", text="Vos médecins", one=TextQuestion(link_id="", text=""), values=("Dr Roux", "Dr Petit")
        ),
        FileQuestion(
            link_id="r8",
            text="Votre ordonnance",
            to="/nulle-part",
            kinds=("application/pdf", "image/jpeg"),
            limit=5_000_000,
            files=(GivenFile(key="f1", name="ordonnance.pdf", size=120_000, address="/nulle-part"),),
            many=True,
        ),
        NumberQuestion(link_id="r9", text="Indice de masse corporelle", value=Decimal("23.1")),
        ComputeAgain(link_id="r9~again", path="r9"),
        TwoAnswers(link_id="r9~two", path="r9", mine="23,1", theirs="24", when="23 nov. à 14 h 02"),
        Group(
            link_id="m",
            text="Au cours des 7 derniers jours",
            layout="matrix",
            columns=tuple(option.text for option in FREQUENCY),
            items=tuple(
                ChoiceQuestion(link_id=f"m{n}", text=words, options=FREQUENCY, value=("1",) if n == 0 else ())
                for n, words in enumerate(("Peu d’intérêt à faire les choses", "Tristesse ou désespoir", "Fatigue"))
            ),
        ),
        Group(
            link_id="g",
            text="Vos proches",
            layout="grid",
            columns=("Âge", "Vit avec vous"),
            items=tuple(
                Group(
                    link_id=f"g{n}",
                    text=who,
                    items=(
                        NumberQuestion(link_id=f"g{n}a", text="Âge", whole=True),
                        ChoiceQuestion(link_id=f"g{n}b", text="Vit avec vous", options=yes_no(t), chips=True),
                    ),
                )
                for n, who in enumerate(("Mère", "Père"))
            ),
        ),
        Copies(
            link_id="c*",
            text="Médicament",
            layout="table",
            columns=("Nom", "Dose"),
            copies=tuple(
                Group(
                    link_id=f"c[{n}]",
                    text="",
                    items=(
                        TextQuestion(link_id=f"c[{n}]/n", text="Nom", value=name),
                        NumberQuestion(link_id=f"c[{n}]/d", text="Dose", unit="mg", value=Decimal(500)),
                    ),
                )
                for n, name in enumerate(("Lithium", "Valproate"))
            ),
        ),
        Group(
            link_id="t",
            text="Histoire",
            layout="tabs",
            items=(
                Group(link_id="t1", text="Enfance", items=(TextQuestion(link_id="t1a", text="Votre école"),)),
                Group(link_id="t2", text="Âge adulte", items=(TextQuestion(link_id="t2a", text="Votre métier"),)),
            ),
        ),
    )
    for item in items:
        build_item(t, item, nothing, today=lambda: TODAY, doing=Doing(search=cities))


def rarer(t: Texts) -> None:
    """What few forms ask for: columns, folds, proposals, amounts with any unit, a signature."""
    doctors = (("Dr Anne Roy", "Lille", "Psychiatre"), ("Dr Paul Petit", "Créteil", "Médecin généraliste"))
    items: tuple[Item, ...] = (
        Heading(
            link_id="h",
            text="Vos soins",
            rich="Vos <em>soins</em>",
            hint="Pensez aux douze derniers mois.",
            legal="D’après un guide fictif.",
        ),
        Known(link_id="k", title="Ce qui est déjà connu", lines=("Poids : 62,5 kg (01/11/2026)", "Lithium (2019)")),
        ChoiceQuestion(
            link_id="who",
            text="Qui vous suit ?",
            rich="Qui vous suit <strong>en ce moment</strong> ?",
            needed="facultatif",
            options=tuple(Option(code=f"d{n}", text=cells[0], cells=cells) for n, cells in enumerate(doctors)),
            columns=("Nom", "Ville", "Spécialité"),
            widths=("minmax(0, 2fr)", "", ""),
            value=("d0",),
        ),
        ChoiceQuestion(
            link_id="town",
            text="Où habitez-vous ?",
            across=3,
            options=tuple(Option(code=each, text=each) for each in CITIES[:6]),
        ),
        NumberQuestion(link_id="cups", text="Tasses de café par jour", whole=True, step=Decimal(1), value=Decimal(2)),
        NumberQuestion(
            link_id="size",
            text="Taille",
            own_unit=True,
            units=(Option(code="cm", text="cm"), Option(code="m", text="m")),
            unit_code="cm",
            value=Decimal(172),
        ),
        ManyQuestion(
            link_id="doses",
            text="Doses de la journée",
            one=NumberQuestion(
                link_id="", text="", units=(Option(code="mg", text="mg"), Option(code="g", text="g")), unit_code="mg"
            ),
            values=(Amount(value=Decimal(400), unit="mg"), Amount(value=Decimal("1.2"), unit="g")),
        ),
        Group(
            link_id="fold",
            text="Plus de questions sur vos soins",
            layout="folding",
            open=False,
            items=(TextQuestion(link_id="fold1", text="Votre pharmacie"),),
        ),
        TextQuestion(link_id="gone", text="Une question sans objet", locked="Sans objet, d’après vos autres réponses."),
        Copies(
            link_id="ep*",
            text="Épisode",
            copies=(
                Group(link_id="ep[0]", text="", items=(), closed="Printemps 2019 · Dépression · 3 mois"),
                Group(link_id="ep[1]", text="", items=(TextQuestion(link_id="ep[1]/a", text="Quand ?"),)),
            ),
        ),
        SignatureQuestion(
            link_id="sign",
            text="Signez avec votre prénom et votre nom",
            hint="En écrivant votre nom, vous confirmez que ces réponses sont les vôtres.",
            required=True,
        ),
    )
    for item in items:
        build_item(t, item, nothing, today=lambda: TODAY)


@ui.page("/rarer")
def rarer_page(lang: str = "fr") -> None:
    t = texts(lang)
    frame = Frame(t=t, audience=Audience.PATIENT, person=Person(name="Camille R."), links=())
    with frame.page("Plus rarement", width="reading", css="form"):
        block(h("<h1>Plus rarement</h1>"), "formhead")
        with ui.element("div").classes("questions"):
            rarer(t)


@ui.page("/further")
def further_page(lang: str = "fr") -> None:
    t = texts(lang)
    frame = Frame(t=t, audience=Audience.PATIENT, person=Person(name="Camille R."), links=())
    with frame.page("Autres questions", width="reading", css="form"):
        block(h("<h1>Autres questions</h1>"), "formhead")
        with ui.element("div").classes("questions"):
            further(t)


@ui.page("/form")
def form(lang: str = "fr", error: str = "") -> None:
    t = texts(lang)
    frame = Frame(t=t, audience=Audience.PATIENT, person=Person(name="Camille R."), links=())
    with frame.page("Sommeil et énergie", width="reading", css="form", wrong=bool(error)):
        block(h("<h1>Sommeil et énergie</h1>"), "formhead")
        questions(t, t("The date must be in the past.") if error else "")
        block(help_line(t))


@ui.page("/rehearsal")
def rehearsal(lang: str = "fr", away: str = "") -> None:
    t = texts(lang)
    handlers = Rehearsal(t, away=bool(away))
    frame = Frame(t=t, audience=Audience.PATIENT, person=Person(name="Camille R."), links=())
    with frame.page("Sommeil", width="reading", css="form"):
        FormView(t, handlers, handlers.section(0), name="Sommeil", today=lambda: TODAY, saved_at=NOW, pause="/home")


@ui.page("/welcome")
def sign_in(lang: str = "fr") -> None:
    t = texts(lang)
    with welcome(t, "Me connecter"):
        block(h("<h1>Bonjour</h1><p class='lead'>Pour entrer, pas de mot de passe : nous vous envoyons un code.</p>"))
        build_item(
            t,
            TextQuestion(
                link_id="contact",
                text="Votre adresse e-mail ou votre numéro de mobile",
                hint="Celui que vous avez donné à votre centre expert.",
            ),
            nothing,
            today=lambda: TODAY,
        )
        Button("Recevoir mon code", lambda: None, wide=True)


@ui.page("/home")
def home(lang: str = "fr") -> None:
    t = texts(lang)
    frame = Frame(t=t, audience=Audience.PATIENT, current="/accueil", person=Person(name="Camille Rouvière"))
    with frame.page("Accueil", width="home"):
        landscape()
        block(h("<h1>Merci Camille</h1>"))
        block(help_numbers(t))


@ui.page("/refused")
def no_access(lang: str = "fr") -> None:
    t = texts(lang)
    with Frame(t=t, audience=Audience.CLINIC, person=ANNE).page("Refusé", width="reading"):
        block(refused(t, t("This record is not in your centres."), ["Montpellier", "Nîmes"]))


@ui.page("/ended")
def ended(lang: str = "fr") -> None:
    t = texts(lang)
    with Frame(t=t, audience=Audience.PUBLIC).page("Fin", width="reading"):
        block(session_ended(t))


class Bench:
    """Handlers of a review that keeps decisions in memory."""

    def __init__(self, t: Texts) -> None:
        self.t = t
        self.rows = {row.key: row for row in review_rows(t)}

    async def decide(self, key: str, standing: Standing, comment: str) -> ReviewRow:
        words = "Valide" if standing is Standing.VALID else "Non valide"
        stamp = f"{words}, le 23 nov. à 14 h 02"
        line = ThreadLine(who="Pauline Weber (ARC)", when="23 nov. à 14 h 02", text=comment)
        thread = (line,) if comment else ()
        self.rows[key] = replace(self.rows[key], standing=standing, stamp=stamp, thread=thread, can_withdraw=True)
        return self.rows[key]

    async def withdraw(self, key: str) -> ReviewRow:
        self.rows[key] = replace(self.rows[key], standing=Standing.TO_REVIEW, stamp="", thread=(), can_withdraw=False)
        return self.rows[key]

    async def reply(self, key: str, text: str) -> ReviewRow:
        line = ThreadLine(who="Inès Kaci (infirmière)", when="23 nov. à 14 h 02", text=text)
        self.rows[key] = replace(self.rows[key], thread=(*self.rows[key].thread, line))
        return self.rows[key]


def review_rows(t: Texts) -> tuple[ReviewRow, ...]:
    asked = ThreadLine(
        who="Pauline Weber (ARC)", when="20 nov. à 10 h 14", text="Pouvez-vous vérifier la feuille de recueil ?"
    )
    answered = ThreadLine(
        who="Inès Kaci (infirmière)", when="21 nov. à 9 h 02", text="Erreur de frappe : je lis 66,4 kg."
    )
    return (
        ReviewRow(
            key="taille",
            question="Taille debout",
            answer="168 cm",
            before="M24 : 168 cm",
            standing=Standing.VALID,
            stamp="Valide, le 20 nov. à 10 h 12",
            can_withdraw=True,
        ),
        ReviewRow(
            key="poids",
            question="Poids",
            answer="86,4 kg",
            before="M24 : 64,2 kg",
            remark="Écart de 22,2 kg avec M24 : vérifier la saisie.",
            standing=Standing.NOT_VALID,
            stamp="Question ouverte depuis 2 jours",
            thread=(asked, answered),
            can_reply=True,
        ),
        ReviewRow(key="tension", question="Tension artérielle, couché", answer="128/76 mmHg"),
        ReviewRow(
            key="pouls",
            question="Fréquence cardiaque, couché",
            answer="71 /min",
            former="17 /min",
            standing=Standing.CHANGED,
        ),
        ReviewRow(
            key="tabac",
            question="Fume aujourd’hui",
            answer="Non",
            can_decide=False,
            standing=Standing.VALID,
            stamp="Valide, le 20 nov.",
        ),
    )


@ui.page("/review")
def review(lang: str = "fr") -> None:
    t = texts(lang)
    bench = Bench(t)
    with Frame(
        t=t, audience=Audience.ARC, current="/revue", person=Person(name="Pauline Weber"), place="Étude EMMA"
    ).page("Revue"):
        block(
            page_head(
                "Paramètres physiques", "Rempli par Inès Kaci, infirmière.", eyebrow="Patient 09 01 482 117, visite M36"
            )
        )
        block(keys_hint(t))
        with ui.element("div").classes("sheet sheet-flush rows") as rows:
            rows.props["data-keys"] = "true"
            for row in bench.rows.values():
                ReviewItem(t, row, bench)


def whole_life(t: Texts, period: Period) -> Chart | None:
    return life_chart(
        t, period, mania=YMRS, depression=MADRS, drugs=DRUGS, stays=STAYS, injections=INJECTIONS, lithium=LITHIUM
    )


@ui.page("/charts")
def charts(lang: str = "fr") -> None:
    t = texts(lang)
    period = period_of(TODAY, MADRS.points, YMRS.points, years=4)
    with Frame(t=t, audience=Audience.CLINIC, current="/patients", person=ANNE).page("Graphiques"):
        block(page_head("Graphiques"))
        with ui.element("div").classes("record record-two"):
            with ui.element("div").classes("maincol"):
                ChartCard(
                    t,
                    "Humeur, traitements, lithium",
                    lambda: [chart for chart in [whole_life(t, period)] if chart],
                    note="Octobre 2023 à aujourd’hui",
                    key=[
                        score_key(YMRS, "YMRS, manie"),
                        score_key(MADRS, "MADRS, dépression"),
                        ("Hospitalisation", "var(--ink)", "swatch"),
                    ],
                    twin=score_twin(t, [MADRS, YMRS], "Scores d’humeur") + drug_twin(t, DRUGS, STAYS),
                )
                ChartCard(
                    t,
                    "Traitements",
                    lambda: [drug_chart(t, DRUGS, period, stays=STAYS, injections=INJECTIONS)],
                    twin=drug_twin(t, DRUGS, STAYS),
                )
            with ui.element("div").classes("sidecol"):
                ChartCard(
                    t,
                    "Lithium, plasma",
                    lambda: [lab_chart(t, LITHIUM, period, marks=[Mark(at=date(2024, 5, 2), text="800 → 1 000 mg")])],
                    note="mmol/L, 12 h après la prise",
                    twin=lab_twin(t, LITHIUM),
                )
                ChartCard(
                    t,
                    "DFG estimé",
                    lambda: [lab_chart(t, GFR, period_of(TODAY, GFR.points, years=2))],
                    note="mL/min/1,73 m²",
                    twin=lab_twin(t, GFR),
                )
                ChartCard(
                    t,
                    "MADRS",
                    lambda: [score_chart(t, MADRS, period_of(TODAY, MADRS.points, years=1))],
                    twin=score_twin(t, [MADRS], "MADRS"),
                )


@ui.page("/list")
async def listing(lang: str = "fr") -> None:
    t = texts(lang)
    names = [
        f"{last} {first}"
        for last in ("ABADIE", "BENALI", "DIALLO", "LE GOFF", "MARCHETTI", "NGUYEN", "PERRIN", "ROUVIÈRE")
        for first in ("Camille", "Thomas", "Nadia", "Yann", "Bao")
    ]

    async def load(query: Query) -> Page:
        found = sorted((name for name in names if query.search.lower() in name.lower()), reverse=query.descending)
        cut = found[query.page * 10 : query.page * 10 + 10]
        rows = tuple(
            (
                h(
                    '<a class="name" href="/states">{}</a> <span class="muted num">F, 34 ans</span><br>{}',
                    name,
                    tag("Idées suicidaires", "danger", "alert") if n == 1 else "",
                ),
                "09 01 482 117",
                "eBipolar · M36",
                meter(n, 16),
                band(n % 5, f"MADRS {n * 3}"),
                "mer. 2 déc.",
            )
            for n, name in enumerate(cut)
        )
        return Page(rows=rows, total=len(found), size=10)

    columns = [
        Column(head="Patient", sort="name", full=True, lead=True),
        Column(head="Fondacode", wide_only=True),
        Column(head="Étude, visite"),
        Column(head="Questionnaires"),
        Column(head="Dernier score"),
        Column(head="Prochaine visite", sort="visit"),
    ]
    with Frame(t=t, audience=Audience.CLINIC, current="/patients", person=ANNE).page("Patients"):
        block(page_head("Patients", "40 personnes suivies", end=link_button("Nouveau patient", "#", mark="plus")))
        paged = PagedList(
            t,
            columns,
            load,
            caption="Patients du centre",
            search_label="Nom ou Fondacode",
            sort="name",
            filters=[Filter(name="trial", label="Étude", options={"": "Toutes", "emma": "EMMA"})],
        )
        await paged.start()


@ui.page("/dialogs")
def dialogs(lang: str = "fr", show: str = "") -> None:
    t = texts(lang)
    with Frame(t=t, audience=Audience.ADMIN, person=ANNE).page("Dialogues"):
        block(page_head("Dialogues"))
        confirm = ConfirmDialog(
            t,
            "Supprimer ce brouillon ?",
            "Les 6 réponses de ce brouillon seront perdues.",
            "Supprimer",
            lambda: None,
            key="drop",
            danger=True,
        )
        comment = CommentDialog(
            t,
            "Modifier la réponse",
            "Pourquoi modifier cette réponse ?",
            "Modifier",
            lambda _text: None,
            key="why",
            hint="L’historique garde l’ancienne réponse.",
        )
        with ui.element("div").classes("actions"):
            Button("Supprimer", confirm.open, "danger")
            Button("Modifier", comment.open, "side")
        if show:
            ui.timer(0.2, confirm.open if show == "confirm" else comment.open, once=True)


@ui.page("/errors")
def errors(lang: str = "fr") -> None:
    t = texts(lang)
    with Frame(t=t, audience=Audience.CLINIC, person=ANNE).page("Erreurs", width="reading"):
        block(error_page(t, Unavailable(), here="/list"))


def build() -> FastAPI:
    app = FastAPI()
    ui.add_css((Path(__file__).parent / "gallery.css").read_text(), shared=True)
    install(app)
    return app


if __name__ == "__main__":
    uvicorn.run(build(), host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8140, log_level="warning")
