"""The demonstration: three centres, nine professionals, sixty patients, two trials and two years of their lives.

All of it is fictitious, comes out the same for the same day, and is made through the verbs that real use takes.
"""

from portal.demo.cast import CENTRES, PATIENTS, PROFESSIONALS, Centre, DemoPatient, Professional
from portal.demo.clean import MARK, clean
from portal.demo.start import open_demo, welcome
from portal.demo.world import DEMO_PASSWORD, build_world

__all__ = [
    "CENTRES",
    "DEMO_PASSWORD",
    "MARK",
    "PATIENTS",
    "PROFESSIONALS",
    "Centre",
    "DemoPatient",
    "Professional",
    "build_world",
    "clean",
    "open_demo",
    "welcome",
]
