"""Figures about everybody in which nobody is found, and a list by pseudonym where a setting allows one."""

from portal.statistics.figures import JOINT, TRIAL, Figures, FormFigures, figures
from portal.statistics.hiding import LEAST, Shown
from portal.statistics.people import BANDS, SEXES, UNKNOWN
from portal.statistics.pseudonyms import PAGE, Pseudonym, PseudonymPage, pseudonyms, pseudonyms_allowed

__all__ = [
    "BANDS",
    "JOINT",
    "LEAST",
    "PAGE",
    "SEXES",
    "TRIAL",
    "UNKNOWN",
    "Figures",
    "FormFigures",
    "Pseudonym",
    "PseudonymPage",
    "Shown",
    "figures",
    "pseudonyms",
    "pseudonyms_allowed",
]
