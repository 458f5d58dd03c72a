"""What a run does between two stops: turns of the model, each with its tokens and the moments at which they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...call import Call
from ...cluster.latency import Timing
from ...content.chat.chat import prompt_tokens
from ...content.generation import UNLIMITED, Limits, Writer, generate, identity
from ...content.messages import last_user_text
from ...content.prose.prose import Part, topic_of, trimmed
from ...content.tools import choosing
from ...content.tools.kept import Kept
from ...content.tools.programs import counting
from ...content.tools.toolbox import Tool, Toolbox
from ..things import Thing

DECISIVE = ("model", "tools", "tool_choice", "temperature", "top_p", "response_format")  # for what a run says
SPENT = "_spent"  # of a run: tokens of all its turns, [prompt, completion]
TOLD = "_told"  # of a run: the results of the tools that it used itself, [[name, arguments, output], ...]
RANKING = {"ranker": "default_2024_08_21", "score_threshold": 0.0}  # of a file search that says nothing of it


class Result(NamedTuple):
    """What a tool was given and what it gave."""

    name: str
    arguments: str
    output: str


@dataclass(slots=True)
class Turn:
    """One call of the model, which is one step of the run: a message without *calls*, or calls of tools.

    *order* has the call of each of *tokens*; *moments* are seconds after the request, one for each token, at least
    one. A turn is not *whole* when a limit or the end of the run cut it. *result* is that of a tool which the server
    runs.
    """

    calls: list[dict[str, Any]]
    tokens: list[str]
    order: list[int]
    prompt: int
    moments: Sequence[float]
    whole: bool = True
    result: Result | None = None

    @property
    def usage(self) -> dict[str, int]:
        """The tokens of this turn, as a step says them."""
        return usage(self.prompt, len(self.tokens))


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
    """The run may use no more tokens of the sort that the message names."""


def usage(prompt: int, completion: int) -> dict[str, int]:
    """Tokens, as runs and steps say them."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


async def think(
    call: Call, run: Thing, messages: list[dict[str, Any]], start: float, timing: Timing, results: Sequence[Result] = ()
) -> Leg:
    """What *run* does about *messages* (in the form of chat completions) and *results*, from *start* seconds on."""
    await call.world.tokens.ready()
    thinker = _Thinker(call, run, messages, start, timing, results)
    status, says = "completed", {}
    try:
        if thinker.act():
            status = "requires_action"
    except _Limit as limit:
        status, says = "incomplete", {"incomplete_details": {"reason": str(limit)}}
    return _within(Leg(thinker.turns, thinker.end, status, says), run["expires_at"] - call.now)


def _within(leg: Leg, left: float) -> Leg:
    """*leg* as far as it comes in *left* seconds, which a run has."""
    if leg.end < left:
        return leg
    begun = [turn for turn in leg.turns if turn.moments[0] < left]
    if begun and begun[-1].moments[-1] >= left:
        last = begun[-1]
        size = sum(moment < left for moment in last.moments)
        begun[-1] = Turn(last.calls, last.tokens[:size], last.order[:size], last.prompt, last.moments[:size], False)
    return Leg(begun, left, "expired", {})


