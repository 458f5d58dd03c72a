"""Summaries: made of the sentences of the given text that say most of it, in their order, and shorter than it."""

import re

from ...words import stem
from ..ask import Ask
from ..cues import Cue
from ..languages.english import FILLERS
from ..sentences import WORD, sentences
from ..values import count_in

CUES: tuple[Cue, ...] = (
    (
        "summarize summarise summarizes summarised summarized summary summaries summarizing summarising "
        "summarization tldr tl condense recap gist fasse zusammenfassung résume résumez résumer résumé resume "
        "resumen resumir resuma riassumi riassunto resumo samenvatting vat",
    ),
    ("key main", "points takeaways ideas"),
)
ASKS = re.compile(
    r"\b(?:summari[sz]e|summari[sz]ing|summary|tl;?dr|condense|recap|the gist|"
    r"fasse\b.{0,80}\bzusammen|zusammenfassung|résume[rz]?|résumé|resumen?|resumir|"
    r"riassumi|riassunto|resuma|resumo|samenvatting|vat .{0,60}samen|"
    r"(?:key|main) (?:points|takeaways|ideas))\b|tl;?dr|总结|概括|摘要|要約|まとめて|요약",
    re.I,
)
READ = 6000  # characters of a text that a summary is made of
CLAUSE = re.compile(r",\s|;\s|\s(?:and|but|which|while|because|although|when|so|who|where|und|aber|et|mais|y|pero)\s")


def answer(ask: Ask) -> str | None:
    """A summary of the text that the prompt hands over."""
    if not ask.ruled and not ask.find(ASKS):
        return None
    instruction, body = ask.parts
    if not ASKS.search(instruction[-600:] if len(instruction) > 600 else instruction):
        if not re.search(r"tl;?dr:?\s{0,9}$", ask.prompt[-40:], re.I):
            return None
        body = body or re.sub(r"tl;?dr:?\s{0,9}$", "", ask.prompt, flags=re.I)
    if len(body.split(None, 6)) < 6 and not (len(body) > 20 and " " not in body):
        return None
    bounds = ask.bounds
    if re.search(r"\bbullet|\bkey points|\btakeaways", instruction, re.I):
        count = count_in(instruction) or 3
        chosen = summary_of(body, count)
        return "\n".join(f"- {shortened(sentence, body) if len(chosen) == 1 else sentence}" for sentence in chosen)
    if bounds.sentences is not None or bounds.are_set:
        chosen = summary_of(body, bounds.sentences or 3)
        text = bounds.clip(" ".join(chosen))
    else:
        chosen = summary_of(body, 1 if bounds.verbosity == "low" or len(body) < 600 else 2 if len(body) < 2500 else 3)
        text = " ".join(chosen)
    return text if len(text) < len(body.strip()) else shortened(text, body)


def summary_of(text: str, count: int) -> list[str]:
    """The *count* sentences of *text* with most of its frequent words, in their order; never all of several."""
    found = sentences(text[:READ])
    if not found:
        return [text[:READ].strip()]
    counts: dict[str, int] = {}
    bags = []
    for sentence in found:
        bag = set(map(stem, set(WORD.findall(sentence.lower())) - FILLERS))
        bags.append(bag)
        for word in bag:
            counts[word] = counts.get(word, 0) + 1
    count = max(1, min(count, len(found) - 1)) if len(found) > 1 else 1
    scores = [
        sum(counts[word] for word in bag) / (3 + len(bag)) * (1.5 if not at else 1) if len(found[at]) > 15 else 0.0
        for at, bag in enumerate(bags)
    ]
    best = sorted(range(len(found)), key=lambda at: (-scores[at], at))[:count]
    return [found[at] for at in sorted(best)]


def shortened(sentence: str, text: str) -> str:
    """The beginning of *sentence* as a sentence of its own, shorter than *text*."""
    limit = len(text.strip()) - 1
    cut = [found.start() for found in CLAUSE.finditer(sentence) if 12 <= found.start() < limit]
    if cut:
        return sentence[: cut[0]].rstrip(" ,;") + "."
    words = sentence.rstrip(".!?").split()
    kept = " ".join(words[: max(1, len(words) * 2 // 3)])
    return kept.rstrip(" ,;") + "." if len(words) > 1 else sentence[: max(1, limit // 2)]
