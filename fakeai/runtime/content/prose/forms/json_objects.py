"""JSON that is asked for in words: an object with the keys that the prompt names, or an array."""

import re
from typing import Any

import orjson

from ..ask import Ask
from ..bounds import NUMBERS
from ..cues import Cue
from ..facts.categories import CATEGORIES
from ..values import count_in, value_of
from .arithmetic import LEAD, NotArithmetic, evaluate, shown_number
from .classification import label_of, labels_in
from .extraction import DATE, EMAIL, MONEY, NUMERAL, URL, names_in
from .facts import fact
from .lists import _head, items

CUES: tuple[Cue, ...] = (("json",),)
ASKS = re.compile(
    r"\b(?:in|as|return|returns?|respond|reply|output|answer|with|only|valid|generate|write|"
    r"create|give me|produce|into|to|format|"
    r"provide|make|using|a|of|example|sample)\b[^.\n]{0,80}\bjson\b|^json\b|\bjson (?:object|"
    r"array|list|with|format|output|only|schema|blob|"
    r"that|containing|of)\b"
)
ABOUT = re.compile(r"^(?:what|how|why|explain|parse|who|when|difference|fix|validate|write a (?:python|function|"
r"script|program))|\bwhat is json\b|"
                   r"\b(?:function|script|program|code|parser|query|regex)\b.{0,60}\bjson\b|\bjson (?:parser|"
r"library|file)\b")  # fmt: skip
SAMPLE = re.compile(r"[\[{]\s{0,9}(?:\{\s{0,9})?[\"'][^\"'{}]{1,60}[\"']\s{0,9}:")  # begins an example of JSON
PAIR = re.compile(r"[\"']([\w $.-]{1,60})[\"']\s{0,9}:\s{0,9}(\"[^\"]*\"|'[^']*'|\[[^\]]*\]?|<[^>]*>|[^,}\]\n]*)")
KEYS = re.compile(
    r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?|members?|containing|contains|including|columns|with)\b\s{0,9}"
    r"(?:(?:named|called|are|is|of|the|following|keys?|fields?|properties|these|a|an|only|two|"
    r"three|four|both|exactly|for)\s{1,9}|:\s{0,9})*"
    r"([`\"'\w][^\n.;:?!{}]{0,240})",
    re.I,
)
STRONG_KEYS = re.compile(r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?|members?)\b", re.I)
TYPE = re.compile(r"\s{0,9}\((.*?)\)|\s{1,9}as (?:an? )?(\w+)$|\s{0,9}:\s{0,9}(\w+)$")
ONLY = re.compile(
    r"\bonly (?:a |the |with |in |valid |raw |return |output )*(?:a )?json\b|\bjson (?:object |"
    r"array )?only\b|\bjust (?:the |a )?json\b|\braw json\b|nothing else|"
    r"no (?:other|extra|additional|markdown|code ?fences?|backticks|explanation|prose|commentary|"
    r"preamble)|without (?:any )?(?:markdown|explanation|code|other|fenc|backtick)|"
    r"do(?:n't| not) (?:include|add|wrap|use (?:markdown|code))|valid json\b(?! object with)|"
    r"strictly|must be (?:valid )?json|json output:?\s{0,9}$"
)
ARRAY = re.compile(r"\bjson (?:array|list)\b|\b(?:array|list) of\b|\bas an array\b", re.I)
EXTRACTED = re.compile(
    r"\bextract (?:the |all )?([\w ,]{3,100}?)\s{1,9}(?:from|as|in|and (?:return|output)|into|to)\b", re.I
)
SPLIT = re.compile(r"\s{0,9}(?:,|;|/|\band\b|&|\bund\b|\bet\b)\s{0,9}")
STOP = re.compile(
    r"\s(?:for|about|from|of|in|that|which|where|based|describing|using|on|to|if|whose|as json|"
    r"only|then|please|when|so|without|with)\s.*$",
    re.I | re.S,
)
LONGEST_SAMPLE = 3000  # characters
READ = 6000  # characters of a prompt
MOST = 100  # objects of an array


def answer(ask: Ask) -> str | None:
    """JSON, in a fence unless nothing else may be there."""
    asked = ask.system.lower() if ask.ruled else ask.lower
    if not (ASKS.search(asked) if ask.ruled else ask.found(ASKS)) or (
        not ask.ruled and ABOUT.search(ask.first) and not STRONG_KEYS.search(ask.lower)
    ):
        return None
    made = orjson.dumps(_value(ask), option=orjson.OPT_INDENT_2).decode()
    if ask.ruled or ONLY.search(ask.lower) or ONLY.search(ask.system.lower()):
        return made
    return f"```json\n{made}\n```"


SUBJECT = re.compile(
    r"\b(?:about|for|describing|representing|of|on) (?:an? |the )?((?!json|keys?|fields?|object|"
    r"array|each|your|response)[^\n.,;:?!{}]{3,60})",
    re.I,
)


