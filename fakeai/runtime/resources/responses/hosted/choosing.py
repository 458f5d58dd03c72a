"""Which tools that are no functions a model uses: those that the request forces, or that the prompt speaks of."""

from collections.abc import Awaitable, Callable, Sequence

from ....content import web
from ....content.tools.programs import FORMULA
from ....content.words import SMALL
from ..items import Item, type_of
from . import code_interpreter, computer, file_search, image_generation, mcp, shells, web_search
from .task import Json, Task, Used

Use = Callable[[Task, Json], Awaitable[Used]]

FAMILIES = {  # by the type of a tool
    "file_search": "file_search",
    "web_search": "web_search",
    "web_search_2025_08_26": "web_search",
    "web_search_preview": "web_search",
    "web_search_preview_2025_03_11": "web_search",
    "code_interpreter": "code_interpreter",
    "image_generation": "image_generation",
    "mcp": "mcp",
    "computer": "computer",
    "computer_use": "computer",
    "computer_use_preview": "computer",
    "local_shell": "local_shell",
    "shell": "shell",
    "apply_patch": "apply_patch",
}
USES: dict[str, Use] = {
    "file_search": file_search.use,
    "web_search": web_search.search,
    "code_interpreter": code_interpreter.use,
    "image_generation": image_generation.use,
    "mcp": mcp.use,
    "computer": computer.use,
    "local_shell": shells.local_shell,
    "shell": shells.shell,
    "apply_patch": shells.apply_patch,
}
WORDS = {  # that suggest a tool
    "file_search": "file files document documents docs pdf upload uploaded attachment attached according",
    "web_search": " ".join(web.SUGGESTING),
    "code_interpreter": "compute calculate calculation run plot chart python code program simulate statistics",
    "image_generation": "draw image images picture pictures paint painting sketch illustrate illustration photo logo",
    "computer": "click browser screen open type computer desktop window",
    "local_shell": "shell command terminal run execute list bash directory",
    "shell": "shell command terminal run execute list bash directory",
    "apply_patch": "patch file edit create change fix write refactor rename",
}
PHRASES = {"web_search": ("look up", "find out")}
SUGGESTS = {family: frozenset(words.split()) for family, words in WORDS.items()}
ALONE = frozenset(("file_search", "mcp", "computer"))  # used whenever there is no other tool
BESIDE = frozenset(("tool_search", "programmatic_tool_calling"))  # tools that others are called with
WAITED = {"computer": "computer_call_output"}  # by family: what the client answers, and the tool goes on


def offered(body: Json) -> list[Json]:
    """The tools that the request *body* lets the model use."""
    tools = [tool for tool in body.get("tools") or () if tool["type"] in FAMILIES]
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
    same = FAMILIES.get(named["type"]) == FAMILIES[tool["type"]]
    return same and (label not in named or named[label] == tool.get(label))


def choose(body: Json, given: Sequence[Item], prompt: str) -> list[Json]:
    """The tools that a model uses in answer to the items *given*, in their order."""
    tools, last = offered(body), type_of(given[-1]) if given else ""
    if not tools or last == "mcp_approval_response":
        return []
    if last.endswith("_output"):
        return [tool for tool in tools if WAITED.get(FAMILIES[tool["type"]]) == last][:1]
    choice = body.get("tool_choice") or "auto"
    if isinstance(choice, dict):
        if choice["type"] != "allowed_tools":
            return tools
        choice = choice["mode"]
    there = [tool for tool in body["tools"] if tool["type"] not in BESIDE]
    only = len(there) == 1
    used = [tool for tool in tools if _suggests(tool, prompt) or (only and FAMILIES[tool["type"]] in ALONE)]
    if choice == "required" and not used and all(tool["type"] in FAMILIES for tool in there):
        used = tools[:1]
    return _until_waiting(used)


def uses_of(task: Task, tool: Json) -> list[Use]:
    """What is done with *tool*, each in a turn of its own."""
    if FAMILIES[tool["type"]] == "web_search":
        return web_search.uses(task, tool)
    return [USES[FAMILIES[tool["type"]]]]


def subject(prompt: str, tools: Sequence[Json], place: str = "") -> str:
    """What *prompt* is about for a user who is at *place*, but for the words that suggest *tools*."""
    suggesting: frozenset[str] = frozenset().union(*(SUGGESTS.get(FAMILIES[tool["type"]], ()) for tool in tools))
    return web.subject_near(prompt, place, suggesting)


def _until_waiting(tools: list[Json]) -> list[Json]:
    """*tools* up to the first that the client runs, which ends the response."""
    for at, tool in enumerate(tools):
        if FAMILIES[tool["type"]] in ("computer", "local_shell", "shell", "apply_patch"):
            return tools[: at + 1]
    return tools


def _suggests(tool: Json, prompt: str) -> bool:
    """Whether *prompt* speaks of what *tool* does."""
    family, low = FAMILIES[tool["type"]], prompt.lower()
    words = set(SMALL.findall(low))
    if family == "mcp":
        about = set(SMALL.findall(f"{tool['server_label']} {' '.join(mcp.names(tool))}".lower().replace("_", " ")))
        return bool(words & about)
    if family == "web_search" and web_search.named(prompt):
        return True
    if family == "code_interpreter" and any(sign in found for found in FORMULA.findall(low) for sign in "+*/%^"):
        return True
    return bool(words & SUGGESTS[family]) or any(phrase in low for phrase in PHRASES.get(family, ()))
