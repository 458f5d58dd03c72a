"""Answers from a context: the sentence of it that shares most words with the question, as retrieval prompts expect."""

import math
import re

from ...words import stem
from ..ask import AROUND, Ask
from ..cues import Cue
from ..languages.english import FILLERS
from ..sentences import SHORTENED, WORD

CUES: tuple[Cue, ...] = (
    (
        "context contexte contexto kontext passage passages document documents excerpt excerpts source sources "
        "snippet snippets article information paragraph story text",
    ),
    ("following given provided retrieved above below", "content knowledge"),
    ("on upon", "based relying"),
)
SAYS = re.compile(
    r"\b(?:context|contexte|contexto|kontext|passages?|documents?|excerpts?|sources?|snippets?|"
    r"article|knowledge base|information|text|paragraph|story)\b\s{0,9}(?:information )?(?:is |"
    r"are )?(?:provided |given )?(?:below|following)?\s{0,9}[:>.]|"
    r"\b(?:following|given|provided|retrieved|above|below) (?:pieces of |parts of )?(?:retrieved |"
    r"long |additional |extracted )?(?:context|information|passages?|documents?|excerpts?|text|"
    r"sources?|article|content|snippets?|knowledge)\b|"
    r"\b(?:based|relying) (?:only |solely |strictly )?(?:up)?on (?:the |this )?|"
    r"\baccording to (?:the|this) (?:text|passage|context|article|document)|<(?:context|document|"
    r"documents|passage|source|text)s?\b",
    re.I,
)
# The same, looked for around its words.
NOUNS = (
    "context", "kontext", "passage", "document", "excerpt", "source", "snippet", "article", "information", "text",
    "paragraph", "story", "knowledge base", "contexte", "contexto",
)  # fmt: skip
GIVEN = ("following", "given", "provided", "retrieved", "above", "below")
AFTER = re.compile(r"s?\b\s{0,9}(?:information )?(?:is |are )?(?:provided |given )?(?:below|following)?\s{0,9}[:>.]")
PHRASES = (
    "based on", "based upon", "based only", "based solely", "based strictly", "relying o", "according to th",
    "<context", "<document", "<passage", "<source", "<text",
)  # fmt: skip
MOST_PLACES = 6  # of each word
QUESTION = re.compile(
    r"(?:^|\n)\s{0,9}(?:\*\*|#+ ?)?(?:user(?:'s)? |the |my |final )?(?:question|query|user query|"
    r"user input|input question|q|frage|pregunta|user|"
    r"human)\s{0,9}(?:\*\*)?\s{0,9}(?:is)?\s{0,9}:\s{0,9}(?:\*\*)?\s{0,9}",
    re.I,
)
ASKERS = ("question", "query", "user", "frage", "pregunta", "human", "q:", "q :", "input")  # in any QUESTION
INLINE = re.compile(r"\b(?:question|query)\s{0,9}:\s{0,9}", re.I)
TAG = re.compile(r"<(context|documents?|passages?|sources?|text|article|data)\b[^>\n]{0,200}>")
QUERY_TAG = re.compile(r"<(?:question|query|user_query|user_question)>\s{0,9}([^<]{1,2000}?)\s{0,9}</", re.I)
RULER = re.compile(r"-{4,}\n")
START = re.compile(
    r"(?:^|\n|\s)(?:\*\*|#+ ?)?(?:the |retrieved |relevant )?(?:context|contexte|contexto|kontext|passages?|"
    r"documents?|excerpts?|sources?|information|text|article|snippets?|paragraph|"
    r"story)\s{0,9}(?:\*\*)?\s{0,9}:\s{0,9}(?:\*\*)?\s{0,9}",
    re.I,
)
ANSWER = re.compile(
    r"\n\s{0,9}(?:\*\*)?(?:helpful |your |final |concise |the )?(?:answer|response|assistant|ai|"
    r"antwort|respuesta|réponse)\s{0,9}(?:\*\*)?\s{0,9}:?\s{0,9}(?:\*\*)?\s{0,9}$",
    re.I,
)
SENTENCE_END = re.compile(r"[.!?。！？](?=[\s\"'”)]|$)|\n")
MARK = re.compile(
    r"^(?:\s{0,9}(?:[-*•#>]+|\[?\d{1,3}[\].):]|(?:document|source|passage|chunk|"
    r"excerpt)\s{0,9}\[?\d+\]?\s{0,9}(?:\([^)]*\))?:?|(?:title|content|page_content|text)\s{0,9}[:=])\s{0,9})+",
    re.I,
)
WRAPPED = re.compile(r"page_content=[\"'](.+?)(?:[\"'](?:,|\))|$)", re.S)
NAMES = re.compile(r"\b[A-Z]\w+")
# What an answer to a question of that kind often has.
HINTS = (
    (
        re.compile(r"\b(?:when|what year|which year|what date)\b", re.I),
        re.compile(
            r"\b\d{4}\b|\b\d{1,2}:\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|"
            r"October|November|December|Monday|Friday|century)\b"
        ),
    ),
    (
        re.compile(r"\bhow (?:many|much|long|old|far|tall|high|big|fast)\b", re.I),
        re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million)\b", re.I),
    ),
    (re.compile(r"\bwhere\b", re.I), re.compile(r"\b(?:in|at|near|on) (?:the )?[A-Z]")),
    (re.compile(r"\bwho\b", re.I), re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+|\bby [A-Z]")),
)
LIKELIEST, PLACES = 10, 24  # words that are looked for, and places where each is looked at
NOTHING = "The context does not say anything about that, so I don't know."
READ, LONGEST = 3000, 200_000  # characters at both ends in which a question is looked for, and of a context
BASED = re.compile(r"[^\n]{0,200}\b(?:based|relying|according|using|given|following|answer)\b", re.I)
ASKED = re.compile(r"[^.!?\n]{4,300}\?")


