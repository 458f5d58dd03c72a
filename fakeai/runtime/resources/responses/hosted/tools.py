"""Tools that are no functions, a row each: how requests call them, what suggests them, and what is done with them."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ....content import web
from . import code_interpreter, computer, file_search, image_generation, mcp, shells, web_search
from .task import Json, Task, Used

Use = Callable[[Task, Json], Awaitable[Used]]


class Hosted(NamedTuple):
    """A tool of one of the *types* that requests call it.

    *use* is what a model does with it. One of *words*, or a phrase, in a prompt suggests it; one that needs *no_words*
    is used whenever there is no other tool. With what *ends_turn* the client must act before the model goes on, which
    it does at once when the last item is an *answered* one.
    """

    types: tuple[str, ...]
    use: Use
    words: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    no_words: bool = False
    ends_turn: bool = False
    answered: str = ""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILE_SEARCH = Hosted(
    ("file_search",),
    file_search.use,
    _words("file files document documents docs pdf upload uploaded attachment attached according"),
    no_words=True,
)
WEB_SEARCH = Hosted(
    ("web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"),
    web_search.search,
    web.SUGGESTING,
    ("look up", "find out"),
)
CODE_INTERPRETER = Hosted(
    ("code_interpreter",),
    code_interpreter.use,
    _words("compute calculate calculation run plot chart python code program simulate statistics"),
)
IMAGE_GENERATION = Hosted(
    ("image_generation",),
    image_generation.use,
    _words("draw image images picture pictures paint painting sketch illustrate illustration photo logo"),
)
MCP = Hosted(("mcp",), mcp.use, no_words=True)
COMPUTER = Hosted(
    ("computer", "computer_use", "computer_use_preview"),
    computer.use,
    _words("click browser screen open type computer desktop window"),
    no_words=True,
    ends_turn=True,
    answered="computer_call_output",
)
LOCAL_SHELL = Hosted(
    ("local_shell",),
    shells.local_shell,
    _words("shell command terminal run execute list bash directory"),
    ends_turn=True,
)
SHELL = Hosted(("shell",), shells.shell, LOCAL_SHELL.words, ends_turn=True)
APPLY_PATCH = Hosted(
    ("apply_patch",),
    shells.apply_patch,
    _words("patch file edit create change fix write refactor rename"),
    ends_turn=True,
)
TOOLS = {
    type: tool
    for tool in (
        FILE_SEARCH, WEB_SEARCH, CODE_INTERPRETER, IMAGE_GENERATION, MCP, COMPUTER, LOCAL_SHELL, SHELL, APPLY_PATCH,
    )
    for type in tool.types
}  # fmt: skip
