"""What a model says when it is asked: the one place where all kinds of content are chosen from."""

from collections.abc import Sequence

import orjson

from ..call import Call
from ..catalog import Catalog
from ..chance import Chance
from ..clock import give_way
from . import web
from .asking import Asked
from .generation import TURN, Limits, Text, Writer, expect_bounded, generate, prompt_of, stopped
from .guides import Guide, Guides
from .material import with_material
from .messages import last_user_text, system_text
from .prediction import accepted, passes, revised
from .reasoning import reason
from .safety.refusals import expect_moderate, is_harmful, is_jailbreak, refusal
from .said import NOTHING, Said, ToolCall, within
from .sampling import PLAIN, Sampling, dictated, unrepeated, without
from .scripts import Script
from .structured.formats import Format
from .structured.hints import Hints
from .structured.instances import Instances
from .tools.choosing import RESULTS, arguments, choose, heard
from .tools.kept import Kept

PLAINLY = Limits.of({"max_tokens": 128}, "max_tokens")  # of what a guided answer would be without its guide


async def answer(call: Call, engine: Writer, asked: Asked, number: int = 0) -> Said:
    """Answer *number* to what is *asked*: what the script says, if it says anything, or what comes of the request.

    Raises:
        ApiError: the script says that the request fails.
    """
    script = engine.world.engine(Script)
    said = await script.answer(call, asked) if script else None
    if said is None and asked.format is not None:
        await engine.world.engine(Instances).ready(asked.format.schema)
    if said is None and asked.tools is not None:
        await engine.world.engine(Kept).ready(asked.tools.tools)
    if said is None and asked.guide is not None:
        asked = await _guided(call, engine, asked, asked.guide, number)
    return speak(engine, asked, number, call.now) if said is None else said


async def go_on(
    call: Call,
    engine: Writer,
    model: str,
    prompts: Sequence[str],
    key: bytes,
    limits: Limits,
    copies: int = 1,
    sampling: Sampling = PLAIN,
    guide: Guide | None = None,
    form: Format | None = None,
) -> list[Said]:
    """*copies* answers to each of *prompts*, where nothing but text can be said.

    Raises:
        ApiError: 400, that is more text than one request may ask for; or the script says that the request fails.
    """
    expect_bounded(limits, len(prompts) * copies)
    answers: list[Said] = []
    made = 0
    for prompt in prompts:
        messages = [{"role": "user", "content": prompt}]
        asked = Asked(model, messages, key, limits, format=form, sampling=sampling, text=True, guide=guide)
        for _ in range(copies):
            answers.append(await answer(call, engine, asked, len(answers)))
            made += answers[-1].size
            if made > TURN:
                made = 0
                await give_way()
    return answers


async def _guided(call: Call, engine: Writer, asked: Asked, guide: Guide, number: int) -> Asked:
    """What is *asked*, with a guide that lets say one text alone."""
    world, place = engine.world, b"0" if asked.sampling.greedy else b"%d" % number
    prompt, system, chance = last_user_text(asked.messages), system_text(asked.messages), world.chance(asked.key, place)
    plain = generate(
        engine, prompt_of(engine, asked.messages), chance, PLAINLY, system, seen=asked.seen, model=asked.model
    )
    hints = Hints.of_messages(asked.messages, call.now)
    chance = world.chance(asked.key, b"guide", place)
    return asked._replace(guide=await world.engine(Guides).settle(guide, prompt, str(plain), hints, chance))


