"""Which tools that are no functions a model uses: those that the request forces, or that the prompt speaks of."""

from collections.abc import Sequence

from ....content import web
from ....content.tools.programs import FORMULA
from ....content.words import SMALL
from ..items import Item, type_of
from . import mcp, web_search
from .task import Json, Task
from .tools import CODE_INTERPRETER, MCP, TOOLS, WEB_SEARCH, Use

BESIDE = frozenset(("tool_search", "programmatic_tool_calling"))  # tools that others are called with


def offered(body: Json) -> list[Json]:
    """The tools that the request *body* lets the model use."""
    tools = [tool for tool in body.get("tools") or () if tool["type"] in TOOLS]
    choice = body.get("tool_choice") or "auto"
    if choice == "none" or not tools:
        return []
    if not isinstance(choice, dict):
        return tools
    if choice["type"] == "allowed_tools":
        return [tool for tool in tools if any(_is(tool, each) for each in choice["tools"])]
    return [tool for tool in tools if _is(tool, choice)][:1]


def _is(tool: Json, named: Json) -> bool:
    """Whether a choice has *named* the *tool*."""
    label = "server_label"
    same = TOOLS.get(named["type"]) is TOOLS[tool["type"]]
    return same and (label not in named or named[label] == tool.get(label))


def choose(body: Json, given: Sequence[Item], prompt: str) -> list[Json]:
    """The tools that a model uses in answer to the items *given*, in their order."""
    tools, last = offered(body), type_of(given[-1]) if given else ""
    if not tools or last == "mcp_approval_response":
        return []
    if last.endswith("_output"):
        return [tool for tool in tools if TOOLS[tool["type"]].answered == last][:1]
    choice = body.get("tool_choice") or "auto"
    if isinstance(choice, dict):
        if choice["type"] != "allowed_tools":
            return tools
        choice = choice["mode"]
    there = [tool for tool in body["tools"] if tool["type"] not in BESIDE]
    only = len(there) == 1
    used = [tool for tool in tools if _suggests(tool, prompt) or (only and TOOLS[tool["type"]].no_words)]
    if choice == "required" and not used and all(tool["type"] in TOOLS for tool in there):
        used = tools[:1]
    return _until_waiting(used)


def uses_of(task: Task, tool: Json) -> list[Use]:
    """What is done with *tool*, each in a turn of its own."""
    hosted = TOOLS[tool["type"]]
    return web_search.uses(task, tool) if hosted is WEB_SEARCH else [hosted.use]


def subject(prompt: str, tools: Sequence[Json], place: str = "") -> str:
    """What *prompt* is about for a user who is at *place*, but for the words that suggest *tools*."""
    suggesting: frozenset[str] = frozenset().union(*(TOOLS[tool["type"]].words for tool in tools))
    return web.subject_near(prompt, place, suggesting)


def _until_waiting(tools: list[Json]) -> list[Json]:
    """*tools* up to the first that the client runs, which ends the response."""
    for at, tool in enumerate(tools):
        if TOOLS[tool["type"]].ends_turn:
            return tools[: at + 1]
    return tools


def _suggests(tool: Json, prompt: str) -> bool:
    """Whether *prompt* speaks of what *tool* does."""
    hosted, low = TOOLS[tool["type"]], prompt.lower()
    words = set(SMALL.findall(low))
    if hosted is MCP:
        about = set(SMALL.findall(f"{tool['server_label']} {' '.join(mcp.names(tool))}".lower().replace("_", " ")))
        return bool(words & about)
    if hosted is WEB_SEARCH and (web_search.named(prompt) or web_search.is_near(tool, prompt)):
        return True
    if hosted is CODE_INTERPRETER and any(sign in found for found in FORMULA.findall(low) for sign in "+*/%^"):
        return True
    return bool(words & hosted.words) or any(phrase in low for phrase in hosted.phrases)
