"""Text completions, the older form: prompts in, continuations out."""

from typing import Any

import orjson

from ...answer import Answer, Reply
from ...call import Call
from ...catalog import Catalog
from ...chance import Chance
from ...cluster.fleet import Fleet
from ...cluster.latency import INSTANT, Timing
from ...cluster.placement import facts
from ...errors import ApiError
from ...ledger.rows import Extra
from ...tokens import SLICE
from ..extensions import spread
from ..generation import Limits, Text, identity, writer_for
from ..guides import guided
from ..messages import prepare
from ..prose.prose import Part
from ..reading import Texts
from ..sampling import PLAIN, Sampling, probabilities
from ..speaking import go_on
from ..usage import usage
from ..windows import fitting
from .chunks import TEXT, stream
from .nvext import members
from .prompts import read_prompts, texts_of

DEFAULT_MAX_TOKENS = 16

HEAD = b'{"id":"%b","object":"text_completion","created":%d,"model":%b,"system_fingerprint":"%b"'
CHOICE = b'{"index":%d,"text":%b,"logprobs":%b,"finish_reason":"%b"}'


async def complete(call: Call, body: dict[str, Any], stream_when: str, timing: Timing = INSTANT) -> Answer:
    """Continue each prompt `n` times; as a stream of chunks when the body's field *stream_when* is true.

    Raises:
        ApiError: 400, the request asks for what cannot be given; or the script says that it fails.
    """
    if "nvext" in body or "structured_outputs" in body:
        body = spread(body)
    engine = await writer_for(call.world, body["model"])
    tokens = engine.tokens
    limits = Limits.of(body, "max_tokens", default=DEFAULT_MAX_TOKENS, floor=0)
    copies = int(body.get("n") or 1)
    if (body.get("best_of") or copies) < copies:
        raise ApiError(400, "You requested that the server return more choices than it generates: best_of must be at "
                       "least n.", code="invalid_value", param="best_of")  # fmt: skip
    if len(call.body) > SLICE:
        await prepare(tokens, [{"content": text} for text in texts_of(body.get("prompt"))])
    prompts = read_prompts(body.get("prompt"), tokens, "prompt")
    model = call.world.engine(Catalog).look_up(body["model"])
    if model.context_window is not None:
        limits = fitting(model, max(prompt.size for prompt in prompts), limits, {limits.name: limits.most}, "prompt")
    key = identity(body)
    sampling = Sampling.of({name: value for name, value in body.items() if name != "logprobs"})
    answers = await go_on(
        call,
        engine,
        body["model"],
        [prompt.text for prompt in prompts],
        key,
        limits,
        copies,
        PLAIN if sampling == PLAIN else sampling,
        *guided(body),
    )
    texts, late = [Text(said.text.parts, said.finish_reason) for said in answers], max(said.delay for said in answers)
    made = sum(text.size for text in texts)
    sizes = [text.size for text in texts]
    fleet = call.world.engine(Fleet)
    read = [Texts(tokens, prompt.size, prompt.text, str(texts[at * copies])) for at, prompt in enumerate(prompts)]
    if len(call.body) > SLICE:
        for at, each in enumerate(read):
            await fleet.ahead(each, b"%b.%d" % (key, at), body["model"])
    served = [
        fleet.serve(
            call,
            timing,
            body["model"],
            read[at],
            sizes[at * copies : (at + 1) * copies],
            b"%b.%d" % (key, at),
            late=late,
            openais=model.is_openais,
            temperature=body.get("temperature"),
            streams=body.get(stream_when) is True,
            finish=texts[at * copies].finish_reason,
            extra=Extra(continues=True) if at else None,
        )
        for at in range(len(prompts))
    ]
    longest = max(served, key=lambda each: each.request.passes)
    spent = usage(sum(prompt.size for prompt in prompts), made, sum(each.cached for each in served))
    if body.get("echo") is True:
        texts = [
            Text([Part(tokens.pieces(prompts[i // copies].text)), *text.parts], text.finish_reason)
            for i, text in enumerate(texts)
        ]
    told = None
    if body.get("logprobs") is not None:
        alternatives, greedy = int(body["logprobs"]), sampling.greedy
        told = [
            _logprobs(text, alternatives, greedy, call.world.chance(key, b"logprobs", b"%d" % i))
            for i, text in enumerate(texts)
        ]
    head = HEAD % (call.new_id("cmpl-").encode(), call.now, orjson.dumps(body["model"]), engine.fingerprint)
    if "nvext" in body:
        head += members(body, facts(call.world, longest, call.now))
    if body.get(stream_when) is True:
        options = body.get("stream_options") or {}
        with_usage = options.get("include_usage") is True
        return stream(head, TEXT, texts, spent if with_usage else None, longest, engine.escapes, told)
    choices = [
        CHOICE % (i, orjson.dumps(str(text)), orjson.dumps(told and _joined(told[i])), text.finish_reason.encode())
        for i, text in enumerate(texts)
    ]
    whole = b'%b,"choices":[%b],"usage":%b}' % (head, b",".join(choices), spent)
    due, schedule = longest.whole()
    return Reply(whole, due, schedule=schedule)


def _logprobs(text: Text, alternatives: int, greedy: bool, chance: Chance) -> list[dict[str, Any]]:
    """How probable each token of *text* was, in the older form, as each chunk of a stream tells it."""
    told, offset = [], 0
    tokens = text.tokens
    for token, entry in zip(tokens, probabilities(tokens, alternatives, greedy, chance), strict=True):
        top = {each["token"]: each["logprob"] for each in entry["top_logprobs"]}
        told.append(
            {
                "tokens": [token],
                "token_logprobs": [entry["logprob"]],
                "top_logprobs": [top] if alternatives else None,
                "text_offset": [offset],
            }
        )
        offset += len(token)
    return told


def _joined(told: list[dict[str, Any]]) -> dict[str, Any]:
    """What *told* says of each token, of all together."""
    names = ("tokens", "token_logprobs", "top_logprobs", "text_offset")
    return {name: [value for each in told for value in each[name] or ()] or None for name in names}
