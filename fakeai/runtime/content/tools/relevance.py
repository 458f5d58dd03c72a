"""Which tools a text speaks of: its words against those of their names, descriptions and parameters."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import xxhash

from ..prose.prose import FILLERS
from ..structured.hints import WORD
from ..structured.keywords import key_of
from ..structured.requests import SUM
from ..words import root
from .toolbox import Tool

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")  # in a tool's name: get_weather, getWeather


# Words that mean the same to tools.
GROUPS = (
    "weather temperature forecast rain sunny snow umbrella hot cold degrees climate",
    "search find look lookup google browse web internet news latest query retrieve",
    "email mail send inbox message",
    "calculate calculator compute math sum plus minus divided multiply add subtract percent evaluate arithmetic",
    "book reserve reservation booking table appointment",
    "stock stocks share shares price ticker quote trading market",
    "time clock hour timezone o'clock",
    "date calendar",
    "schedule meeting calendar event appointment invite",
    "flight flights fly airline airport plane travel trip",
    "hotel hotels accommodation room stay",
    "restaurant restaurants food eat dinner lunch",
    "currency exchange convert conversion usd eur dollars euros",
    "translate translation language",
    "image picture photo draw painting",
    "file files read open document folder directory",
    "delete remove cancel",
    "code python run execute script program",
    "database sql query table rows records",
    "order orders package shipment shipping track tracking delivery delivered",
    "refund return money back",
    "user customer account profile",
    "remind reminder alarm timer",
    "light lights lamp brightness",
    "music song play playlist",
    "directions route map distance navigate drive",
    "population country capital",
    "product products item items catalog inventory",
    "transfer handoff agent escalate human",
    "billing invoice payment charge bill",
    "ticket issue bug report",
    "summarize summary summarise",
    "extract parse information",
    "movie movies film films",
    "recipe recipes cook ingredient ingredients",
    "joke funny",
    "city location live",
)
MEANINGS: dict[str, frozenset[int]] = {}
for _at, _group in enumerate(GROUPS):
    for _word in _group.split():
        MEANINGS[root(_word)] = MEANINGS.get(root(_word), frozenset()) | {_at}
# Words of tools that say nothing of what they are for.
GENERIC = frozenset(
    "get set do make call tool function api data info information use uses used using given return returns user "
    "handle request response result results value values provide provides input output current new based string "
    "name id list type number example e.g g etc following specified specific optional agent first last fetch handoff "
    "retrieve show find lookup look search details detail need needs want work action perform".split()
)
FORMULAS = frozenset(("expression", "formula", "equation", "calculation"))
VERBS = frozenset("search find lookup look retrieve fetch show".split())  # that a name may say what it is for with
REFUSING = re.compile(
    r"\b(?:do not|don't|without|never)\s+(?:use|using|call|calling|invoke|invoking)\s+(?:any |the |a )?"
    r"(?:tools?|functions?)",
    re.I,
)
# Where words of tools mean something else: what is asked is not the time, an order, a table.
APART = re.compile(
    r"\btime[- ](?:series|travel\w*|machines?|off|frames?|lines?|limits?|lapse|sheets?|saving|consuming|out|box\w*|"
    r"(?:of|in) (?:the )?(?:year|day|life|history|need)\b(?! in\b)|and again|to \w+)|"
    r"\b(?:first|last|next|every|each|any|this|same|real|long|short|hard|good|great|free|part|full|some|no|more|much|"
    r"enough|of all|in|on|over|about|ahead of|space|quality|save|saves|saving|waste|spend|spent|take|takes|given) "
    r"(?:your |my |their |of )?times?\b(?! (?:zone|in)\b)|"
    r"\bin order\b|\border of (?:operations|magnitude)\b|\b(?:out of|alphabetical|chronological|random) order\b|"
    r"\btables? (?:tennis|of contents)\b|\b(?:periodic|hash|truth) tables?\b|\bunder the weather\b|"
    r"\bclimate (?:change|crisis|action)\b|\bstock photos?\b|\blight[- ](?:years?|novels?)\b|\bplays? an? \w+|"
    r"\bsearch engines?\b|\bcode of conduct\b|\bemail marketing\b",
    re.I,
)
NEXT = re.compile(r" ([^\W\d_]+)")
# How nouns end that a word before them only describes: time management, weather proofing.
ABSTRACT = re.compile(r".{2,}(?:ment|ments|tion|tions|sion|ology|ity|ities|ism|ship|ness|ance|ence)")
NAMED, MEANT, TOLD, LISTED, HINTED = 3.0, 2.0, 1.0, 1.5, 0.5
SHOWN = 2000  # characters of a long text's beginning, and of its end, that are looked at
ENOUGH, ENOUGH_ALONE = 2.0, 1.0
MOST_KEPT = 2000


class Match(NamedTuple):
    """A *tool* that a text speaks of: how much so, with which of its words, and the place of the first of them."""

    tool: Tool
    score: float
    words: frozenset[str]
    at: int


class _Profile(NamedTuple):
    """The stems of a tool's words, by where they stand, and what they mean."""

    name: frozenset[str]
    described: frozenset[str]
    listed: frozenset[str]
    hinted: frozenset[str]
    means: frozenset[int]
    described_means: frozenset[int]


class Profiles:
    """What is known of the tools that were offered last."""

    def __init__(self) -> None:
        self._kept: dict[bytes, _Profile] = {}

    def of(self, tool: Tool) -> _Profile:
        """What is known of *tool*."""
        key = xxhash.xxh3_128_digest(b"%b\0%b\0%b" % (
            tool.name.encode(), tool.description.encode("utf-8", "replace"), key_of(tool.parameters)
        ))  # fmt: skip
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = _profile(tool)
        return found


