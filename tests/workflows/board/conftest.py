"""What every test of the board stands on."""

import pytest

from tests.workflows.board.people import Boardroom


@pytest.fixture
def room(db: None) -> Boardroom:
    """Höglandet with its board."""
    return Boardroom()