class _Thinker:
    """Makes the turns of a leg, one after the other, within the limits of the run."""

    def __init__(
        self,
        call: Call,
        run: Thing,
        messages: list[dict[str, Any]],
        start: float,
        timing: Timing,
        results: Sequence[Result],
    ) -> None:
        self._call, self._run, self._timing, self._results, self._start = call, run, timing, results, start
        self._tokens = call.world.tokens
        self._functions = [tool for tool in run["tools"] if tool["type"] == "function"]
        self._text = last_user_text(messages)
        self._prompt, self._completion = run[SPENT]
        self._messages = self._fitting(messages)
        for result in (*(Result(*told) for told in run[TOLD]), *results):
            self._tell(result)
        self._key = identity({name: run[name] for name in DECISIVE} | {"messages": self._messages})
        self.turns: list[Turn] = []
        self.end = max(start, timing.end(1, self._pace()))

    def act(self) -> bool:
        """Make the turns; whether the run waits for functions after them.

        Raises:
            _Limit: there are no tokens left for more of them.
        """
        run = self._run
        if not self._results and run["tool_choice"] != "none":
            hosted, toolbox = _on_offer(run)
            for tool in hosted:
                self._use(tool)
            world = self._call.world
            asked = [{"role": "user", "content": self._text}]
            uses = choosing.choose(toolbox, asked, world.chance(self._key, b"tools"), world.engine(Kept))
            if uses:
                self._ask(uses)
                return True
        self._answer()
        return False

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
        return prompt_tokens(
            self._tokens, {"model": self._run["model"], "messages": messages, "tools": self._functions}
        )

    def _tell(self, result: Result) -> None:
        """Let the model read that a tool was called, and what it gave."""
        function = {"name": result.name, "arguments": result.arguments}
        self._messages.append({"role": "assistant", "tool_calls": [{"type": "function", "function": function}]})
        self._messages.append({"role": "tool", "content": result.output})

    def _pace(self) -> Any:
        return self._call.world.chance(self._key, b"pace", b"%d" % len(self.turns))

    def _turn(self, calls: list[dict[str, Any]], tokens: list[str], order: list[int], whole: bool = True) -> None:
        """Add a turn, if the run may use that many tokens.

        Raises:
            _Limit: it may not.
        """
        prompt, run = self._count(self._messages), self._run
        if run["max_prompt_tokens"] is not None and self._prompt + prompt > run["max_prompt_tokens"]:
            raise _Limit("max_prompt_tokens")
        if len(tokens) > self._left():
            raise _Limit("max_completion_tokens")
        self._prompt, self._completion = self._prompt + prompt, self._completion + len(tokens)
        after = self.end if self.turns else 0.0
        moments = [max(self._start, after + moment) for moment in self._timing.moments(len(tokens), self._pace())]
        self.turns.append(Turn(calls, tokens, order, prompt, moments, whole))
        self.end = moments[-1]

    def _left(self) -> int:
        most = self._run["max_completion_tokens"]
        return UNLIMITED if most is None else most - self._completion

    def _use(self, tool: dict[str, Any]) -> None:
        """A turn in which the model uses a *tool* that the server runs."""
        id, topic = self._call.new_id("call_"), topic_of(self._text)
        if tool["type"] == "code_interpreter":
            code, logs = counting(topic)
            used: dict[str, Any] = {"input": code, "outputs": [{"type": "logs", "logs": logs}]}
            said, output = code, logs
        else:
            ranking = {**RANKING, **(tool.get("file_search") or {}).get("ranking_options", {})}
            used = {"ranking_options": ranking, "results": []}
            said, output = topic, "[]"
        tokens = self._tokens.pieces(said)
        self._turn([{"id": id, "type": tool["type"], tool["type"]: used}], tokens, [0] * len(tokens))
        self.turns[-1].result = Result(tool["type"], said, output)
        self._tell(self.turns[-1].result)

    def _ask(self, uses: list[choosing.Use]) -> None:
        """A turn in which the model calls functions of the client."""
        calls, tokens, order = [], [], []
        for at, use in enumerate(uses):
            chance = self._call.world.chance(self._key, b"arguments", b"%d" % at)
            given = choosing.arguments(use, chance, self._call.now, self._call.world.engine(Kept))
            calls.append(
                {
                    "id": self._call.new_id("call_"),
                    "type": "function",
                    "function": {"name": use.tool.name, "arguments": given, "output": None},
                }
            )
            pieces = self._tokens.pieces(given)
            tokens += pieces
            order += [at] * len(pieces)
        self._turn(calls, tokens, order)

    def _answer(self) -> None:
        """A turn in which the model writes its message, which says what the functions gave."""
        left = self._left()
        if left < 1:
            raise _Limit("max_completion_tokens")
        limits = Limits(UNLIMITED, 0, (), False, "max_completion_tokens")
        text = generate(self._call.world.engine(Writer), self._text, self._call.world.chance(self._key, b"0"), limits)
        heard = "".join(f"{result.name} returned {result.output}\n\n" for result in self._results)
        parts, whole = trimmed([Part(self._tokens.pieces(heard)), *text.parts], left)
        tokens = [token for part in parts for token in part.tokens]
        self._turn([], tokens, [0] * len(tokens), whole)
        if not whole:
            raise _Limit("max_completion_tokens")


def _on_offer(run: Thing) -> tuple[list[dict[str, Any]], Toolbox]:
    """The tools that the server runs itself, all of which are used, and the functions that the client runs."""
    choice, tools = run["tool_choice"], run["tools"]
    functions = tuple(
        Tool(one["name"], one.get("description") or "", one.get("parameters"))
        for one in (tool["function"] for tool in tools if tool["type"] == "function")
    )
    hosted = [tool for tool in tools if tool["type"] != "function"]
    if not isinstance(choice, dict):
        return hosted, Toolbox(functions, "auto" if hosted else choice, None, run["parallel_tool_calls"])
    if choice["type"] == "function":
        return [], Toolbox(functions, "required", frozenset((choice["function"]["name"],)))
    return [tool for tool in hosted if tool["type"] == choice["type"]][:1], Toolbox((), "none")
