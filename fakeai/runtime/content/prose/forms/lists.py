"""Lists: exactly as many items as are asked for, numbered or with bullets."""

import re
from collections.abc import Sequence

from ..ask import Ask
from ..bounds import NUMBERS
from ..cues import NUMERALS, Cue
from ..facts.categories import CATEGORIES, CONS, EXAMPLES, IDEAS, KINDS, PROS, STEPS, TIPS
from ..languages.english import FILLERS
from ..topics import gerund

ONES = frozenset("a an single ein una une um of".split())  # are no numbers of things
COUNTS = " ".join([NUMERALS, *({word for name in NUMBERS for word in name.split()} - ONES)])
THINGS = " ".join({word for name in (*KINDS, *CATEGORIES) for word in name.split()} - FILLERS)
CUES: tuple[Cue, ...] = (
    (
        COUNTS,
        "list enumerate give suggest provide show tell generate write recommend brainstorm come think create "
        "make produce return name propose share find describe identify output nenne nenn zähle zähl liste "
        "listez nomme nommer nommez donne donner donnez gib enumera dame dime nombra elenca dammi cite dê noem "
        "geef",
    ),
    (COUNTS, THINGS, "^^what what're can i"),
    (THINGS, f"^^{COUNTS} top best the"),
    ("plan guide process program recipe tutorial list instructions instruction checklist to for of in", "step steps"),
    ("by", "step"),
    ("for of to on", "checklist outline instructions"),
    ("pros", "cons"),
    ("of with", "list"),
    ("some few several", "^^give tell show provide share"),
    ("^^list name enumerate recommend suggest brainstorm nenne elenca enumera pick choose say give think",),
    (f"{THINGS} some few several common main key most best top", "are", "^^what"),
)
NUMBER = r"(\d{1,3}|" + "|".join(sorted(map(re.escape, NUMBERS), key=len, reverse=True)) + ")"
VERB = (
    r"(?:list|name|enumerate|give(?: me| us)?|suggest|provide|show(?: me)?|tell me|generate|write|recommend|brainstorm|"
    r"come up with|think of|create|make(?: me)?|produce|return|what are|what're|can i have|i need|"
    r"propose|share|find|describe|"
    r"identify|output|nenne?(?: mir)?|zähle?|liste(?: mir)?|gib mir|nomme[rz]?(?:-moi)?|"
    r"donne[rz]?(?:-moi)?|listez?|enumera|dame|"
    r"dime|nombra|elenca|dammi|cite|liste|dê|noem|geef(?: me)?)"
)
COUNTED = re.compile(
    rf"\b{VERB}\s{{1,9}}(?:out |up |a list of |the (?:names? of )?|at least |exactly |your |some |"
    rf"another |me |up to |top |first |best )*"
    rf"{NUMBER}(?:\s|-)(?!(?:words?|sentences?|paragraphs?|characters?|times|pages?|lines?|"
    rf"stanzas?)\b)([^\n.?!:;]{{2,120}})",
    re.I,
)
UNCOUNTED = re.compile(
    r"^(?:list|name|enumerate|recommend|suggest|brainstorm|nenne|elenca|enumera)\s{1,9}(?!of\b|comprehension|slicing)"
    r"(?:out |me |all (?:of )?(?:the )?|the |some |a few |several |any |common |popular )*([^\n.?!:;]{3,120})|"
    r"^(?:give|tell|show|provide|share)(?: me| us)? (?:some|a few|several) ([^\n.?!:;]{3,120})|"
    r"^what are (?:some|a few|several|the (?:main|key|most|best|top)|common|the (?=steps|benefits|"
    r"advantages|disadvantages))\s{0,9}([^\n.?!:;]{3,120})",
    re.I,
)
A_LIST = re.compile(
    r"\b(?:a|the|in) (?:bulleted |bullet(?:ed)? |numbered |short |simple |comma[- ]separated )*list (?:of|with) "
    r"(?:some |the |all |common |popular )*([^\n.?!:;]{3,120})"
)
BARE = re.compile(rf"^\s{{0,9}}(?:the )?(?:top |best )?{NUMBER}\s{{1,9}}([^\n.?!:;]{{3,80}})", re.I)
STEP_PLAN = re.compile(
    rf"\b{NUMBER}[- ]steps? (?:plan|guide|process|program|recipe|tutorial|list|instructions?|"
    rf"checklist) (?:to|for|on|of|about) ([^\n.?!:;]{{2,80}})",
    re.I,
)
ONE = re.compile(
    r"^(?:name|give me|tell me|pick|choose|say|suggest|think of)\s{1,9}(?:an?|one|any)(?: random|"
    r" single| nice| good)? ([a-z ]{3,40}?)(?: name)?[.!?]*$"
)
ALL = re.compile(
    r"^what are (?:all )?(?:of )?(?:the )?(?:\w+ )??([a-z]+(?: [a-z]+)?)(?: (?:in|of) (?:the|a|our) [a-z ]+)?\?*$"
)
STEPPED = frozenset(b"step steps checklist outline instructions".split())  # one of them stands in steps and plans
STEPWISE = re.compile(
    r"\b(?:steps (?:to|for|of|in)|step[- ]by[- ]step|checklist (?:for|of|to)|outline (?:for|of)|"
    r"instructions (?:for|to|on))\s{0,9}([^\n.?!:;]{0,100})",
    re.I,
)
BOTH = re.compile(r"\bpros (?:and|&|/) cons (?:of|for|to|about)\s{1,9}([^\n.?!:;]{2,80})", re.I)
PREPOSITION = re.compile(
    r"\s(?:for|about|on|of|to|in|from|with|as|that|which|why|how|using|regarding|where|when|who|"
    r"and (?:explain|describe)|für|über|para|pour|sobre|sur)\s"
)
BULLETS = re.compile(r"\bbullet|\bunordered|\baufzählung|\bviñetas|\bdash(?:es)?\b")
COMMAS = re.compile(
    r"comma[- ]separated|separated by (?:a )?commas?|separate[d]? (?:them )?with commas?|as csv|"
    r"on (?:one|a single) line"
)
LINES = re.compile(
    r"\b(?:one|each)(?: \w+)? (?:per|on (?:a|its own)) (?:new |separate )?line\b|line by line|newline[- ]separated"
)
REGIONS = {"europe": "european", "asia": "asian", "africa": "african", "south america": "south american"}
MOST = 500  # items
SPLIT = re.compile(r"\s{0,9}(?:,|;|\||\band\b|&|\bund\b|\by\b|\bet\b)\s{0,9}")


