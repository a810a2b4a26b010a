"""Every component in every state, on one server: what a reviewer opens first and what the browser tests drive.

Start it by hand with `python -m tests.components.gallery 8140`; the language follows `?lang=`.
"""

import sys
from pathlib import Path
from datetime import UTC, date, datetime
from decimal import Decimal

import uvicorn
from fastapi import FastAPI
from nicegui import ui

from components.blocks import Button, block
from components.form import (
    ChoiceQuestion,
    Computed,
    FormView,
    HelpNumbers,
    Saved,
    Section,
    Wrong,
    DateQuestion,
    Display,
    Heading,
    ListQuestion,
    NumberQuestion,
    Option,
    ScaleQuestion,
    TextQuestion,
    TimeQuestion,
    Value,
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
from components.states import backend_away, empty, loading, refused, session_ended
from components.theme import install
from portal.errors import Unavailable
from portal.i18n import Texts, texts

TODAY = date(2026, 11, 23)
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


def build() -> FastAPI:
    app = FastAPI()
    ui.add_css((Path(__file__).parent / "gallery.css").read_text(), shared=True)
    install(app)
    return app


if __name__ == "__main__":
    uvicorn.run(build(), host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8140, log_level="warning")
