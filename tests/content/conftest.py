from pathlib import Path

import pytest

from portal.authoring import Catalogue

FOLDER = Path(__file__).parents[2] / "content" / "questionnaires"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load(FOLDER)
