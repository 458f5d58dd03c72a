"""What a run does between two stops: turns of the model, each with its tokens and the moments at which they leave."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from ...call import Call
from ...catalog import Catalog
from ...cluster.fleet import Fleet
from ...cluster.latency import Timing
from ...content.asking import Asked
from ...content.chat.chat import prompt_tokens
from ...content.generation import UNLIMITED, Limits, Text, Writer, identity, writer_for
from ...content.messages import last_user_text, shown
from ...content.perception.describing import describe
from ...content.prose.prose import topic_of
from ...content.reading import Conversation
from ...content.reasoning import expect_effort
from ...content.said import Said, plain
from ...content.sampling import PLAIN, Sampling, is_greedy
from ...content.speaking import answer, speak
from ...content.structured.formats import Format
from ...content.tools.programs import program
from ...content.tools.toolbox import Toolbox
from ...content.usage import of_run
from ...content.windows import room
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import FILE_SEARCHES, SESSIONS, Amounts
from ..things import Thing
from . import searches

DECISIVE = ("model", "tools", "tool_choice", "temperature", "top_p", "response_format")  # for what a run says
SPENT = "_spent"  # of a run: tokens of all its turns, [prompt, completion, those of it that are thought]
TOLD = "_told"  # of a run: rounds of calls of functions and tools, each [its results, whether the server made them]


class Result(NamedTuple):
    """What a tool was given and what it gave."""

    name: str
    arguments: str
    output: str


@dataclass(slots=True)
class Turn:
    """One call of the model, which is one step of the run: a message without *calls*, or calls of tools.

    *order* has the call of each of *tokens*; *moments* are seconds after the request, one for each token, at least
    one. Before them come *silent* tokens that nobody sees, of which so many are *thought*; the others are names of
    functions. A message that is *refused* declines. A turn is not *whole* when it was *cut*, by a limit, a filter or
    the end of the run. *result* is that of a tool which the server runs, and *cited* has the files that a message cites
    by the marks that stand for them.
    """

    calls: list[dict[str, Any]]
    tokens: list[str]
    order: list[int]
    prompt: int
    moments: Sequence[float]
    silent: int = 0
    thought: int = 0
    refused: bool = False
    cut: str = ""
    result: Result | None = None
    cited: dict[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.cut

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return self.silent + len(self.tokens)

    @property
    def usage(self) -> dict[str, Any]:
        """The tokens of this turn, as a step says them."""
        return of_run(self.prompt, self.size, self.thought)


class Leg(NamedTuple):
    """The *turns* up to a stop; *end* seconds after the request the run is in the state *status* and says *says*."""

    turns: list[Turn]
    end: float
    status: str
    says: dict[str, Any]

    def is_expired(self, turn: Turn) -> bool:
        """Whether *turn* is cut because the run expires."""
        return self.status == "expired" and not turn.whole


class _Limit(Exception):
    """The run may use no more tokens of the sort that the message names; of a filter, it names nothing."""


async def think(call: Call, run: Thing, messages: list[dict[str, Any]], start: float, timing: Timing) -> Leg:
    """What *run* does about *messages* (in the form of chat completions) and what tools gave, from *start* seconds on.

    Raises:
        ApiError: 400, the run asks for what cannot be given.
    """
    engine = await writer_for(call.world, run["model"])
    thinker = _Thinker(call, engine, run, messages, start, timing)
    status, says = "completed", {}
    try:
        if await thinker.act():
            status = "requires_action"
    except _Limit as limit:
        status, says = "incomplete", {"incomplete_details": {"reason": str(limit)} if str(limit) else {}}
    except _Failure as failure:
        status, says = "failed", {"last_error": failure.says}
    return _within(Leg(thinker.turns, thinker.end, status, says), run["expires_at"] - call.now)


class _Failure(Exception):
    """The model fails; *says* is what the run tells of it."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        code = "rate_limit_exceeded" if error.status == 429 else "invalid_prompt"
        self.says = {"code": "server_error" if error.status >= 500 else code, "message": error.message}


def _within(leg: Leg, left: float) -> Leg:
    """*leg* as far as it comes in *left* seconds, which a run has."""
    if leg.end < left:
        return leg
    begun = [turn for turn in leg.turns if turn.moments[0] < left]
    if begun and begun[-1].moments[-1] >= left:
        last = begun[-1]
        size = sum(moment < left for moment in last.moments)
        last.tokens, last.order, last.moments = last.tokens[:size], last.order[:size], last.moments[:size]
        last.cut = "run_expired"
    return Leg(begun, left, "expired", {})


