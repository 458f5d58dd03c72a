"""The mark in an image of ours: which model made it, when, and of what; four fields of its EXIF data."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

SOFTWARE, MODEL, MADE, SHOWS = 0x0131, 0x0110, 0x0132, 0x010E  # tags of EXIF
MAKER = "FakeAI"
WRITTEN = "%Y:%m:%d %H:%M:%S"  # how EXIF writes a moment
LONGEST = 2000  # bytes of a prompt that are kept


class Mark(NamedTuple):
    """*generated_at* is a moment of UTC as ISO 8601 writes it, *prompt* what the image shows. Sound says neither."""

    model: str | None
    generated_at: str | None
    prompt: str


def exif(model: str, now: float, prompt: str = "") -> "Image.Exif":
    """The EXIF data of an image of *prompt* that *model* makes at the moment *now*."""
    from PIL import Image

    data = Image.Exif()
    data[SOFTWARE], data[MODEL] = MAKER, model.encode("ascii", "replace").decode()
    data[MADE] = datetime.fromtimestamp(int(now), UTC).strftime(WRITTEN)
    if prompt:
        data[SHOWS] = prompt.replace("\0", "").encode("utf-8", "replace")[:LONGEST]
    return data


def mark_of(image: "Image.Image") -> Mark | None:
    """The mark of *image*; None when it has none."""
    data = image.getexif()
    if data.get(SOFTWARE) != MAKER:
        return None
    try:
        made = datetime.strptime(str(data.get(MADE)), WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return None
    shown = data.get(SHOWS, "")
    prompt = shown.decode("utf-8", "ignore") if isinstance(shown, bytes) else _text(str(shown))
    return Mark(str(data.get(MODEL)), made.isoformat().replace("+00:00", "Z"), prompt)


def _text(read: str) -> str:
    """What was written, from how EXIF's reader decodes it."""
    return read.encode("latin-1", "ignore").decode("utf-8", "ignore")
