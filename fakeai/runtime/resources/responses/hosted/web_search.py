"""Web search: plausible pages at addresses that are reserved for examples, cited. Nothing is fetched."""

import re

from .task import Json, Task, Used

DOMAINS = ("example.com", "example.org", "example.net")
SECTIONS = ("guide", "news", "articles", "wiki", "reports", "blog")
PAGES = 3  # that a search finds
LONGEST_QUERY = 256  # characters
WORD = re.compile(r"[a-z0-9]+")
SAYINGS = (
    "Recent reports about {} agree on the main points",
    "An overview of {} explains how it came about and who works on it",
    "According to one account, interest in {} has grown steadily",
    "A summary of {} lists what has changed and what has not",
    "Observers of {} expect no surprises in the near future",
)
TITLES = ("{}: an overview", "What is known about {}", "{} explained", "The state of {}", "News about {}")


async def use(task: Task, tool: Json) -> Used:
    """Find pages about the prompt."""
    allowed = (tool.get("filters") or {}).get("allowed_domains") or DOMAINS
    slug = "-".join(WORD.findall(task.topic.lower())) or "page"
    topic = task.topic[:1].upper() + task.topic[1:]
    first, title, section, domain = task.chance.draw(len(SAYINGS), len(TITLES), len(SECTIONS), len(allowed))
    sentences, citations, urls = [], [], []
    for number in range(PAGES):
        host = allowed[(domain + number) % len(allowed)]
        url = f"https://{host}/{SECTIONS[(section + number) % len(SECTIONS)]}/{slug}"
        name = TITLES[(title + number) % len(TITLES)].format(topic)
        link = f"([{name}]({url}))"
        sentences.append(f"{SAYINGS[(first + number) % len(SAYINGS)].format(task.topic)}. {link}")
        citations.append((link, {"type": "url_citation", "url": url, "title": name}))
        urls.append({"type": "url", "url": url})
    query = task.prompt[:LONGEST_QUERY].strip() or task.topic
    action = {"type": "search", "query": query, "queries": [query], "sources": urls}
    said = task.saying({"type": "web_search_call", "action": action}, query)
    return Used([said], " ".join(sentences), citations)