def answer(ask: Ask) -> str | None:
    """What the context says to the question."""
    if ask.ruled:
        found = SAYS.search(ask.system)
        if not found or not re.search(r"\bcontext|<context|passages|documents|retrieved", ask.system, re.I):
            return None
        if START.search(ask.prompt, 0, READ) or RULER.search(ask.prompt, 0, READ) or TAG.search(ask.prompt, 0, READ):
            return None  # the system message tells how to read the context that each prompt brings
        context = _context(ask.system) or ""
        return _answered(ask, context, ask.prompt) if len(context.split(None, 4)) >= 4 else None
    if not _introduces(ask):
        return None
    prompt = ask.prompt.rstrip()
    cue = ANSWER.search(prompt, max(0, len(prompt) - 60))
    prompt = prompt[: cue.start()] if cue else prompt
    split = _split(prompt)
    if split is None:
        return None
    context, question = split
    if len(context.split(None, 4)) < 4 or not question:
        return None
    return _answered(ask, context, question)


def _introduces(ask: Ask) -> bool:
    """Whether SAYS stands where the form is looked for."""
    text = ask.lower
    for noun in NOUNS:
        at = text.find(noun)
        for _ in range(MOST_PLACES):
            if at < 0:
                break
            if AFTER.match(text, at + len(noun)) and SAYS.search(text, max(at - 1, 0), at + AROUND):
                return True
            at = text.find(noun, at + len(noun))
    for word in (*GIVEN, *PHRASES):
        at = text.find(word)
        for _ in range(MOST_PLACES):
            if at < 0:
                break
            if SAYS.search(text, max(at - 1, 0), at + 2 * AROUND):
                return True
            at = text.find(word, at + len(word))
    return False


def _split(prompt: str) -> tuple[str, str] | None:
    """The context and the question of *prompt*."""
    return _tagged(prompt) or _named(prompt) or _introduced(prompt) or _paragraphs(prompt)


def _inside(text: str) -> tuple[int, int, int, int] | None:
    """Where the first tag around a context begins and ends, and where its end does."""
    found = TAG.search(text)
    if found is None:
        return None
    closing = f"</{found[1]}>"
    at = text.find(closing, found.end())
    return (found.start(), found.end(), at, at + len(closing)) if at >= 0 else None


def _tagged(prompt: str) -> tuple[str, str] | None:
    """A context between tags, and what is asked before or after it."""
    places = _inside(prompt)
    if places is None:
        return None
    begin, start, end, after = places
    context, rest = prompt[start:end], (prompt[:begin] + "\n" + prompt[after:])[-READ:]
    query = QUERY_TAG.search(rest)
    if query:
        return context, query[1]
    asked = list(QUESTION.finditer(rest))
    if asked:
        return context, rest[asked[-1].end() :].strip()
    return context, prompt[after:].strip() or next(iter(ASKED.findall(rest)), "").strip()


def _named(prompt: str) -> tuple[str, str] | None:
    """A question behind "Question:", with the context before or after it."""
    start = max(0, len(prompt) - READ)
    low = prompt[start:].lower()
    if not any(map(low.__contains__, ASKERS)):
        return None
    found = list(QUESTION.finditer(prompt, start)) or list(INLINE.finditer(prompt, start))
    if not found:
        return None
    question, context = prompt[found[-1].end() :].strip(), prompt[: found[-1].start()]
    if len(question) < 3 or len(context.split(None, 6)) < 6:
        early = QUESTION.search(prompt, 0, READ)
        if early is None:
            return None
        question, _, context = prompt[early.end() :].partition("\n")
    elif "\n\n" in question:
        first, _, rest = question.partition("\n\n")
        begin = START.search(rest, 0, READ)
        if begin:
            return rest[begin.end() :], first
    return _context(context) or context, question


