"""What embeddings of NVIDIA NIM take beyond OpenAI's: what inputs are for, how long ones are cut, what numbers are."""

import base64
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..catalog import Catalog, Model
from ..errors import ApiError
from ..tokens import Tokens
from ..world import World
from .chat.prompts import Prompt
from .windows import expect_embeddable

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[tuple[int], np.dtype[np.float32]]

ASYMMETRIC = re.compile(r"nv-embed|embedqa|nemo(?:tron|retriever)|\be5\b|-e5-", re.I)  # models that must know it
LARGEST = 127.0  # of whole numbers


class Wanted(NamedTuple):
    """Vectors of a *known* model, whose *model* is its name without what says the *kind* of inputs.

    *kind* is `query`, `passage` or empty; *type* what the numbers are; *encoded* whether they are told in base64. An
    input is *cut* at its `START` or `END` when it is too long, and has *most* tokens.
    """

    model: str
    known: Model
    kind: str
    type: str
    encoded: bool
    cut: str
    most: int | None


def wanted(world: World, body: dict[str, Any]) -> Wanted:
    """What *body* asks for.

    Raises:
        ApiError: 400, in NIM's dialect, it does not say what its inputs are for, and the model must know.
    """
    catalog = world.engine(Catalog)
    model, kind = catalog.unsuffixed(body["model"])
    kind = body.get("input_type") or kind
    if not kind and world.options.dialect == "nim" and ASYMMETRIC.search(model):
        raise ApiError(400, "'input_type' parameter is required", code="missing_required_parameter", param="input_type")
    return Wanted(
        model,
        catalog.look_up(model),
        kind,
        body.get("embedding_type") or "float",
        body.get("encoding_format") == "base64",
        body.get("truncate") or "NONE",
        body.get("truncate_prompt_tokens"),
    )


def fitted(prompt: Prompt, asked: Wanted, tokens: Tokens, world: World) -> Prompt:
    """*prompt*, without its start or end when it is too long and the request takes that.

    Raises:
        ApiError: 400, it is too long.
    """
    window = asked.known.context_window
    most = window if asked.most == -1 else asked.most
    if most is not None and prompt.size > most:
        prompt = Prompt("".join(tokens.pieces(prompt.text)[:most]), most)
    if window is None or prompt.size <= window:
        return prompt
    if asked.cut == "END":
        return Prompt("".join(tokens.pieces(prompt.text)[:window]), window)
    if asked.cut == "START":
        return Prompt("".join(tokens.pieces(prompt.text)[-window:]), window)
    if world.options.dialect == "nim":
        message = f"Input length {prompt.size} exceeds maximum allowed token size {window}"
        raise ApiError(400, message, code="context_length_exceeded", param="input")
    expect_embeddable(asked.known, prompt.size)
    return prompt


def told(values: "Vector", asked: Wanted) -> Any:
    """*values* as numbers of the type that is *asked* for, or in base64.

    Whole numbers are the values in parts of the largest of them; `binary` and `ubinary` tell which of eight are above
    zero in a byte, the first of them in its highest bit.
    """
    import numpy as np

    made: Any = values
    if asked.type.endswith("int8"):
        scaled = np.rint(values * (LARGEST / np.abs(values).max()))
        made = scaled.astype(np.int8) if asked.type == "int8" else (scaled + 128).astype(np.uint8)
    elif asked.type != "float":
        made = np.packbits(values > 0)
        made = made if asked.type == "ubinary" else (made.astype(np.int16) - 128).astype(np.int8)
    if asked.encoded:
        return base64.b64encode((made.astype("<f4") if asked.type == "float" else made).tobytes()).decode()
    return made
