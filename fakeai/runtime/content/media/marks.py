"""The mark in an image that says which model made it and when: three fields of its EXIF data."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

SOFTWARE, MODEL, MADE = 0x0131, 0x0110, 0x0132  # tags of EXIF
MAKER = "FakeAI"
WRITTEN = "%Y:%m:%d %H:%M:%S"  # how EXIF writes a moment


class Mark(NamedTuple):
    """*generated_at* is a moment of UTC as ISO 8601 writes it."""

    model: str
    generated_at: str


def exif(model: str, now: float) -> "Image.Exif":
    """The EXIF data of an image that *model* makes at the moment *now*."""
    from PIL import Image

    data = Image.Exif()
    data[SOFTWARE], data[MODEL] = MAKER, model.encode("ascii", "replace").decode()
    data[MADE] = datetime.fromtimestamp(int(now), UTC).strftime(WRITTEN)
    return data


def mark_of(image: "Image.Image") -> Mark | None:
    """The mark of *image*; None when it has none."""
    data = image.getexif()
    if data.get(SOFTWARE) != MAKER:
        return None
    made = datetime.strptime(str(data.get(MADE)), WRITTEN).replace(tzinfo=UTC)
    return Mark(str(data.get(MODEL)), made.isoformat().replace("+00:00", "Z"))