def _topic(ask: Ask) -> str:
    """What the JSON is about."""
    if ask.ruled:
        return ask.topic
    found = SUBJECT.search(ask.look)
    if found:
        return re.split(r"\s(?:in|as|with|using|that|and return)\s", found[1], maxsplit=1)[0].strip()
    return "the example" if "json" in ask.topic.lower() or "key" in ask.topic.lower() else ask.topic


def _value(ask: Ask) -> Any:
    instruction = ask.system if ask.ruled else ask.prompt if len(ask.prompt) <= READ else ask.look
    sample = _sample(instruction)
    text = (ask.prompt if ask.ruled else ask.body)[:READ]
    if sample:
        # the sample may be taken for the text that is handed over
        body = text if text and text not in sample and sample not in text else _outside(ask, sample)
        pairs = PAIR.findall(sample)
        if pairs:
            made = {key: _like(key, shown, ask, body, 0) for key, shown in pairs[:40]}
            count = count_in(instruction) if sample.startswith("[") else None
            return [made] if sample.startswith("[") and not count else made
    names = _keys(instruction if not text else instruction[: max(60, len(instruction) - len(text))])
    if not names:
        names = _keys(instruction)
    if not names:
        wanted = EXTRACTED.search(instruction)
        names = (
            [name.replace(" ", "_") for name in SPLIT.split(wanted[1]) if 0 < len(name.split()) <= 3] if wanted else []
        )
    counted = re.search(
        rf"\b(\d{{1,3}}|{'|'.join(word for word in NUMBERS if len(word) > 2)})\s{{1,9}}([a-z][a-z -]{{2,60}})",
        ask.lower,
    )
    is_array = bool(ARRAY.search(ask.lower)) or (
        bool(counted) and not STRONG_KEYS.search(counted[2] if counted else "")
    )
    if is_array and not text:
        number = counted[1] if counted else "3"
        count = max(1, min(int(number) if number.isdigit() else NUMBERS[number], MOST))
        noun = (
            counted[2] if counted else (re.search(r"(?:array|list) of ([a-z ]{2,60})", ask.lower) or ["", "items"])[1]
        )
        noun = re.split(r"\b(?:with|as|in|and|each|having)\b", noun)[0].strip()
        if not names:
            return items(noun, count, ask)
        return [_object(names, ask, "", row, noun) for row in range(count)]
    if names:
        return _object(names, ask, text, 0, "")
    if text and labels_in(instruction):
        return {"label": label_of(labels_in(instruction), text)}
    if ask.ruled or ask.prompt.rstrip().endswith("?"):
        from .facts import look_up

        known = look_up(ask)
        return {"answer": known[0] if known else f"A short answer about {ask.topic}."}
    topic = _topic(ask)
    return {"id": 1, "name": topic, "description": value_of("description", ask.chance, 0, "", topic)}


def _sample(text: str) -> str:
    """The example of JSON in *text*, to the bracket that closes it; empty when there is none."""
    found = SAMPLE.search(text)
    if found is None:
        return ""
    depth, begin = 0, found.start()
    for at in range(begin, min(len(text), begin + LONGEST_SAMPLE)):
        if text[at] in "[{":
            depth += 1
        elif text[at] in "]}":
            depth -= 1
            if not depth:
                return text[begin : at + 1]
    return text[begin : begin + LONGEST_SAMPLE]


def _outside(ask: Ask, sample: str) -> str:
    if ask.ruled:
        return ask.prompt
    rest = ask.prompt.replace(sample, "\n")
    return rest.rpartition(":")[2].strip() if ":" in rest else rest


def _keys(text: str) -> list[str]:
    """The names of keys that *text* tells."""
    found = max(
        KEYS.finditer(text[:2000]), key=lambda each: (bool(STRONG_KEYS.search(each[0])), -each.start()), default=None
    )
    if found is None:
        return []
    if not STRONG_KEYS.search(found[0]) and "json" not in text[max(0, found.start() - 60) : found.start()].lower():
        return []
    clean = found[1]
    quoted = re.findall(r"[`\"']([\w $-]{1,60})[`\"']", clean)
    if len(quoted) > 1 or (quoted and "," not in clean and " and " not in clean):
        return list(dict.fromkeys(quoted))
    clean = STOP.sub("", clean + " ") if not quoted else clean
    names = []
    for name in SPLIT.split(clean):
        name = TYPE.sub("", name.strip(" `\"'*()[]")).strip(" `\"'*()[]:")
        name = re.sub(r"^(?:the|a|an|and|keys?|fields?|their|its)\s{1,9}", "", name)
        if name and len(name) <= 60 and len(name.split()) <= 3:
            names.append(name.replace(" ", "_"))
    return list(dict.fromkeys(names))[:40]


