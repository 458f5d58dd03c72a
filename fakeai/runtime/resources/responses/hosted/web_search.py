"""Web search: pages that are found, opened and looked through. Nothing is fetched; what they say is made up, and cited.

A page that the prompt names by its address is opened instead of searched for. Who is to read, or to look into it in
depth, opens the first page that was found, and looks there for what the prompt quotes.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from ....content import web
from ....content.structured.hints import QUOTED, URL
from ....ledger.ledger import Ledger
from ....ledger.rows import WEB_SEARCHES, Amounts
from ..sayings import Saying
from .task import Json, Task, Used

LONGEST_QUERY = 256  # characters
DEEP = re.compile(r"\b(?:read|open|visit|in depth|in detail|detailed|thorough(?:ly)?|deep|research(?:ing)?)\b", re.I)
FINDS = re.compile(r"\b(?:find|look for|locate|mentions?|says?|where)\b", re.I)

Use = Callable[[Task, Json], Awaitable[Used]]


def uses(task: Task, tool: Json) -> list[Use]:
    """What is done in the web for the prompt."""
    opens = _page(task, tool) is not None
    found: list[Use] = [] if opens else [search]
    if opens or DEEP.search(task.prompt) or "deep-research" in str(task.body.get("model")):
        found.append(open_page)
        if FINDS.search(task.prompt) and _quoted(task.prompt):
            found.append(find_in_page)
    return found


def named(prompt: str) -> str | None:
    """The address of a page in *prompt*."""
    found = URL.search(prompt)
    return found[0] if found else None


def place_of(tools: Sequence[Json]) -> str:
    """Where the user is by the first of *tools* that says it."""
    return next(filter(None, [web.place_of(tool.get("user_location")) for tool in tools]), "")


def is_near(tool: Json, prompt: str) -> bool:
    """Whether *prompt* is about the place where *tool* says that the user is."""
    return web.located(prompt, place_of([tool])) != prompt


async def search(task: Task, tool: Json) -> Used:
    """Find pages about the prompt."""
    size = tool.get("search_context_size") or "medium"
    ledger = task.call.world.engine(Ledger)
    ledger.add(task.call, WEB_SEARCHES, Amounts(1, calls=1), str(task.body.get("model")), context_level=size)
    pages = _pages(task, tool)
    query = web.located(task.prompt[:LONGEST_QUERY].strip(), place_of([tool])) or task.topic
    sources = [{"type": "url", "url": page.url} for page in pages]
    said = _saying(task, {"type": "search", "query": query, "queries": [query], "sources": sources}, query)
    citations = [(page.link, {"type": "url_citation", "url": page.url, "title": page.title}) for page in pages]
    return Used([said], web.told(pages), citations)


async def open_page(task: Task, tool: Json) -> Used:
    """Open the page that the prompt names, or the first that a search finds."""
    address = _page(task, tool)
    page = _pages(task, tool)[0]
    if address is None:  # its search has told of it
        return Used([_saying(task, {"type": "open_page", "url": page.url}, page.url)])
    page = page._replace(url=address, title=urlsplit(address).netloc)
    said = _saying(task, {"type": "open_page", "url": address}, address)
    citation = (page.link, {"type": "url_citation", "url": address, "title": page.title})
    return Used([said], f"The page is about {task.topic}. {page.link}", [citation])


async def find_in_page(task: Task, tool: Json) -> Used:
    """Look for what the prompt quotes in the page that is open."""
    address = _page(task, tool) or _pages(task, tool)[0].url
    pattern = _quoted(task.prompt) or task.topic
    times = task.call.world.chance(task.key, b"find").below(5) + 1
    said = _saying(task, {"type": "find_in_page", "url": address, "pattern": pattern}, pattern)
    return Used([said], f'The page says "{pattern}" {times} time{"s" if times != 1 else ""}.')


def _pages(task: Task, tool: Json) -> list[web.Page]:
    """The pages that a search finds."""
    count = web.PAGES[tool.get("search_context_size") or "medium"]
    return web.find(task.topic, task.call.world.chance(task.key, b"hosted"), count, _allowed(tool) or web.DOMAINS)


def _allowed(tool: Json) -> list[str]:
    return (tool.get("filters") or {}).get("allowed_domains") or []


def _page(task: Task, tool: Json) -> str | None:
    """The page that the prompt names, if it may be opened."""
    address, allowed = named(task.prompt), _allowed(tool)
    if address is None or not allowed:
        return address
    host = urlsplit(address).netloc.partition(":")[0]
    return address if any(host == domain or host.endswith(f".{domain}") for domain in allowed) else None


def _quoted(prompt: str) -> str:
    """What stands in quotation marks in *prompt*."""
    found = QUOTED.search(prompt)
    return next((group for group in found.groups() if group), "") if found else ""


def _saying(task: Task, action: Json, written: str) -> Saying:
    return task.saying({"type": "web_search_call", "action": action}, written)