def speak(engine: Writer, asked: Asked, number: int, now: float) -> Said:
    """Answer *number* to what is *asked* at the moment *now*, in seconds since 1970.

    Answers to the same question differ by their number, unless the likeliest one is asked for.

    Raises:
        ApiError: 400, moderation flags the question.
    """
    world = engine.world
    place = b"0" if asked.sampling.greedy else b"%d" % number
    chance = world.chance(asked.key, place)
    prompt = last_user_text(asked.messages)
    most = asked.limits.most
    model = world.engine(Catalog).look_up(asked.model)
    expect_moderate(prompt, world.options.moderate_above)
    threshold = world.options.refuse_above
    if threshold is not None and (
        is_harmful(prompt, threshold) or (world.options.refuse_jailbreaks and is_jailbreak(prompt))
    ):
        declined = Text.of(engine.tokens.pieces(refusal(chance)))
        return within(Said(NOTHING, declined, (), "stop", is_refusal=asked.format is not None), most)
    thought = NOTHING
    if model.reasoning != "none" and not asked.text:
        effort = asked.effort or model.default_effort
        about, chance_of_thought = prompt_of(engine, asked.messages), world.chance(asked.key, b"thought", place)
        thought = reason(engine, about, effort, most, chance_of_thought, asked.thinking)
    if asked.tools is not None and asked.guide is None:
        uses = choose(asked.tools, asked.messages, chance, world.engine(Kept))
        if uses:
            calls = []
            for use in uses:
                given = engine.tokens.pieces(arguments(use, chance, now, world.engine(Kept)))
                name = engine.tokens.count(use.tool.name)
                calls.append(ToolCall(use.tool.name, name, Text.of(given), use.tool.custom, use.tool.namespace))
            return within(Said(thought, NOTHING, calls, asked.tools.ends_with), most)
    text = _text(engine, asked, prompt, chance, most - thought.size, now)
    if asked.sampling is not PLAIN:
        text = _sampled(engine, asked, text, chance)
    said = within(Said(thought, text, (), text.finish_reason), most)
    if asked.prediction:
        expected = engine.tokens.pieces(asked.prediction)
        taken = accepted(said.text.tokens, expected)
        count = sum(taken)
        said = said._replace(
            accepted=count, rejected=len(expected) - count, passes=passes(said.reasoning.size, taken) if count else ()
        )
    return said


def _text(engine: Writer, asked: Asked, prompt: str, chance: Chance, most: int, now: float) -> Text:
    """The text of an answer, within its limits."""
    tokens = engine.tokens
    limits = asked.limits._replace(most=most)
    if asked.guide is not None:
        return stopped(Text.of(tokens.pieces(asked.guide.choices[0])), limits)
    if asked.material and engine.told is None:
        prompt, asked = with_material(asked, prompt)
    if asked.format is not None:
        hints = Hints.of_messages(asked.messages, now)
        if asked.messages and asked.messages[-1].get("role") in RESULTS:
            hints = hints.told(heard(asked.messages))
        value = engine.world.engine(Instances).instance(asked.format.schema, hints, chance, name=asked.format.name)
        return stopped(Text.of(tokens.pieces(orjson.dumps(value).decode())), limits)
    if asked.messages and asked.messages[-1].get("role") in RESULTS:
        return stopped(Text.of(tokens.pieces(heard(asked.messages))), limits)
    if asked.prediction:
        return stopped(Text.of(tokens.pieces(revised(asked.prediction, prompt))), limits)
    if asked.searches and engine.told is None:
        pages = web.find(web.subject_near(prompt, asked.near), chance, asked.searches)
        return stopped(Text.of(tokens.pieces(web.told(pages))), limits)
    system = system_text(asked.messages)
    prompt = prompt_of(engine, asked.messages)
    return generate(engine, prompt, chance, limits, system, asked.verbosity, asked.seen, asked.model)


def _sampled(engine: Writer, asked: Asked, text: Text, chance: Chance) -> Text:
    """*text* under the request's penalties and biases."""
    tokens, sampling = engine.tokens, asked.sampling
    if sampling.forced:
        said = dictated(sampling.forced, tokens, asked.limits.most, chance)
        return Text.of(said, "length" if len(said) == asked.limits.most else "stop")
    said = text.tokens
    if sampling.penalty > 0 and asked.format is None and asked.guide is None:
        said = unrepeated(said)
    if sampling.banned:
        said = without(sampling.banned, said, tokens)
    return text if said == text.tokens else Text.of(said, text.finish_reason)
