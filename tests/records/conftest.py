"""What the tests of this room share."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences are asserted as they stand in the source, whether the catalogue is compiled or not."""
    with translation.override("en"):
        yield