def _known(ask: Ask) -> str | int | float | None:
    """What the prompt asks, worked out or looked up."""
    for question in re.split(r"(?<=[.?!}])\s+|\n", ask.lower[:1500]):
        question = question.replace(_sample(question) or "\0", "").strip()
        found = fact(question, re.findall(r"\w+", question)) if "?" in question else None
        if found:
            return found[0]
        lead = LEAD.match(question)
        try:
            value = (
                evaluate(question[lead.end() if lead else 0 :].strip(" ?."))
                if any(map(str.isdigit, question))
                else None
            )
        except NotArithmetic:
            continue
        if value is not None:
            shown = shown_number(value)
            return int(shown) if shown.lstrip("-").isdigit() else float(shown)
    return None


def _object(names: list[str], ask: Ask, text: str, row: int, noun: str) -> dict[str, Any]:
    return {name: _like(name, "", ask, text, row, noun, position) for position, name in enumerate(names)}


def _like(key: str, shown: str, ask: Ask, text: str, row: int, noun: str = "", position: int = 0) -> Any:
    """A value for *key*: from *text* where it tells one, else of the sort of what the prompt shows for it."""
    name = key.lower().replace("_", " ")
    if name in ("answer", "result", "response", "solution", "value"):
        known = _known(ask)
        if known is not None:
            return (
                known if shown.strip()[:1] not in "\"'" or isinstance(known, str) or not shown.strip() else str(known)
            )
    value = from_text(name, text, ask) if text else None
    if value is None and noun and (position == 0 or name in ("name", "title")):
        table = CATEGORIES.get(_head(noun)[0])
        if table and (name in ("name", "title") or name in noun or noun.startswith(name)):
            return table[row % len(table)]
    if value is None:
        topic = _topic(ask) if not noun else f"{noun.rstrip('s')} {row + 1}"
        value = value_of(key, ask.chance, row, "", topic)
    shown = shown.strip().lower()
    if shown in ("true", "false", "boolean", "bool", "<boolean>", "true/false", "true|false"):
        return value if isinstance(value, bool) else ask.chance.below(2) == 1
    if re.fullmatch(r"0?\.\d+|[01]\.0|<?(?:0-1|float 0-1)>?", shown) and name in (
        "score",
        "confidence",
        "probability",
        "polarity",
    ):
        return round(0.75 + ask.chance.below(24) / 100, 2)
    if re.fullmatch(
        r"-?\d+(\.\d+)?|<?(?:number|int|integer|float|score)>?|[\"']?(?:number|int|integer|float)[\"']?", shown
    ):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else 1 + ask.chance.below(10)
    if shown.startswith("["):
        return value if isinstance(value, list) else [value]
    if shown.startswith(('"', "'")):
        options = [each.strip() for each in shown.strip("\"'").split("|")]
        if len(options) > 1 and all(options):
            return label_of(options, text) if text else options[ask.chance.below(len(options))]
        if not isinstance(value, str):
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return value


def from_text(name: str, text: str, ask: Ask) -> Any:
    """What *text* tells about *name*; None when it does not."""
    if "sentiment" in name or name in ("polarity", "tone"):
        return label_of(["positive", "negative", "neutral"], text)
    if name in ("language",):
        from ..languages.detection import language_of

        return language_of(text, text.lower().split()).name
    for words, pattern in (("email", EMAIL), ("url", URL), ("link", URL), ("website", URL), ("date", DATE), ("price",
    MONEY), ("amount", MONEY),
                           ("total", MONEY), ("cost", MONEY)):  # fmt: skip
        if words in name:
            found = pattern.search(text)
            return found[0].strip() if found else None
    if name in ("name", "full name", "person", "author", "customer", "user", "names", "people", "persons"):
        found_names = names_in(text)
        if found_names:
            return found_names if name in ("names", "people", "persons") else found_names[0]
        return None
    if name in ("age", "count", "quantity", "number", "year", "years"):
        number = re.search(r"\b(?:19|20)\d\d\b", text) if name == "year" else NUMERAL.search(text)
        return int(number[0]) if number and number[0].isdigit() else None
    if name in ("city", "location", "place", "country"):
        place = re.search(r"\b(?:in|from|to|at|near|lives in|of)\s{1,9}([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)*)", text)
        return place[1] if place else None
    if name in ("company", "organization", "employer"):
        place = re.search(r"\b(?:at|for|by|joined|with)\s{1,9}([A-ZÀ-Þ][\w&]+(?: [A-ZÀ-Þ][\w&]+)*)", text)
        return place[1] if place else None
    if name in ("summary", "description", "text", "content"):
        from ..sentences import sentences

        return sentences(text)[0] if text.strip() else None
    if name in ("title", "topic", "subject"):
        from ..topics import topic_of

        topic = topic_of(text)
        return topic[0].upper() + topic[1:]
    if name in ("keywords", "tags", "topics", "entities"):
        from .extraction import keywords_in

        return keywords_in(text, 5)
    return None
