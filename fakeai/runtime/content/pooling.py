"""What pooling models say of texts: their classes, their vectors, or a row for each of their tokens."""

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import orjson

from ..answer import Reply
from ..call import Call
from ..catalog import Catalog
from ..clock import give_way
from ..cluster.latency import INSTANT, Timing
from ..errors import ApiError
from ..tokens import Tokens
from .chat.prompts import Prompt, read_prompts
from .classes import classes_of, logits, probabilities
from .embedding import DIMENSIONS, vector
from .generation import identity
from .usage import of_pooling
from .windows import expect_embeddable

if TYPE_CHECKING:
    import numpy as np

    Rows = np.ndarray[Any, np.dtype[np.float32]]

WIDTH = 128  # dimensions of a token's row, of a model that the catalog gives none
TASKS = ("embed", "classify", "token_embed", "token_classify")
USUAL = "token_embed"
MOST_INPUTS = 2048
MOST_VALUES = 4_000_000  # in the rows of one answer
SHORT, LONG = 64, 1024  # tokens of an input from which its tokens, or its class, are looked at in a thread
NEIGHBOURS = 0.25  # how much the rows around it move a token's row


async def classify(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """The class of each input, with the probabilities of all classes.

    Raises:
        ApiError: 400, an input is empty or too long, or there are too many.
    """
    model: str = body["model"]
    _, inputs = await _inputs(call, body)
    labels, data = classes_of(model).labels, []
    for at, prompt in enumerate(inputs):
        if prompt.size > LONG:
            sure = probabilities(await asyncio.to_thread(logits, model, prompt.text))
        else:
            sure = probabilities(logits(model, prompt.text))
        label = labels[sure.index(max(sure))]
        data.append({"index": at, "label": label, "probs": sure, "num_classes": len(labels)})
        await give_way()
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    used = sum(prompt.size for prompt in inputs)
    usage = of_pooling(used)
    head = {"id": call.new_id("classify-"), "object": "list", "created": int(call.now), "model": model}
    return call.reply({**head, "data": data, "usage": usage}, due)


async def pool(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """What the model makes of each input: a vector, or a row for each token, as the body's `task` says.

    Raises:
        ApiError: 400, an input is empty or too long, there are too many, or what is asked for is not given.
    """
    task = body.get("task") or USUAL
    if task not in TASKS:
        listed = ", ".join(f"'{name}'" for name in TASKS)
        raise ApiError(
            400, f"Invalid value: '{task}'. Supported values are: {listed}.", code="invalid_value", param="task"
        )
    if body.get("dimensions") is not None:
        raise ApiError(400, "dimensions is currently not supported", code="invalid_value", param="dimensions")
    tokens, inputs = await _inputs(call, body)
    size = call.world.engine(Catalog).look_up(body["model"]).dimensions or WIDTH
    most = MOST_VALUES // size
    if task.startswith("token") and sum(prompt.size for prompt in inputs) > most:
        message = f"Invalid 'input': a row for each token is given of at most {most} tokens."
        raise ApiError(400, message, code="invalid_value", param="input")
    raw = body.get("use_activation") is False
    data = []
    for at, prompt in enumerate(inputs):
        if prompt.size > SHORT:
            made = await asyncio.to_thread(_pooled, call, body["model"], tokens, prompt.text, task, raw)
        else:
            made = _pooled(call, body["model"], tokens, prompt.text, task, raw)
        shown = base64.b64encode(made.tobytes()).decode() if body.get("encoding_format") == "base64" else made
        data.append({"index": at, "object": "pooling", "data": shown})
        await give_way()
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    used = sum(prompt.size for prompt in inputs)
    usage = of_pooling(used)
    head = {"id": call.new_id("pool-"), "object": "list", "created": int(call.now), "model": body["model"]}
    return Reply(orjson.dumps({**head, "data": data, "usage": usage}, option=orjson.OPT_SERIALIZE_NUMPY), due)


def _pooled(call: Call, model: str, tokens: Tokens, text: str, task: str, raw: bool) -> "Rows":
    """What *task* makes of *text*, shape `(width,)`, or `(tokens, width)` when it is of tokens."""
    import numpy as np

    known = call.world.engine(Catalog).look_up(model)
    if task == "embed":
        size = known.dimensions or DIMENSIONS
        return vector(text, model, size, size)
    if task == "classify":
        found = logits(model, text)
        return np.array(found if raw else probabilities(found), np.float32)
    pieces = tokens.pieces(text)
    if task == "token_classify":
        rows = [logits(model, piece) for piece in pieces]
        return np.array(rows if raw else [probabilities(row) for row in rows], np.float32)
    size = known.dimensions or WIDTH
    rows_of = np.array([vector(piece, model, size, size) for piece in pieces], np.float32)
    around = np.pad(rows_of, ((1, 1), (0, 0)))
    mixed = rows_of + np.float32(NEIGHBOURS) * (around[:-2] + around[2:])
    unit: Rows = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype("<f4")
    return unit


async def _inputs(call: Call, body: dict[str, Any]) -> tuple[Tokens, list[Prompt]]:
    """The model's tokens and the body's inputs, cut where it says so.

    Raises:
        ApiError: 400, there is none or are too many, or one is empty or too long.
    """
    model: str = body["model"]
    tokens = call.world.tokens_for(model)
    if not tokens.loaded:
        await tokens.ready()
    inputs = read_prompts(body["input"], tokens, "input")
    if len(inputs) > MOST_INPUTS:
        message = f"Invalid 'input': at most {MOST_INPUTS} inputs are taken, but got {len(inputs)}."
        raise ApiError(400, message, code="invalid_value", param="input")
    known = call.world.engine(Catalog).look_up(model)
    kept = []
    for at, prompt in enumerate(inputs):
        if not prompt.text:
            place = "input" if len(inputs) == 1 else f"input[{at}]"
            raise ApiError(400, "Invalid 'input': an input is empty.", code="invalid_value", param=place)
        most = body.get("truncate_prompt_tokens")
        most = known.context_window if most == -1 else most
        if most is not None and prompt.size > most:
            prompt = Prompt("".join(tokens.pieces(prompt.text)[:most]), most)
        expect_embeddable(known, prompt.size)
        kept.append(prompt)
    return tokens, kept
