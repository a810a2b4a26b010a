"""Writing forms: YAML to FHIR Questionnaire, what is wrong with a form and where, and the catalogue of those there are."""

from portal.authoring.catalogue import Catalogue
from portal.authoring.decompiling import decompile
from portal.authoring.errors import AuthoringError, Place
from portal.authoring.lint import lint
from portal.authoring.reading import load_form, load_json, load_yaml, parse_json, parse_yaml, tables_in
from portal.authoring.remarks import Remark

__all__ = [
    "AuthoringError",
    "Catalogue",
    "Place",
    "Remark",
    "decompile",
    "lint",
    "load_form",
    "load_json",
    "load_yaml",
    "parse_json",
    "parse_yaml",
    "tables_in",
]