def matches(tools: Sequence[Tool], text: str, profiles: Profiles) -> list[Match]:
    """The tools of *tools* that *text* speaks of, in the order in which it does.

    A word speaks of one tool only: of the one that the text as a whole speaks of most.
    """
    text = _shown(text)
    if REFUSING.search(text):
        return []
    places = _places(text)
    if not places:
        return []
    about = [(tool, profiles.of(tool)) for tool in tools]
    described = _describing(text, places)
    owned = {word: {tool.name for tool, profile in about if root(word) in profile.name} for word in places}
    left, chosen = dict(places), []
    enough = ENOUGH_ALONE if len(tools) == 1 else ENOUGH
    while left and about:
        scored = [
            _match(
                tool,
                profile,
                {
                    word: at
                    for word, at in left.items()
                    if (not owned[word] or tool.name in owned[word])
                    and (word not in described or _knows(profile, described[word]))
                },
            )
            for tool, profile in about
        ]
        best = max(scored, key=lambda match: match.score)
        if best.score < enough:
            break
        chosen.append(best)
        left = {word: at for word, at in left.items() if word not in best.words}
        about = [(tool, profile) for tool, profile in about if tool is not best.tool]
        enough = ENOUGH
    return sorted(chosen, key=lambda match: match.at)


def best(tools: Sequence[Tool], text: str, profiles: Profiles) -> Tool | None:
    """The tool that *text* speaks of most, if it speaks of any at all."""
    places = _places(_shown(text))
    scored = [_match(tool, profiles.of(tool), places) for tool in tools]
    found = max(scored, key=lambda match: match.score, default=None)
    return found.tool if found is not None and found.score > 0 else None


def _shown(text: str) -> str:
    """What of *text* may speak of tools: of a long one, its beginning and its end."""
    return text if len(text) <= 2 * SHOWN else f"{text[:SHOWN]}\n{text[-SHOWN:]}"


def _places(text: str) -> dict[str, int]:
    """The words of *text* that may speak of a tool, and the place of each; a sum speaks of calculating."""
    places: dict[str, int] = {}
    apart = [found.span() for found in APART.finditer(text)]
    for found in WORD.finditer(text):
        if apart and any(start <= found.start() < end for start, end in apart):
            continue
        word = found[0].lower()
        if word not in FILLERS or root(word) in MEANINGS:
            places.setdefault(word, found.start())
    total = SUM.search(text)
    if total is not None:
        places.setdefault("calculate", total.start())
    return places


def _describing(text: str, places: dict[str, int]) -> dict[str, str]:
    """Those words of *places* that only describe a noun after them, and that noun: `time` in "time management"."""
    found = {}
    for word, at in places.items():
        after = NEXT.match(text, at + len(word))
        if after is not None and ABSTRACT.fullmatch(noun := after[1].lower()) and root(noun) not in MEANINGS:
            found[word] = noun
    return found


def _knows(profile: _Profile, noun: str) -> bool:
    """Whether a tool speaks of *noun*, or of what begins as it does: generate of generation."""
    words = profile.name | profile.described | profile.listed | profile.hinted
    return any(len(word) > 3 and word[:5] == noun[:5] for word in words)


def _match(tool: Tool, profile: _Profile, places: dict[str, int]) -> Match:
    score, words, at = 0.0, set(), 1 << 30
    told: set[str] = set()
    for word, place in places.items():
        short = root(word)
        means = MEANINGS.get(short, frozenset())
        if short in profile.name:
            gain = NAMED
        elif means & profile.means:
            gain = MEANT
        elif short in profile.listed:
            gain = LISTED
        elif short in profile.described or means & profile.described_means:
            gain = TOLD
        elif short in profile.hinted:
            gain = HINTED
        else:
            continue
        if gain < NAMED and short in told:
            continue
        told.add(short)
        score += gain
        words.add(word)
        if gain >= TOLD:
            at = min(at, place)
    return Match(tool, score, frozenset(words), at)


def _profile(tool: Tool) -> _Profile:
    named = [part.lower() for part in PART.findall(tool.name)]
    telling = [word for word in named if word not in GENERIC] or named
    verbs = [word for word in named if word in VERBS and len(telling) < 2]
    told = [word.lower() for word in WORD.findall(tool.description[:1000])]
    told = [word for word in told if word not in FILLERS and word not in GENERIC]
    listed: list[str] = []
    hinted: list[str] = []
    _read(tool.parameters, listed, hinted, 0)
    if not FORMULAS.isdisjoint(hinted):
        telling.append("calculate")
    means = frozenset().union(*(MEANINGS.get(root(word), frozenset()) for word in (*telling, *verbs)))
    return _Profile(
        frozenset(root(word) for word in (*telling, *verbs, tool.name)),
        frozenset(root(word) for word in told),
        frozenset(root(word) for word in listed),
        frozenset(root(word) for word in hinted if word not in GENERIC),
        means,
        frozenset().union(*(MEANINGS.get(root(word), frozenset()) for word in told)),
    )


def _read(schema: Any, listed: list[str], hinted: list[str], depth: int) -> None:
    """The values that parameters may have, and their names."""
    if not isinstance(schema, dict) or depth > 3:
        return
    for value in schema.get("enum") or ():
        if isinstance(value, str) and len(listed) < 100:
            listed += [word.lower() for word in WORD.findall(value)]
    for name, below in (schema.get("properties") or {}).items() if isinstance(schema.get("properties"), dict) else ():
        hinted += [part.lower() for part in PART.findall(name)]
        _read(below, listed, hinted, depth + 1)
    _read(schema.get("items"), listed, hinted, depth + 1)
