"""Pictures are served in the sizes that pages show; originals and documents are not."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail leaves its own file open
def test_a_made_size_is_kept_for_a_year(client: Client) -> None:
    image = get_image_model().objects.create(title="Nässjö", file=get_test_image_file())

    response = client.get(image.get_rendition("width-40").url)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


def test_originals_documents_and_everything_else_stay_inside(client: Client) -> None:
    image = get_image_model().objects.create(title="Nässjö", file=get_test_image_file())
    document = get_document_model().objects.create(title="Avtal", file=ContentFile(b"text", name="avtal.pdf"))

    for address in (
        image.file.url,
        document.file.url,
        "/media/images/finns-inte.png",
        "/media/images/..%2Foriginal_images%2Fx.png",
        "/media/images/avtal.pdf",
        "/media/images/.png",
    ):
        assert client.get(address).status_code == 404, address
