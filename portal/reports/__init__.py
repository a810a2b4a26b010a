"""Papers: a form to fill by hand, answers to keep. Written as HTML, printed as tagged PDF in a process of their own."""

from portal.reports.answers import About, answers_paper
from portal.reports.blank import blank_paper
from portal.reports.identity import identity_line
from portal.reports.printing import Printer

__all__ = ["About", "Printer", "answers_paper", "blank_paper", "identity_line"]
