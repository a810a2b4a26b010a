"""The patient's record: treatments, biology, scores over time, alerts and documents, whatever the trial."""

from portal.record.alerts import Alert, acknowledge_alert, alerts
from portal.record.biology import Biology, BiologyGroup, Result, add_biology, biology
from portal.record.content import Analyte, DrugClass, Label, Substance, Watch, analytes, psychotropics
from portal.record.documents import Document, documents
from portal.record.dosage import Dosage, parse_dosage
from portal.record.measures import Flag, Measure, Series
from portal.record.overview import Course, Life, Overview, Watched, courses, overview
from portal.record.scores import ScorePoint, ScoreSeries, scores
from portal.record.treatments import (
    STOP_REASONS,
    Treatment,
    add_treatment,
    change_dose,
    known_atc,
    stop_treatment,
    treatments,
    withdraw_treatment,
)

__all__ = [
    "STOP_REASONS",
    "Alert",
    "Analyte",
    "Biology",
    "BiologyGroup",
    "Course",
    "Document",
    "Dosage",
    "DrugClass",
    "Flag",
    "Label",
    "Life",
    "Measure",
    "Overview",
    "Result",
    "ScorePoint",
    "ScoreSeries",
    "Series",
    "Substance",
    "Treatment",
    "Watch",
    "Watched",
    "acknowledge_alert",
    "add_biology",
    "add_treatment",
    "alerts",
    "analytes",
    "biology",
    "change_dose",
    "courses",
    "documents",
    "known_atc",
    "overview",
    "parse_dosage",
    "psychotropics",
    "scores",
    "stop_treatment",
    "treatments",
    "withdraw_treatment",
]
