"""Chat completions: one conversation in, one or more answers out, whole or streamed."""

from typing import Any

import orjson

from ...answer import Answer, Reply
from ...call import Call
from ...catalog import Catalog, Model
from ...clock import give_way
from ...cluster.fleet import Fleet
from ...cluster.latency import INSTANT, Timing
from ...cluster.placement import facts
from ...cluster.retention import asked as asked_retention
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import COMPLETIONS, DEFAULT, TIERS, WEB_SEARCHES, Amounts, Extra
from ...tokens import SLICE, Tokens
from ..asking import Asked
from ..extensions import spread, thinking
from ..generation import LONGEST, TURN, Limits, Writer, Writers, generate, identity, prompt_of
from ..guides import guided
from ..messages import PER_ANSWER, PER_MESSAGE, PER_NAME, content_tokens, prepare, system_text
from ..perception.sight import seen_in_chat
from ..prediction import predicted
from ..reading import Conversation
from ..reasoning import expect_effort
from ..safety.prelude import safe
from ..said import Said, plain
from ..sampling import PLAIN, Sampling, is_greedy
from ..speaking import answer
from ..structured.formats import Format
from ..tools.toolbox import Toolbox, expect_paired
from ..usage import usage, usage_of
from ..web import near, pages_for
from ..windows import fitting
from .choices import Choice
from .chunks import CHAT, stream, stream_choices
from .kept_chats import keep
from .nvext import members
from .spoken import expect_silence, speak, wanted
from .unsupported import expect_supported

# What is the same in every answer, written once: a plain answer costs two of orjson's calls, for model and text.
HEAD = b'{"id":"%b","object":"chat.completion%b","created":%d,"model":%b,"service_tier":"%b","system_fingerprint":"%b"'
CHOICE = (
    b'{"index":%d,"message":{"role":"assistant","content":%b,"refusal":null,"annotations":[]},"logprobs":null,'
    b'"finish_reason":"%b"}'
)
MANY = 1000  # messages that are counted at once
# Fields whose presence makes an answer more than a text about the prompt.
RICH = frozenset(
    "tools tool_choice functions function_call parallel_tool_calls response_format prediction logprobs top_logprobs "
    "logit_bias frequency_penalty presence_penalty reasoning_effort modalities repetition_penalty guided_json "
    "guided_regex guided_choice guided_grammar".split()
)