def answer(ask: Ask) -> str | None:
    """The list."""
    if len(ask.prompt) > 4000:
        return None
    both = ask.find(BOTH) if b"pros" in ask.present else None
    if both:
        return _both(ask)
    counted = ask.find(COUNTED) or BARE.match(ask.look)
    if counted and counted.re is BARE and not {_head(counted[2])[0]} & (CATEGORIES.keys() | KINDS.keys()):
        counted = None
    if counted and STEP_PLAN.search(counted[0]):
        counted = None
    if counted and counted.start() < 120:
        count = int(counted[1]) if counted[1].isdigit() else NUMBERS[counted[1].lower()]
        if counted[1].lower() in ("a", "an", "single", "a single", "one", "1", "ein", "una", "une", "um") or count < 1:
            return None
        return _list(ask, items(counted[2], min(count, MOST), ask))
    stepwise = not ask.present.isdisjoint(STEPPED)
    plan = ask.find(STEP_PLAN) if stepwise else None
    if plan:
        count = int(plan[1]) if plan[1].isdigit() else NUMBERS[plan[1].lower()]
        words = plan[2].strip().split()
        subject = (
            " ".join([gerund(words[0]), *words[1:]]) if " to " in plan[0] and words[0].isalpha() else plan[2].strip()
        )
        return _list(ask, fill(STEPS, subject, max(1, min(count, MOST))))
    steps = ask.find(STEPWISE) if stepwise else None
    if steps:
        goal = PREPOSITION.split(" " + steps[1].strip() + " ")[0].strip() or ask.topic
        words = steps[1].strip().split()
        subject = (
            " ".join([gerund(words[0]), *words[1:]])
            if words and words[0].isalpha() and " to" in steps[0][:12]
            else goal
        )
        return _list(ask, fill(STEPS, subject or ask.topic, 6 if ask.bounds.verbosity != "low" else 4))
    one = ONE.match(ask.lead)
    if one and one[1].strip() in CATEGORIES:
        return ask.pick(CATEGORIES[one[1].strip()])
    all_of = ALL.match(ask.lead)
    if all_of:
        things = CATEGORIES.get(all_of[1].strip(), ())
        return _list(ask, list(things)) if 0 < len(things) <= 12 else None
    uncounted = UNCOUNTED.match(ask.lead) or (ask.found(A_LIST) if b"list" in ask.present else None)
    if uncounted:
        noun = next(group for group in uncounted.groups() if group)
        if not noun.strip() or noun.split()[0] in ("difference", "differences", "capital"):
            return None
        category = CATEGORIES.get(_head(noun)[0])
        small = category if category and len(category) <= 12 and _head(noun)[0] not in ("name", "names") else None
        return _list(ask, items(noun, len(small) if small else 5, ask))
    return None