class _Thinker:
    """Makes the turns of a leg, one after the other, within the limits of the run."""

    def __init__(
        self, call: Call, engine: Writer, run: Thing, messages: list[dict[str, Any]], start: float, timing: Timing
    ) -> None:
        self._call, self._engine, self._run, self._timing, self._start = call, engine, run, timing, start
        self._model = call.world.engine(Catalog).look_up(run["model"])
        self._functions = [tool for tool in run["tools"] if tool["type"] == "function"]
        self._text = last_user_text(messages)
        self._prompt, self._completion, _ = run[SPENT]
        self._messages = self._fitting(messages)
        self._key = identity({name: run[name] for name in DECISIVE} | {"messages": self._messages, "told": run[TOLD]})
        self._hosted, toolbox = self._on_offer()
        self._asked = Asked(
            run["model"],
            list(self._messages),
            self._key,
            Limits(UNLIMITED, 0, (), False, "max_completion_tokens"),
            toolbox,
            Format.of_chat({**run, "messages": self._messages}, self._model.is_openais),
            run["reasoning_effort"],
            sampling=Sampling(greedy=True) if is_greedy(run) else PLAIN,
        )
        expect_effort(self._model, run["reasoning_effort"], "reasoning_effort")
        for number, (results, is_hosted) in enumerate(run[TOLD]):
            self._tell([Result(*each) for each in results], number, is_hosted)
        self.turns: list[Turn] = []
        self._learned: list[str] = []  # what tools that the server runs found out
        self._cited: dict[str, str] = {}  # files, by the marks that cite them
        self.end = max(start, timing.end(1, call.world.chance(self._key, b"pace")))

    async def act(self) -> bool:
        """Make the turns; whether the run waits for functions after them.

        Raises:
            _Limit: there are no tokens left for more of them.
            _Failure: the model fails.
        """
        try:
            for number, tool in enumerate(self._hosted):
                await self._use(tool, number)
            most = self._room()
            seen = shown(self._asked.messages)
            if seen is not None and "image_url" in seen:
                self._asked = self._asked._replace(seen=await asyncio.to_thread(describe, seen))
            limits = self._asked.limits._replace(most=most)
            asked = self._asked._replace(limits=limits)
            said = await answer(self._call, self._engine, asked)
            if self._learned and not said.calls and self._call.world.options.script is None:
                results = [{"role": "tool", "content": each} for each in self._learned]
                said = speak(self._engine, asked._replace(messages=[*asked.messages, *results]), 0, self._call.now)
        except ApiError as error:
            raise _Failure(error) from None
        self._say(said)
        return bool(said.calls)

    def _on_offer(self) -> tuple[list[dict[str, Any]], Toolbox | None]:
        """The tools that the server runs itself, all of which are used at first, and the functions of the client.

        Raises:
            ApiError: 400, a function cannot be offered as it is.
        """
        run, choice = self._run, self._run["tool_choice"]
        hosted = [tool for tool in run["tools"] if tool["type"] != "function"]
        if isinstance(choice, dict) and choice["type"] != "function":
            hosted = [tool for tool in hosted if tool["type"] == choice["type"]][:1]
            functions = []
        else:
            hosted = [] if choice == "none" or isinstance(choice, dict) else hosted
            functions = self._functions
        offered = {
            "tools": functions,
            "tool_choice": "auto" if hosted else choice,
            "parallel_tool_calls": run["parallel_tool_calls"],
        }
        return [] if run[TOLD] else hosted, Toolbox.of_chat(offered, self._model.is_openais) if functions else None

    def _fitting(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The instructions, and the last of *messages* that the run's truncation and its limit leave."""
        system = [{"role": "system", "content": self._run["instructions"]}] if self._run["instructions"] else []
        strategy, most = self._run["truncation_strategy"], self._run["max_prompt_tokens"]
        if strategy["type"] == "last_messages":
            return system + messages[-(strategy.get("last_messages") or len(messages)) :]
        first = 0
        if most is not None:
            sizes = [self._count([message]) - self._count([]) for message in messages]
            total, left = self._count(system) + sum(sizes), most - self._prompt
            while total > left and first < len(messages) - 1:
                total -= sizes[first]
                first += 1
        return system + messages[first:]

    def _count(self, messages: list[dict[str, Any]]) -> int:
        body = {"model": self._run["model"], "messages": messages, "tools": self._functions}
        return prompt_tokens(self._engine.tokens, body)

    def _tell(self, results: Sequence[Result], number: int, is_hosted: bool) -> None:
        """Let the model read that tools were called, and what they gave; it says nothing of those of the server."""
        ids = [f"call_{number}_{at}" for at in range(len(results))]
        calls = [
            {"id": id, "type": "function", "function": {"name": each.name, "arguments": each.arguments}}
            for id, each in zip(ids, results, strict=True)
        ]
        outputs = [
            {"role": "tool", "tool_call_id": id, "content": each.output} for id, each in zip(ids, results, strict=True)
        ]
        told: list[dict[str, Any]] = [{"role": "assistant", "tool_calls": calls}, *outputs]
        self._messages += told
        if not is_hosted:
            self._asked.messages.extend(told)

    def _room(self) -> int:
        """How many tokens the next turn may have.

        Raises:
            _Limit: none, or the model may read no more.
        """
        run = self._run
        prompt = self._count(self._messages)
        if run["max_prompt_tokens"] is not None and self._prompt + prompt > run["max_prompt_tokens"]:
            raise _Limit("max_prompt_tokens")
        left = UNLIMITED if run["max_completion_tokens"] is None else run["max_completion_tokens"] - self._completion
        if left < 1:
            raise _Limit("max_completion_tokens")
        there = room(self._model, prompt)
        return min(left, UNLIMITED, max(1, UNLIMITED if there is None else there))

    def _moments(self, prompt: int, said: Said) -> list[float]:
        """When the tokens of the next turn leave, which answers *prompt* tokens with *said*; at least one moment."""
        model = self._run["model"]
        body = {"model": model, "messages": self._messages, "tools": self._functions}
        served = self._call.world.engine(Fleet).serve(
            self._call,
            self._timing,
            model,
            Conversation(self._engine.tokens, prompt, body, said),
            [said.size],
            b"%b.%d" % (self._key, len(self.turns)),
            late=said.delay + (self.end if self.turns else 0.0),
            planned=True,
            finish=said.finish_reason,
            looked_up=False,  # what a run tells of its usage has no place for cached tokens
        )
        return [max(self._start, moment) for moment in served.moments]

    def _add(self, turn: Turn) -> None:
        self._prompt, self._completion = self._prompt + turn.prompt, self._completion + turn.size
        self.turns.append(turn)
        self.end = turn.moments[-1]

    async def _use(self, tool: dict[str, Any], number: int) -> None:
        """A turn in which the model uses a *tool* that the server runs.

        Raises:
            _Limit: there are not enough tokens left for it.
            ApiError: 400 or 404, a vector store cannot be searched.
        """
        id, topic = self._call.new_id("call_"), topic_of(self._text)
        if tool["type"] == "code_interpreter":
            written = program(self._text)
            said, output = written.code, written.prints
            used: dict[str, Any] = {"input": said, "outputs": [{"type": "logs", "logs": output}]}
            if written.asked:
                self._learned.append(f"I ran a program for this. It prints:\n\n```\n{output}```")
        else:
            ranking = {**searches.RANKING, **(tool.get("file_search") or {}).get("ranking_options", {})}
            found = await searches.find(self._call, self._run, tool, self._text)
            used = {"ranking_options": ranking, "results": found.results}
            said, output = topic, orjson.dumps(found.results).decode()
            self._learned += [found.says] if found.says else []
            self._cited |= found.cited
        kind = SESSIONS if tool["type"] == "code_interpreter" else FILE_SEARCHES
        self._call.world.engine(Ledger).add(self._call, kind, Amounts(calls=1))
        tokens = self._engine.tokens.pieces(said)
        if len(tokens) > self._room():
            raise _Limit("max_completion_tokens")
        result = Result(tool["type"], said, output)
        calls = [{"id": id, "type": tool["type"], tool["type"]: used}]
        prompt = self._count(self._messages)
        moments = self._moments(prompt, plain(Text.of(tokens)))
        self._add(Turn(calls, tokens, [0] * len(tokens), prompt, moments, result=result))
        self._tell([result], number, True)

    def _say(self, said: Said) -> None:
        """The turns in which the model says its message, calls functions of the client, or does both.

        Raises:
            _Limit: there were not enough tokens left for it.
        """
        is_cut = said.finish_reason == "length"
        if is_cut and said.calls:
            raise _Limit("max_completion_tokens")
        prompt, at, thought = self._count(self._messages), said.reasoning.size, said.reasoning.size
        moments = self._moments(prompt, said)
        if said.text.parts or not said.calls:
            tokens = said.text.tokens
            cut = {"length": "max_tokens", "content_filter": "content_filter"}.get(said.finish_reason, "")
            due = moments[at : at + len(tokens)] or moments[-1:]
            self._add(Turn([], tokens, [0] * len(tokens), prompt, due, thought, thought, said.is_refusal, cut))
            self.turns[-1].cited = self._cited
            prompt, at, thought = 0, at + len(tokens), 0
        if said.calls:
            self._add(self._called(said, prompt, thought, moments[at:]))
        if is_cut or said.finish_reason == "content_filter":
            raise _Limit("max_completion_tokens" if is_cut else "")

    def _called(self, said: Said, prompt: int, thought: int, moments: list[float]) -> Turn:
        """The turn of the calls of *said*, whose tokens leave at *moments*: first the name of each, which is silent."""
        calls, tokens, order, due = [], [], [], []
        at = silent = 0
        for number, each in enumerate(said.calls):
            function = {"name": each.name, "arguments": str(each.arguments), "output": None}
            calls.append({"id": self._call.new_id("call_"), "type": "function", "function": function})
            given = each.arguments.tokens
            at, silent = at + each.lead, silent + each.lead
            due += moments[at : at + len(given)]
            tokens += given
            order += [number] * len(given)
            at += len(given)
        return Turn(calls, tokens, order, prompt, due or moments[-1:], thought + silent, thought)
