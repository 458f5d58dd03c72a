"""Embeddings: unit vectors in which texts that share words lie near one another."""

import asyncio
import re
from typing import TYPE_CHECKING, Any

import orjson
import xxhash

from ..answer import Reply
from ..call import Call
from ..clock import give_way
from ..cluster.fleet import Fleet
from ..cluster.latency import INSTANT, Timing
from ..errors import ApiError
from . import embedding_requests
from .chat.prompts import read_prompts
from .generation import identity
from .prose.prose import FILLERS, WORD
from .reading import Texts
from .usage import of_reading

if TYPE_CHECKING:  # numpy takes 0.1 s to import: it is loaded at the first embedding
    import numpy as np

    Vector = np.ndarray[tuple[int], np.dtype[np.float32]]

DIMENSIONS = 1536  # of a model that the catalog does not know
MOST_INPUTS, MOST_TOKENS_TOGETHER = 2048, 300_000
LONG = 4096  # tokens of an input from which others have their turns while its vector is made

SPREAD = 12  # places of the vector that one feature of a text moves
HALVINGS = 4  # of the scopes in which these lie, so that the first dimensions of a vector have something of every word
WORD_WEIGHT, FILLER_WEIGHT, PAIR_WEIGHT, TRIGRAM_WEIGHT = 1.0, 0.15, 0.5, 0.25
HAZE = 0.15  # length of the part that is each text's own, against 1.0 for the part its words decide


async def embed(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """One vector for each input.

    Raises:
        ApiError: 400, an input is empty or too long, or there are too many, or the model has fewer dimensions.
    """
    asked = embedding_requests.wanted(call.world, body)
    model: str = body["model"]
    known, tokens = asked.known, call.world.tokens_for(asked.model)
    if not tokens.loaded:
        await tokens.ready()
    inputs = read_prompts(body["input"], tokens, "input")
    if len(inputs) > MOST_INPUTS:
        raise _no(f"Invalid 'input': at most {MOST_INPUTS} inputs are taken, but got {len(inputs)}.", "input")
    size = known.dimensions or DIMENSIONS
    wanted: int = body.get("dimensions") or size
    if wanted > size:
        raise _no(f"Invalid 'dimensions': {model} has {size} dimensions, but {wanted} were asked for.", "dimensions")
    data, used, texts = [], 0, []
    for at, prompt in enumerate(inputs):
        if not prompt.text:
            raise _no("Invalid 'input': an input is empty.", "input" if len(inputs) == 1 else f"input[{at}]")
        text, count = embedding_requests.fitted(prompt, asked, tokens, call.world)
        used += count
        texts.append(text)
        if used > MOST_TOKENS_TOGETHER:
            raise _no(f"Invalid 'input': one request takes at most {MOST_TOKENS_TOGETHER} tokens.", "input")
        if at:
            await give_way()
        if count < LONG:
            values = vector(text, asked.model, size, wanted, asked.kind)
        else:
            values = await asyncio.to_thread(vector, text, asked.model, size, wanted, asked.kind)
        data.append({"object": "embedding", "index": at, "embedding": embedding_requests.told(values, asked)})
    answer = {"object": "list", "data": data, "model": model, "usage": of_reading(used)}
    exchange = Texts(tokens, used, "\n".join(texts))
    due, schedule = (
        call.world.engine(Fleet).serve(call, timing, model, exchange, (), identity(body), looked_up=False).whole()
    )
    return Reply(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), due, schedule=schedule)


def vector(text: str, model: str, size: int, wanted: int, kind: str = "") -> "Vector":
    """The unit vector of *text*, shape `(wanted,)`: the first *wanted* of the model's *size* dimensions.

    A text has vectors of several *kinds*, which lie near one another.
    """
    import numpy as np

    features = _features(text)
    seed = xxhash.xxh3_64_intdigest(model.encode())
    hashes = np.array([xxhash.xxh3_64_intdigest(name.encode(), seed) for name in features], dtype=np.uint64)
    weights = np.array(list(features.values()))
    steps = np.arange(1, SPREAD + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = _mix(hashes[:, None] ^ steps[None, :])
    scopes = np.maximum(size >> (np.arange(SPREAD) % HALVINGS), 1).astype(np.uint64)
    places = (mixed >> np.uint64(1)) % scopes[None, :]
    signs = np.where(mixed & np.uint64(1), 1.0, -1.0) * weights[:, None]
    meaning = np.bincount(places.ravel().astype(np.int64), weights=signs.ravel(), minlength=size)
    own = _mix(np.arange(size, dtype=np.uint64) ^ np.uint64(xxhash.xxh3_64_intdigest(f"{kind}{text}".encode(), seed)))
    haze = own.astype(np.float64) / 2**63 - 1.0
    values = (meaning / (np.linalg.norm(meaning) or 1.0) + HAZE * haze / np.linalg.norm(haze))[:wanted]
    unit: Vector = (values / np.linalg.norm(values)).astype(np.float32)
    return unit


def _features(text: str) -> dict[str, float]:
    """What a text is made of, with weights: words, neighbouring words, and three-letter parts of words."""
    words = [word.lower() for word in WORD.findall(text)] or re.findall(r"\S", text)[:64] or [text]
    features: dict[str, float] = {}
    previous = ""
    for word in words:
        filler = word in FILLERS
        features[word] = features.get(word, 0.0) + (FILLER_WEIGHT if filler else WORD_WEIGHT)
        if filler:
            continue
        if previous:
            pair = f"{previous} {word}"
            features[pair] = features.get(pair, 0.0) + PAIR_WEIGHT
        for at in range(len(word) - 2):
            part = f"~{word[at : at + 3]}"
            features[part] = features.get(part, 0.0) + TRIGRAM_WEIGHT
        previous = word
    return {name: weight**0.5 for name, weight in features.items()}


def _mix(values: "np.ndarray[Any, np.dtype[np.uint64]]") -> "np.ndarray[Any, np.dtype[np.uint64]]":
    """SplitMix64's finalizer: every bit of the result depends on every bit of the value."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _no(message: str, param: str) -> ApiError:
    return ApiError(400, message, code="invalid_value", param=param)
