"""What can be said of a picture, a film, a recording or a file in a prompt, in a few words.

Pictures and sound of ours say what they show and say; of others one sees size and colours, and hears how long they are.
"""

import io
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from ..media import listening
from ..media.marks import mark_of
from . import documents, perception, pictures
from .clips import Clip
from .data_urls import DataUrl
from .perception import SEEN, Part
from .pictures import Size

GLANCE = 24  # pixels of the edges of what colours are looked for in
LARGEST = 40_000_000  # pixels of a picture that is decoded
QUOTED = 160  # characters of what is said
COLOURS = {
    "black": (15, 15, 15), "white": (245, 245, 245), "grey": (128, 128, 128), "red": (205, 40, 40),
    "orange": (235, 140, 40), "yellow": (240, 220, 60), "green": (60, 150, 70), "dark green": (25, 70, 40),
    "turquoise": (60, 180, 180), "blue": (50, 100, 210), "light blue": (150, 200, 240), "navy blue": (20, 30, 80),
    "purple": (120, 60, 160), "pink": (240, 160, 190), "brown": (120, 75, 40), "beige": (225, 205, 170),
}  # fmt: skip


class Look(NamedTuple):
    """What is *said* of a part of a prompt, and the *text* in it when it is a file."""

    said: str
    text: str = ""


def describe(part: dict[str, Any]) -> str:
    """A noun phrase for *part* of a prompt: "a wide JPEG image, mostly blue and white, of 1280 by 720 pixels".

    It may decode a picture or a recording, which takes up to some hundred ms: call it in a thread, once for a part.

    Raises:
        ApiError: 400, its bytes are not what they should be.
    """
    return look(part).said


def look(part: dict[str, Any]) -> Look:
    """What `describe` says of *part*, and the text of a file. Call it in a thread, once for a part.

    Raises:
        ApiError: 400, its bytes are not what they should be.
    """
    if part.get("type") not in SEEN:
        return Look("")
    read = perception.read(part)
    if read.kind == "file":
        document = perception.opened(read)
        return Look(_file(read, document), "" if document is None else document.text)
    return Look({"picture": _picture, "film": _film, "sound": _sound}[read.kind](read))


def said(part: dict[str, Any]) -> str:
    """What is said in a recording of ours; empty for others. Call it in a thread."""
    heard = _heard(perception.read(part))
    return "" if heard is None else heard.text or ""


def subject(url: str) -> str:
    """What the address of a picture says that it shows: the prompt, in ours; words of its path, in others."""
    parts = urlsplit(url)
    shown = parse_qs(parts.query, max_num_fields=100).get("shows")
    if shown:
        return shown[0]
    name = unquote(parts.path.rpartition("/")[2]).rpartition(".")[0]
    words = [word for word in name.replace("_", " ").replace("-", " ").split() if word.isalpha() and len(word) > 2]
    return " ".join(words) if len(words) > 1 else ""


def _picture(part: Part) -> str:
    size = perception.picture_size(part)
    if size is None:
        return "an image"
    found = perception.inline(part)
    if found is None:
        shows = subject(part.url)
        return f"{_shape(size)} image of {size.width} by {size.height} pixels" + (f" of {_cut(shows)}" if shows else "")
    known = pictures.known(found.content)
    format = known.format if known is not None else "PNG"
    shows, colours = _seen(found, size)
    if shows:
        return f"{_shape(size)} {format} image of {size.width} by {size.height} pixels that shows {_cut(shows)}"
    looks = f", mostly {' and '.join(colours)}," if colours else ""
    return f"{_shape(size)} {format} image{looks} of {size.width} by {size.height} pixels"


def _seen(found: DataUrl, size: Size) -> tuple[str, list[str]]:
    """What a picture says that it shows, or the colours that it has most of."""
    from PIL import Image

    if size.width * size.height > LARGEST:
        return "", []
    try:
        with Image.open(io.BytesIO(found.content.all()), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
            mark = mark_of(image)
            if mark is not None and mark.prompt:
                return mark.prompt, []
            image.draft("RGB", (GLANCE * 8, GLANCE * 8))
            glance = image.convert("RGB").resize((GLANCE, GLANCE), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "", []
    raw = glance.tobytes()
    counts: dict[str, int] = {}
    for at in range(0, len(raw), 3):
        name = colour(raw[at], raw[at + 1], raw[at + 2])
        counts[name] = counts.get(name, 0) + 1
    most = sorted(counts, key=lambda name: (-counts[name], name))
    return "", [name for name in most[:2] if counts[name] * 6 >= GLANCE * GLANCE]


def colour(red: int, green: int, blue: int) -> str:
    """The name that is nearest to a colour; 0 to 255 each."""

    def distance(name: str) -> int:
        other = COLOURS[name]
        return 3 * (red - other[0]) ** 2 + 6 * (green - other[1]) ** 2 + 2 * (blue - other[2]) ** 2

    return min(COLOURS, key=distance)


def _film(part: Part) -> str:
    clip: Clip = perception.clip(part)
    return f"a video of {clip.seconds:g} seconds in {clip.size.width} by {clip.size.height} pixels"


def _sound(part: Part) -> str:
    length = f"a recording of {perception.seconds(part):.1f} seconds"
    heard = _heard(part)
    if heard is None:
        return length
    if heard.text:
        return f'{length} in which somebody says "{_cut(heard.text)}"'
    return length if heard.turns else f"{length} in which nobody speaks"


def _heard(part: Part) -> listening.Heard | None:
    found = perception.inline(part) if part.url.startswith("data:") else None
    if found is None:
        return None
    try:
        return listening.listen(found.content.all())
    except ValueError:
        return None


def _file(part: Part, document: documents.Document | None) -> str:
    name = f"the file {part.name}" if part.name else "a file"
    if document is None:
        return name
    pages = len(document.pages)
    length = f" with {pages} page{'s' if pages != 1 else ''}" if pages else ""
    begins = " ".join(document.text.split())
    return f"{name}{length}" + (f' that begins "{_cut(begins)}"' if begins else "")


def _shape(size: Size) -> str:
    if size.width * 4 > size.height * 5:
        return "a wide"
    return "a tall" if size.height * 4 > size.width * 5 else "a square"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= QUOTED else text[:QUOTED].rpartition(" ")[0] + " …"