async def complete(call: Call, body: dict[str, Any], stream_when: str, timing: Timing = INSTANT) -> Answer:
    """Answer a conversation; as a stream of chunks when the body's field *stream_when* is true.

    Raises:
        ApiError: 400, the request asks for what cannot be given.
    """
    world = call.world
    if "nvext" in body or "structured_outputs" in body:
        body = spread(body)
    said = body
    if world.options.prepend_safety:
        body = safe(body)
    tokens = world.tokens_for(body["model"])
    if not tokens.loaded:
        await tokens.ready()
    engine = world.engine(Writers).of(tokens)
    messages = body["messages"]
    if not world.options.audio:
        expect_silence(body)
    if len(call.body) > SLICE:
        await prepare(tokens, messages)
    sight = await seen_in_chat(call, tokens, body["model"], messages)
    drawn = body if sight is None else {**body, "messages": sight.digested}
    key = _key(drawn)
    limits = Limits.of(body, "max_completion_tokens", "max_tokens")
    choices = int(body.get("n") or 1)
    read = prompt_tokens(tokens, drawn) if len(messages) <= MANY else await _counted(tokens, drawn)
    streams = body.get(stream_when) is True
    aloud = wanted(body, streams) if "modalities" in body else None
    model = world.engine(Catalog).look_up(body["model"])
    if model.is_openais:
        expect_supported(model, body)
    if model.context_window is not None:
        limits = fitting(model, read, limits, body, "messages")
    searches = pages_for(model, body)
    asked = None
    if (
        searches
        or sight is not None
        or model.reasoning != "none"
        or not RICH.isdisjoint(body)
        or messages[-1].get("role") != "user"
        or type(messages[-1].get("content")) is list
        or any(message.get("role") == "tool" or "tool_calls" in message for message in messages)
        or world.options.script is not None
        or world.options.refuse_above is not None
        or world.options.moderate_above is not None
    ):
        asked = _asked(body, key, limits, model)._replace(searches=searches)
        if searches:
            asked = asked._replace(near=near(body))
    if asked is not None and sight is not None:
        asked = asked._replace(messages=sight.messages, seen=sight.said, material=sight.material)
    if choices == 1 and asked is None:
        text = generate(
            engine,
            prompt_of(engine, messages),
            world.chance(key, b"0"),
            limits,
            system_text(messages),
            body.get("verbosity") or "medium",
            model=body["model"],
        )
        answers = [plain(text)]
    else:
        asked = asked or _asked(body, key, limits, model)
        answers = await _answers(call, engine, asked, choices)
    tier: str = body["service_tier"] if "service_tier" in body and body["service_tier"] in TIERS else DEFAULT
    heard = 0 if sight is None else sight.audio
    unsaid = 0 if asked is None else sum([said.rejected for said in answers])
    fleet, conversation = world.engine(Fleet), Conversation(tokens, read, drawn, answers[0])
    if len(call.body) > SLICE:
        await conversation.prepare()
        await fleet.ahead(conversation, key, body["model"])
    served = fleet.serve(
        call,
        timing,
        body["model"],
        conversation,
        [said.size for said in answers],
        key,
        passes=answers[0].passes if choices == 1 and not searches else (),
        late=max([said.delay for said in answers]),
        openais=model.is_openais,
        kept=asked_retention(body),
        temperature=body.get("temperature"),
        finish=answers[0].finish_reason,
        tier=tier,
        extra=Extra(heard=heard, unsaid=unsaid) if heard or unsaid else None,
    )
    if searches:
        size = (body.get("web_search_options") or {}).get("search_context_size") or "medium"
        world.engine(Ledger).add(call, WEB_SEARCHES, Amounts(1, calls=1), body["model"], context_level=size)
    cached = served.cached
    spent = usage(read, answers[0].size, cached) if asked is None else usage_of(read, answers, cached, heard=heard)
    name = orjson.dumps(body["model"])
    id = call.new_id("chatcmpl-").encode()
    head = HEAD % (id, b"", call.now, name, tier.encode(), engine.fingerprint)
    extra = members(body, facts(world, served, call.now)) if "nvext" in body else b""
    head += extra
    dressed = None if asked is None else [_choice(call, asked, i, said, model) for i, said in enumerate(answers)]
    if aloud is not None and dressed is not None:
        dressed = [
            choice._replace(spoken=await speak(call, str(choice.said.text), aloud))
            if choice.said.text.parts
            else choice
            for choice in dressed
        ]
        spoken = sum([choice.spoken.tokens for choice in dressed if choice.spoken])
        made = Amounts(output_tokens=spoken, audio_output_tokens=spoken)
        world.engine(Ledger).add(call, COMPLETIONS, made, body["model"], tier=tier)
        spent = usage_of(read, answers, cached, spoken, heard)
    if not streams or body.get("store"):
        whole = _whole(head, answers, dressed, spent)
        if body.get("store"):
            await keep(call, said, whole)
        if not streams:
            due, schedule = served.whole()
            return Reply(whole, due, schedule=schedule)
    options = body.get("stream_options")
    told = spent if options is not None and options.get("include_usage") is True else None
    head = HEAD % (id, b".chunk", call.now, name, tier.encode(), engine.fingerprint) + extra
    if dressed is None or all(choice.is_plain for choice in dressed):
        return stream(head, CHAT, [said.text for said in answers], told, served, engine.escapes)
    return stream_choices(head, dressed, told, served, engine.escapes)


def _key(body: dict[str, Any]) -> bytes:
    """The parts of *body* that decide what is said; a seed decides nothing when the likeliest token is always taken."""
    if is_greedy(body) and "seed" in body:
        body = {name: value for name, value in body.items() if name != "seed"}
    return identity(body)


