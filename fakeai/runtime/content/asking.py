"""What a model is asked, in the one form that content is made from, whichever API asks."""

from typing import Any, NamedTuple

from .generation import Limits
from .guides import Guide
from .sampling import PLAIN, Sampling
from .structured.formats import Format
from .tools.toolbox import Toolbox

Message = dict[str, Any]  # in the form of chat completions


class Asked(NamedTuple):
    """One conversation to go on with.

    *key* decides what is said: the same key, the same answer. *effort* is a level of reasoning as the API names it,
    *prediction* a text that the caller expects, *seen* what pictures in the question show, *material* the text of files
    in the conversation. A model that *searches* the web tells what it found there, on so many pages, about the place
    that the user is *near*. Where nothing but *text* can be said, there are no thoughts and no calls. A *guide* says
    what the answer must be, and *thinking* how many tokens of thought it may have at most.
    """

    model: str
    messages: list[Message]
    key: bytes
    limits: Limits
    tools: Toolbox | None = None
    format: Format | None = None
    effort: str | None = None
    prediction: str = ""
    sampling: Sampling = PLAIN
    verbosity: str = "medium"
    seen: str = ""
    material: str = ""
    searches: int = 0
    near: str = ""
    text: bool = False
    guide: Guide | None = None
    thinking: int | None = None
