"""The forms and trials that this portal has: what is in content/, and the folders outside the repository that the settings
name. Whoever needs them loads them here, so that the portal, the init bundle and `portal check` hold the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.authoring import Catalogue
from portal.settings import Settings
from portal.trials import Trial, load_trials

CONTENT = Path(__file__).parent.parent / "content"


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    catalogue: Catalogue = field(repr=False)
    trials: Mapping[str, Trial] = field(repr=False)


def load_content(settings: Settings, folder: Path = CONTENT) -> Content:
    """Raises `AuthoringError` or `NotReady` with the file to mend."""
    catalogue = Catalogue.load(folder / "questionnaires", norms=settings.norms, private=settings.questionnaires)
    trials = load_trials(folder / "trials", known_codes=frozenset(catalogue.codes))
    return Content(catalogue=catalogue, trials=trials)
