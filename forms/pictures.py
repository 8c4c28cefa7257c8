"""Pictures without what cameras write into them: no place, no names, no serial numbers; only the picture."""

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from forms.filetypes import FileType, Refused

FORMATS = {"jpg": "JPEG", "png": "PNG"}
MOST_POINTS = 64_000_000
QUALITY = 92  # of a picture that has to be turned
KEPT = ("transparency", "icc_profile", "gamma")  # what the picture itself needs to look right

DAMAGED = _("The picture is damaged. Open it, save it again and try once more.")
TOO_MANY_POINTS = _("The picture has too many points to be received. Make it smaller and try once more.")


def is_picture(kind: FileType) -> bool:
    """Is this a kind of file that holds a picture?"""
    return kind.name in FORMATS


def without_metadata(file: Any, kind: FileType) -> ContentFile:
    """The same picture the right way up, with its colours and nothing else. Raises Refused when it cannot be read."""
    file.seek(0)
    try:
        with Image.open(file, formats=[FORMATS[kind.name]]) as picture:
            if picture.width * picture.height > MOST_POINTS:
                raise Refused("too_many_points", TOO_MANY_POINTS)
            return ContentFile(_saved(picture, FORMATS[kind.name]))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("damaged", DAMAGED) from error


def _saved(picture: Any, name: str) -> bytes:
    picture.load()
    turned = ImageOps.exif_transpose(picture) if picture.getexif().get(0x0112, 1) != 1 else None
    shown = turned or picture
    shown.info = {key: value for key, value in picture.info.items() if key in KEPT}
    options: dict[str, Any] = {"icc_profile": shown.info.get("icc_profile")}
    if name == "JPEG":
        # Compressed no harder than it was; a picture that had to be turned has lost what it was compressed by.
        same = turned is None and shown.format == "JPEG"
        options |= {"quality": "keep", "subsampling": "keep"} if same else {"quality": QUALITY}
    held = BytesIO()
    shown.save(held, name, exif=b"", **options)
    return held.getvalue()