def _head(noun: str) -> tuple[str, str]:
    """The category that *noun* names, in lower case, and what it is about."""
    lower = f" {noun.lower().strip()} "
    about = PREPOSITION.split(lower, maxsplit=1)
    words = about[0].split()
    rest = noun.strip()[len(noun.strip()) - len(about[1].strip()) :] if len(about) > 1 else ""
    for size in (3, 2, 1):  # the longest name of a category that stands at the end: "programming languages"
        name = " ".join(words[-size:])
        if len(words) >= size and (name in CATEGORIES or name in KINDS):
            return name, rest or (" ".join(words[:-size]) if name in KINDS else "")
    for word in words:
        if word in CATEGORIES:
            return word, rest
    return (words[-1] if words else ""), rest


def items(noun: str, count: int, ask: Ask) -> list[str]:
    """*count* different things that *noun* names: "fruits", "ideas for a party"."""
    name, about = _head(noun)
    subject = _subject(about) or ask.topic
    if name in KINDS and (about or name not in CATEGORIES):
        return fill(KINDS[name], subject, count, ask.chance.below(4) if KINDS[name] is not STEPS else 0)
    if name in CATEGORIES:
        things = CATEGORIES[name]
        region = (
            next((region for word, region in REGIONS.items() if word in about.lower()), "")
            if name in ("countries", "country")
            else ""
        )
        things = CATEGORIES.get(f"{region} countries", things)
        if "random" in noun.lower() or "different" in noun.lower():
            start = ask.chance.below(len(things))
            things = things[start:] + things[:start]
        return enough(things, count)
    subject = _subject(noun) or ask.topic
    table = (IDEAS, TIPS, EXAMPLES)[ask.chance.below(3)]
    return fill(table, subject, count, ask.chance.below(len(table)))


def _subject(about: str) -> str:
    words = [word.strip(",;\"'") for word in about.split()]
    while words and words[0].lower() in ("a", "an", "the", "my", "our", "your", "some", "to", "doing", "please"):
        if words[0].lower() in ("a", "an", "the", "my", "our", "your"):
            break
        words.pop(0)
    for at, word in enumerate(words):
        if word.lower() in ("please", "separated", "as", "each", "formatted", "return", "reply", "only"):
            words = words[:at]
            break
    for at, word in enumerate(words):
        if at and word.lower() in ("is", "are", "was", "should", "can", "could", "will", "would"):
            words = words[:at]
            break
    while words and words[-1].lower() in FILLERS:
        words.pop()
    swapped = {"my": "your", "our": "your"}
    return " ".join([swapped.get(word.lower(), word) for word in words[:8]])


def fill(table: Sequence[str], subject: str, count: int, start: int = 0) -> list[str]:
    """*count* different lines of *table* about *subject*."""
    lines = [table[(start + number) % len(table)].replace("{}", subject) for number in range(min(count, len(table)))]
    return enough([line[0].upper() + line[1:] for line in lines], count)


def enough(things: Sequence[str], count: int) -> list[str]:
    """*count* of *things*, told apart when there are not so many."""
    if count <= len(things):
        return list(things[:count])
    return [
        thing if not turn else f"{thing} ({turn + 1})" for turn in range(-(-count // len(things))) for thing in things
    ][:count]


def _list(ask: Ask, lines: list[str]) -> str:
    if ask.says(COMMAS):
        return ", ".join(lines)
    if ask.says(LINES) and "numbered" not in ask.words and not ask.says(BULLETS):
        return "\n".join(lines)
    if ask.says(BULLETS):
        return "\n".join(f"- {line}" for line in lines)
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _both(ask: Ask) -> str:
    """Pros and cons."""
    count = 3 if ask.bounds.verbosity != "high" else 5
    start = ask.chance.below(len(PROS))
    pros = [PROS[(start + number) % len(PROS)] for number in range(count)]
    cons = [CONS[(start + number) % len(CONS)] for number in range(count)]
    return (
        "**Pros**\n\n"
        + "\n".join(f"- {pro}" for pro in pros)
        + "\n\n**Cons**\n\n"
        + "\n".join(f"- {con}" for con in cons)
    )
