"""Trials and cohorts as data: a file in content/trials describes visits and batteries; nothing here knows a trial by name."""

from portal.trials.arcs import arc_trials, arcs_of, name_arc, withdraw_arc
from portal.trials.enrol import Enrolment, enrol, open_visit, plan_visits
from portal.trials.load import load_trial, load_trials
from portal.trials.manage import TrialSummary, assign_trial, install, list_trials, withdraw_trial
from portal.trials.model import Category, Trial, TrialForm, VisitKind
from portal.trials.read import (
    Membership,
    SubjectPage,
    SubjectRow,
    SubjectVisit,
    VisitForm,
    memberships,
    subject,
    subject_of,
    subjects,
    visits,
)
from portal.trials.render import plan_definition, study

__all__ = [
    "Category",
    "Enrolment",
    "Membership",
    "SubjectPage",
    "SubjectRow",
    "SubjectVisit",
    "Trial",
    "TrialForm",
    "TrialSummary",
    "VisitForm",
    "VisitKind",
    "arc_trials",
    "arcs_of",
    "assign_trial",
    "enrol",
    "install",
    "list_trials",
    "load_trial",
    "load_trials",
    "memberships",
    "name_arc",
    "open_visit",
    "plan_definition",
    "plan_visits",
    "study",
    "subject",
    "subject_of",
    "subjects",
    "visits",
    "withdraw_arc",
    "withdraw_trial",
]