def _asked(body: dict[str, Any], key: bytes, limits: Limits, model: Model) -> Asked:
    """What the request asks a model.

    Raises:
        ApiError: 400, its fields contradict one another.
    """
    messages = body["messages"]
    expect_paired(messages)
    expect_effort(model, body.get("reasoning_effort"), "reasoning_effort")
    sampled = Sampling.of(body)
    guide, form = guided(body)
    return Asked(
        body["model"],
        messages,
        key,
        limits,
        Toolbox.of_chat(body, model.is_openais),
        form or Format.of_chat(body, model.is_openais),
        body.get("reasoning_effort"),
        predicted(body.get("prediction")),
        PLAIN if sampled == PLAIN else sampled,
        body.get("verbosity") or "medium",
        guide=guide,
        thinking=thinking(body),
    )


async def _answers(call: Call, engine: Writer, asked: Asked, choices: int) -> list[Said]:
    """*choices* answers, giving way to other calls when that takes long.

    Raises:
        ApiError: 400, that is more text than one request may ask for.
    """
    limits = asked.limits
    if limits.most * choices > LONGEST and limits.is_asked:
        raise ApiError(400, f"{limits.name} is too large: {limits.most * choices} tokens in all answers together. The "
                       f"server generates at most {LONGEST}.", code="invalid_value", param=limits.name)  # fmt: skip
    answers: list[Said] = []
    made = 0
    for number in range(choices):
        answers.append(await answer(call, engine, asked, number))
        made += answers[-1].size
        if made > TURN:
            made = 0
            await give_way()
    return answers


def _choice(call: Call, asked: Asked, index: int, said: Said, model: Model) -> Choice:
    chance = call.world.chance(asked.key, b"logprobs", b"%d" % index)
    ids = [call.new_id("call_") for _ in said.calls]
    legacy = asked.tools is not None and asked.tools.legacy
    aloud, cites = model.reasoning != "hidden", bool(asked.searches) and asked.format is None
    return Choice(index, said, ids, legacy, asked.sampling, chance, thinks_aloud=aloud, cites=cites)


def _whole(head: bytes, answers: list[Said], dressed: list[Choice] | None, spent: bytes) -> bytes:
    """The completion as one object."""
    if dressed is None:
        said = [
            CHOICE % (i, orjson.dumps(str(each.text)), each.finish_reason.encode()) for i, each in enumerate(answers)
        ]
    else:
        said = [orjson.dumps(choice.whole()) for choice in dressed]
    return b'%b,"choices":[%b],"usage":%b}' % (head, b",".join(said), spent)


async def _counted(tokens: Tokens, body: dict[str, Any]) -> int:
    """As `prompt_tokens`, of many messages: others have a turn in between."""
    total = prompt_tokens(tokens, {**body, "messages": []})
    for start in range(0, len(body["messages"]), MANY):
        part = {"model": body["model"], "messages": body["messages"][start : start + MANY]}
        total += prompt_tokens(tokens, part, start) - PER_ANSWER
        await give_way()
    return total


def prompt_tokens(tokens: Tokens, body: dict[str, Any], first: int = 0) -> int:
    """How many tokens the conversation and its tools have; its messages are the request's from *first* on."""
    total = PER_ANSWER
    for message in body["messages"]:
        content = message.get("content")
        total += PER_MESSAGE + 1  # the role is one token
        if isinstance(content, str):
            total += tokens.read(content)
        else:
            place = f"messages[{first + body['messages'].index(message)}].content"
            total += content_tokens(tokens, content, body["model"], place)
        if message.get("name"):
            total += PER_NAME + tokens.count(message["name"])
        if message.get("tool_calls"):
            total += tokens.count(orjson.dumps(message["tool_calls"]).decode())
    for name in ("tools", "functions"):
        if body.get(name):
            total += tokens.count(orjson.dumps(body[name]).decode())
    return total
