"""What every test of matters stands on."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.workflows.factories import House


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are compared as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def hoglandet(db: None) -> House:
    """Höglandet with its people, its form and its workflow."""
    return House()
