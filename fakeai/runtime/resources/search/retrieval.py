"""Retrieval-augmented generation: documents about what the filters name, and an answer that refers to them."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...content.generation import Limits, generate_all, identity, writer
from ...content.prose.prose import topic_of
from ...content.usage import usage
from .ranking import Query

LIMIT = 5  # documents
MODEL = "meta-llama/Llama-3.1-70B-Instruct"

# The chapters of the manual that a corpus is. `{0}` is what the filters name, `{1}` what a query is about.
CHAPTERS = (
    "Introduction: a short description of {1} for those who meet it in {0} for the first time.",
    "Getting started: the first session with {0}, from an empty project to a result about {1}.",
    "Settings: the options of {0} that touch {1}, with their defaults and ranges.",
    "Method: the steps that {0} takes for {1}, in their order, and what each hands to the next.",
    "Examples: three small projects of {0} about {1}, with their results.",
    "Results: how to read the tables and plots that {0} writes about {1}.",
    "Accuracy: how far to trust {1}, and what {0} reports when a limit is passed.",
    "Speed: how {0} divides the work on {1} between machines.",
    "Errors: the messages of {0} about {1}, and what to do about each.",
    "Questions and answers about {1}, gathered from users of {0}.",
    "Comparison: when to choose {1}, and when another method of {0} fits better.",
    "Automation: using {1} from scripts, and running {0} without a display.",
    "Release notes: what is new in {0}, with the corrections to {1}.",
    "Installation: machines, licenses and folders that {0} needs.",
    "Projects: how {0} keeps designs, runs and results together.",
    "Users and permissions: who may start, stop and delete runs of {0}.",
    "Import and export: the file formats that {0} reads and writes.",
    "Monitoring: the logs and counters of {0} while a run goes on.",
    "Backup: what to keep of a project of {0}, and how to restore it.",
    "Glossary: the words of {0} in alphabetical order.",
)
FIRST_PAGE, PAGES = 4, 15  # of a chapter
LONGEST_SUBJECT = 120  # characters
NATURAL = Limits.of({}, "max_tokens")  # an answer that comes to its own end: one paragraph


@dataclass(frozen=True)
class Document:
    """A chapter that was found; *score* is from 0 to 1."""

    id: str
    content: str
    score: float
    source: str


async def answer(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """Answer the body's `query`, one or a list, with the `top_k` documents that fit it best."""
    engine = await writer(call.world)
    asked, filters = body["query"], body.get("filters") or {}
    queries: list[str] = [asked] if isinstance(asked, str) else asked
    found = (await _documents(call, queries, filters))[: body.get("top_k", LIMIT)]
    key = identity({"inference_model": MODEL, **body})
    texts = await generate_all(engine, key, queries, 1, NATURAL)
    lead = f"{found[0].source} describes {' and '.join(dict.fromkeys(map(topic_of, queries)))}. "
    content = lead + "\n\n".join(map(str, texts))
    tokens = call.world.tokens
    read = sum(map(tokens.count, queries)) + sum(tokens.count(document.content) for document in found)
    made = tokens.count(content)
    retrieved = [
        {
            "id": document.id,
            "content": document.content,
            "score": document.score,
            "metadata": filters,
            "source": document.source,
        }
        for document in found
    ]
    said = {"content": content, "retrieved_docs": retrieved, "usage": orjson.loads(usage(read, made))}
    return call.reply(said, timing.end(made, call.world.chance(key, b"pace")))


async def _documents(call: Call, queries: list[str], filters: dict[str, Any]) -> list[Document]:
    """The chapters about what *filters* name and *queries* ask for, the best first."""
    names = [name for value in filters.values() for name in (value if isinstance(value, list) else [value])]
    subject = " ".join(map(str, names))[:LONGEST_SUBJECT].strip() or "the product"
    topic = " and ".join(dict.fromkeys(map(topic_of, queries)))
    heads = [chapter.format(subject, topic) for chapter in CHAPTERS]
    key = orjson.dumps([subject, topic])
    prompts = [f"About {topic if '{1}' in chapter else subject}" for chapter in CHAPTERS]
    bodies = await generate_all(await writer(call.world), key, prompts, 1, NATURAL)
    compared = [Query(query) for query in queries]
    book = re.sub(r"[^\w.-]+", "_", subject).strip("_") if names else ""
    documents = []
    for at, (head, text) in enumerate(zip(heads, bodies, strict=True)):
        content = f"{head} {text}"
        score = round(max(query.relevance(content) for query in compared), 6)
        source = f"{book}_User_Guide_p{FIRST_PAGE + PAGES * at}" if book else f"document_{at + 1}.txt"
        documents.append(Document(call.world.fixed_id("doc-", key, b"%d" % at)[:12], content, score, source))
        await give_way()
    return sorted(documents, key=lambda document: -document.score)
