"""The web as a model finds it: plausible pages at addresses that are reserved for examples. Nothing is fetched."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..catalog import Model
from ..chance import Chance
from ..errors import ApiError
from .prose.prose import MARKS, topic_of
from .prose.topics import LOOKED_AT

DOMAINS = ("example.com", "example.org", "example.net")
SECTIONS = ("guide", "news", "articles", "wiki", "reports", "blog")
PAGES = {"low": 2, "medium": 3, "high": 5}  # that a search finds, by the size of its context
SUGGESTING = frozenset(
    "search web internet online latest news today current currently recent website google".split()
)  # words of a prompt that suggest a search
HERE = re.compile(
    r"\b(?:(?:near(?:est)?|close|closest|around|next) (?:to )?(?:me|us|here|my (?:place|location|home))|near ?by|"
    r"in my (?:area|city|town|region|country|neighbou?rhood)|around here|locally)\b",
    re.I,
)  # what stands for the place where the user is
LOCALLY = re.compile(r"\blocal (\w+)", re.I)
LOCAL = re.compile(
    r"\b(?:local|here|weather|forecast|rain|snow|restaurants?|caf[ée]s?|coffee shops?|bars?|pubs?|shops?|stores?|"
    r"supermarkets?|pharmac(?:y|ies)|hotels?|museums?|cinemas?|movies? (?:times|showing)|concerts?|events?|"
    r"things to do|traffic|gas stations?|doctors?|dentists?|plumbers?|gyms?|parks?|open (?:now|today|tonight)|"
    r"tonight|sunset|sunrise|holidays?|elections?)\b",
    re.I,
)  # what is asked about the place where one is, if no other is named
NAMED = re.compile(r"\b(?:in|at|near|of|for|from|around) (?:the )?[A-Z]")  # a place, most likely
WORD = re.compile(r"[a-z0-9]+")
LINK = re.compile(r"\(\[([^\[\]]+)\]\((https?://[^\s()]+)\)\)")
SAYINGS = (
    "Recent reports about {} agree on the main points",
    "An overview of {} explains how it came about and who works on it",
    "According to one account, interest in {} has grown steadily",
    "A summary of {} lists what has changed and what has not",
    "Observers of {} expect no surprises in the near future",
)
TITLES = ("{}: an overview", "What is known about {}", "{} explained", "The state of {}", "News about {}")


class Page(NamedTuple):
    """One page: what it *says* on the subject, in a sentence without its full stop."""

    url: str
    title: str
    says: str

    @property
    def link(self) -> str:
        """How an answer cites it."""
        return f"([{self.title}]({self.url}))"


class Citation(NamedTuple):
    """A link in a text: the place of its first character, and that behind its last one."""

    start_index: int
    end_index: int
    url: str
    title: str


def find(topic: str, chance: Chance, count: int = PAGES["medium"], domains: Sequence[str] = DOMAINS) -> list[Page]:
    """*count* pages about *topic* at *domains*, at most five."""
    slug = "-".join(WORD.findall(topic.lower())) or "page"
    subject = topic[:1].upper() + topic[1:]
    first, title, section, domain = chance.draw(len(SAYINGS), len(TITLES), len(SECTIONS), len(domains))
    pages = []
    for number in range(count):
        host = domains[(domain + number) % len(domains)]
        name = TITLES[(title + number) % len(TITLES)].format(subject).translate({91: "(", 93: ")"})
        says = SAYINGS[(first + number) % len(SAYINGS)].format(topic)
        pages.append(Page(f"https://{host}/{SECTIONS[(section + number) % len(SECTIONS)]}/{slug}", name, says))
    return pages


def told(pages: Sequence[Page]) -> str:
    """What *pages* say, each cited."""
    return " ".join(f"{page.says}. {page.link}" for page in pages)


def citations(text: str) -> list[Citation]:
    """The links that *text* has."""
    return [Citation(link.start(), link.end(), link[2], link[1]) for link in LINK.finditer(text)]


def annotations(text: str) -> list[dict[str, Any]]:
    """The links of *text* as a message of a chat tells them beside it."""
    return [{"type": "url_citation", "url_citation": each._asdict()} for each in citations(text)]


def pages_for(model: Model, body: dict[str, Any]) -> int:
    """How many pages a *model* reads for the chat *body*; 0 when it does not search.

    Raises:
        ApiError: 400, it cannot search.
    """
    options = body.get("web_search_options")
    can = "web_search" in model.features
    if options is None:
        return PAGES["medium"] if can and "search" in model.id else 0
    if not can and model.known and model.is_openais:
        raise ApiError(400, "Web search options not supported with this model.", param="web_search_options")
    return PAGES[options.get("search_context_size") or "medium"]


def place_of(location: dict[str, Any] | None) -> str:
    """Where the user is by *location*, as requests of responses or of chats say it; empty when it does not say."""
    if not location:
        return ""
    said = location.get("approximate") or location
    return str(said.get("city") or said.get("region") or said.get("country") or "").strip()


def near(body: dict[str, Any]) -> str:
    """Where the user of the chat *body* is."""
    return place_of((body.get("web_search_options") or {}).get("user_location"))


def located(prompt: str, place: str) -> str:
    """*prompt* with the *place* of who asks, where it is about that: "restaurants near me" are those in the place."""
    if not place or place.lower() in prompt.lower():
        return prompt
    if LOCALLY.search(prompt):
        return LOCALLY.sub(lambda found: f"{found[1]} in {place}", prompt, count=1)
    if HERE.search(prompt):
        return HERE.sub(lambda found: f"in {place}", prompt, count=1)
    if NAMED.search(prompt) or not LOCAL.search(prompt):
        return prompt
    bare = prompt.rstrip()
    end = len(bare.rstrip(".?!"))
    return f"{bare[:end]} in {place}{bare[end:]}"


def subject_near(prompt: str, place: str, suggesting: frozenset[str] = SUGGESTING) -> str:
    """What *prompt* is about for a user who is at *place*."""
    said = located(prompt, place)
    found = subject(said, suggesting)
    return found if said == prompt or place.lower() in found.lower() else f"{found} in {place}"


def subject(prompt: str, suggesting: frozenset[str] = SUGGESTING) -> str:
    """What *prompt* is about, but for addresses and words that are *suggesting* a search."""

    def is_telling(word: str) -> bool:
        return not word.startswith(("http://", "https://")) and word.lower().strip(MARKS) not in suggesting

    rest = [word for word in prompt[:LOOKED_AT].split() if is_telling(word)]
    found = topic_of(" ".join(rest))
    return topic_of(prompt) if found == topic_of("") else found