def _introduced(prompt: str) -> tuple[str, str] | None:
    """A context behind "Context:", with a question after or before it."""
    begin = START.search(prompt, 0, READ)
    if begin is None:
        return None
    rest = prompt[begin.end() :].rstrip()
    before, _, last = rest.rpartition("\n")
    if before.strip() and "?" in last:
        return before, last.strip()
    asked = ASKED.findall(prompt[: begin.start()])
    if asked:
        return rest, asked[-1].strip()
    asked = ASKED.findall(rest[-READ:])
    if asked and rest.endswith(asked[-1]):
        return rest[: -len(asked[-1])], asked[-1].strip()
    return None


def _paragraphs(prompt: str) -> tuple[str, str] | None:
    """A context in paragraphs of its own, after or before one that asks."""
    if not BASED.match(prompt):
        return None
    first, gap, rest = prompt.partition("\n\n")
    if not gap:
        return None
    if "?" in first:
        return rest, first.strip()
    middle, gap, last = rest.rpartition("\n\n")
    if "?" not in last:
        return None
    return (middle if gap else first.partition("\n")[2] or first), last.strip()


def _context(text: str) -> str | None:
    """The part of *text* that is context, without the instruction before it."""
    places = _inside(text)
    if places:
        return text[places[1] : places[2]]
    opened = RULER.search(text, 0, READ)
    closed = text.rfind("\n----")
    if opened and closed > opened.end():
        return text[opened.end() : closed]
    begin = START.search(text, 0, READ)
    if begin and len(text) - begin.end() > 20:
        return text[begin.end() :]
    _, gap, after = text.partition("\n\n")
    if gap and len(after.split(None, 6)) > 5:
        return after
    _, gap, after = text.partition("\n")
    return after if gap and len(after.split(None, 6)) > 5 else None


def _answered(ask: Ask, context: str, question: str) -> str:
    found = best_sentence(context, question)
    if found is None:
        return NOTHING
    return ask.bounds.clip(found) if ask.bounds.are_set else found


def best_sentence(context: str, question: str) -> str | None:
    """The sentence of *context* that shares most with *question*; None when none shares a word.

    Only places where the rarer words of the question stand are looked at, so that a long context costs little.
    """
    context = context[:LONGEST]
    lower = context.lower()
    asked = [
        word
        for word in dict.fromkeys(WORD.findall(question.lower()[:1000]))
        if word not in FILLERS and (len(word) > 2 or word.isdigit())
    ]
    stems = sorted({stem(word) for word in asked}, key=lambda word: (-len(word), word))[:LIKELIEST]
    if not stems:
        return None
    weights, spans = {}, {}
    for word in stems:
        count, at = 0, lower.find(word)
        while at >= 0 and count < PLACES:
            count += 1
            start, end = _around(context, at)
            spans[start] = end
            at = lower.find(word, at + len(word))
        if count:
            weights[word] = 1 / (1 + math.log(1 + count))
    names = {stem(word.lower()) for word in NAMES.findall(question[1:])}
    weights = {word: weight * (0.75 if word in names else 1) for word, weight in weights.items()}
    hint = next((found for words, found in HINTS if words.search(question)), None)
    best, most = None, 0.0
    for start in sorted(spans):
        sentence = context[start : spans[start]]
        small = sentence.lower()
        score = sum([weight for word, weight in weights.items() if word in small]) - len(sentence) / 20_000
        if hint and score > 0 and hint.search(sentence):
            score += 0.45
        if "?" in sentence[-2:]:
            score -= 0.5
        if score > most:
            best, most = sentence, score
    if best is None:
        return None
    wrapped = WRAPPED.search(best)
    if wrapped:
        return wrapped[1].strip()
    return MARK.sub("", best).strip() or best.strip()


def _around(text: str, at: int) -> tuple[int, int]:
    """Where the sentence around *at* begins and ends."""
    floor = max(0, at - 600)
    start = floor
    for found in SENTENCE_END.finditer(text, floor, at):
        if found[0] == "\n" or not SHORTENED.search(text[max(0, found.start() - 5) : found.end()]):
            start = found.end()
    end = min(len(text), at + 600)
    for found in SENTENCE_END.finditer(text, at, end):
        if found[0] == "\n" or not SHORTENED.search(text[max(0, found.start() - 5) : found.end()]):
            return start, found.start() if found[0] == "\n" else found.end()
    return start, end
