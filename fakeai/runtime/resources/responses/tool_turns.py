"""The turns in which a model uses tools that are no functions, and then says what came of them."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ...call import Call
from ...catalog import Model
from ...content.asking import Asked
from ...content.generation import Writer
from ...content.messages import last_user_text
from ...content.reasoning import reason
from ...content.safety.refusals import expect_moderate, is_harmful
from ...content.said import NOTHING
from ...content.speaking import speak
from .calling import turns_of
from .hosted import choosing, mcp, web_search
from .hosted.task import Task, Used
from .items import Item, type_of
from .loading import searched
from .sayings import Answered, Saying, reasoned


async def use_tools(
    call: Call, engine: Writer, asked: Asked, body: dict[str, Any], given: list[Item], model: Model
) -> Answered | None:
    """What is said with the help of tools that are no functions; None when none of them is used.

    Raises:
        ApiError: 400 or 404, a tool needs what is not there.
    """
    world, prompt = call.world, last_user_text(asked.messages)
    chosen = choosing.choose(body, given, prompt)
    topic, chance = choosing.subject(prompt, chosen, web_search.place_of(chosen)), world.chance(asked.key, b"hosted")
    task = Task(call, body, given, prompt, topic, chance, engine.tokens, asked.key)
    uses = [partial(use, task, tool) for tool in chosen for use in choosing.uses_of(task, tool)]
    servers = [tool for tool in choosing.offered(body) if tool["type"] == "mcp"]
    hidden = [tool for tool in servers if tool.get("defer_loading")]
    found = [tool for tool in hidden if tool in chosen]
    listed = [mcp.listing(task, tool) for tool in servers if tool in found or tool not in hidden]
    resumed = given[-1] if given and type_of(given[-1]) == "mcp_approval_response" else None
    expect_moderate(prompt, world.options.moderate_above)
    threshold = world.options.refuse_above
    if not (uses or any(listed) or resumed) or (threshold is not None and is_harmful(prompt, threshold)):
        return None
    effort, most = asked.effort or model.default_effort, asked.limits.most
    thought = NOTHING
    if model.reasoning != "none":
        thought = reason(engine, prompt, effort, most, world.chance(asked.key, b"thought", b"0"))
    telling = _Telling(asked, most)
    if found:
        search, waits = searched(call, asked, body, engine.tokens, (), found)
        telling.use(Used([*reasoned(body, asked, thought, model), *search], waits=waits))
        thinking = []
        if telling.is_over:
            return Answered(telling.sayings, telling.turns, thought.size, telling.finish_reason)
    else:
        thinking = reasoned(body, asked, thought, model)
    telling.say([saying for used in listed if used for saying in used.sayings])
    telling.say(thinking)
    if resumed:
        telling.use(mcp.answered(task, resumed))
    bound = body.get("max_tool_calls")
    for use in uses if bound is None else uses[: max(bound, 0)]:
        if telling.is_over:
            break
        telling.use(await use())
    if not telling.is_over:
        telling.end(call, engine, body, model, given)
    return Answered(telling.sayings, telling.turns, thought.size, telling.finish_reason)


class _Telling:
    """Puts together what is said turn by turn, in at most *most* tokens; a limit or a tool may end it early."""

    def __init__(self, asked: Asked, most: int) -> None:
        self._asked, self._left = asked, most
        self.sayings: list[Saying] = []
        self.turns = [0]
        self.is_over, self.finish_reason = False, "stop"
        self._results: list[str] = []
        self._citations: list[tuple[str, dict[str, Any]]] = []
        self._acted = False

    def say(self, sayings: list[Saying]) -> None:
        """Add what is said in the turn that is under way, as far as there are tokens left."""
        for saying in sayings:
            if saying.size > self._left:
                self.is_over, self.finish_reason = True, "length"
                return
            self._left -= saying.size
            self.turns[-1] += saying.size
            self.sayings.append(saying)

    def use(self, used: Used) -> None:
        """Add a turn in which a tool is used."""
        if self._acted:
            self.turns.append(0)
        self.say([*used.sayings])
        self._acted = self._acted or bool(used.sayings)
        self._results += [used.result] if used.result else []
        self._citations += used.citations
        if used.waits:
            self.is_over = True

    def end(self, call: Call, engine: Writer, body: dict[str, Any], model: Model, given: list[Item]) -> None:
        """Add the last turn: calls of functions, or a message about all results."""
        if self._left < 1:
            self.is_over, self.finish_reason = True, "length"
            return
        asked = self._asked._replace(effort="none", limits=self._asked.limits._replace(most=self._left))
        if asked.tools is not None and self._acted and asked.tools.choice == "required":
            asked = asked._replace(tools=asked.tools._replace(choice="auto"))
        said = speak(engine, asked, 0, call.now)
        if self._results and not said.calls:
            results = [{"role": "tool", "content": result} for result in self._results]
            said = speak(engine, asked._replace(messages=[*asked.messages, *results]), 0, call.now)
        turns, reason = turns_of(call, asked, body, said, model, engine.tokens, given)
        for number, sayings in enumerate(turns):
            if self._acted or number:
                self.turns.append(0)
            cite(sayings, self._citations)
            self.say(sayings)
        self.finish_reason = reason


def cite(sayings: list[Saying], citations: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Annotate the message among *sayings* with those *citations* whose text it says."""
    for saying in sayings:
        if saying.item["type"] != "message" or saying.item["content"][0]["type"] != "output_text":
            continue
        part = saying.item["content"][0]
        for quote, annotation in citations:
            start = part["text"].find(quote)
            if start < 0:
                continue
            end = start + len(quote)
            place = (
                {"index": end} if annotation["type"] == "file_citation" else {"start_index": start, "end_index": end}
            )
            part["annotations"].append({**annotation, **place})
