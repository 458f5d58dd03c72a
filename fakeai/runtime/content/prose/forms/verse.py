"""Verse: haiku, limericks and poems of couplets about a topic."""

import re

from ..ask import Ask
from ..bounds import NUMBERS, closed
from ..cues import Cue
from ..languages.english import FILLERS

VERSES = (
    "poem poems haiku haikus limerick sonnet rhyme rhymes rhyming verse verses song lyrics ode rap poetry gedicht "
    "poème poema poesia couplet couplets acrostic stanza stanzas"
)
CUES: tuple[Cue, ...] = (
    (
        "write compose create give make generate tell want need schreib schreibe écris escribe scrivi escreva "
        "produce recite craft in with using only speak respond answer reply talk",
        VERSES,
    ),
    ("^^poem haiku limerick ode song",),
)
ASKS = re.compile(
    r"\b(?:write|compose|create|give me|make|generate|tell me|i (?:want|need)|schreib\w*|écris|"
    r"escribe|scrivi|escreva|produce|recite|craft)\b[^.\n]{0,80}\b"
    r"(?P<kind>poem|haiku|limerick|sonnet|rhymes?|verses?|song|lyrics|ode|rap|poetry|gedicht|"
    r"poème|poema|poesia|couplets?|acrostic|stanzas?)\b|^(?P<early>a |an )?(?P<first>poem|haiku|"
    r"limerick|ode|song)\b",
    re.I,
)
RULE = re.compile(
    r"\b(?:in|with|using|only) (?:rhym\w+|verse|poetry|poems?|haikus?|couplets)\b|\b(?:speak|"
    r"respond|answer|reply|talk) [^.\n]{0,30}\b(?:rhym|haiku|poem|verse)",
    re.I,
)
ABOUT = re.compile(r"\b(?:about|on|of|for|to|über|sur|sobre|su)\s{1,9}([^\n.?!,;:]{2,60})", re.I)
# Lines of five and of seven syllables; the seasons of a haiku turn by chance.
FIVES = (
    "Morning light returns", "A quiet breath waits", "Rain on the window", "The old gate swings wide",
    "Leaves drift without sound",
    "Snow on the far hills", "One lamp in the dark", "Waves fold into sand",
)  # fmt: skip
SEVENS = (
    "small steps carry us onward", "the river keeps its own time", "a bird crosses the still lake",
    "shadows lengthen and grow soft",
    "somebody hums in the hall", "the garden remembers spring",
)  # fmt: skip
LASTS = (
    "nothing is hurried", "the night listens in", "and the day begins", "the first star appears",
    "all the bells are still", "even stones can wait",
)  # fmt: skip
COUPLETS = (
    ("When morning spills its silver on the bay,", "we think of {} to start the day."),
    ("The clocks may hurry and the winds may call,", "yet {} can slow it all."),
    ("Some chase the thunder, some the evening star,", "but {} has brought us far."),
    ("It asks for little, only time and care,", "and {} will meet us there."),
    ("The pages turn, the candles flicker low,", "and {} still has room to grow."),
    ("No map can tell us how the road will bend,", "but {} remains a friend."),
    ("The rain may fall on every patient stone,", "with {} we are not alone."),
    ("And when the lamps go out along the street,", "then {} makes the hour complete."),
)  # fmt: skip
FIVE_LINES = (
    ("A student of {} from Spain", "Took notes on it all in the rain;", "The ink ran away,", "So the very next day",
    "She started from chapter one again."),
    ("There once was a baker in Rome", "Who studied {} back at home;", "The bread was too thick,",
    "But he mastered the trick,", "And he wrote it all down in a tome."),
    ("A captain of {} at sea", "Drank nothing but peppermint tea;", "When asked for the course,",
    "He replied without force:", "The wind is as good as can be."),
)  # fmt: skip
MOST = 100  # lines


def answer(ask: Ask) -> str | None:
    """A poem."""
    found = ask.find(ASKS)
    if ask.ruled:
        if not RULE.search(ask.system):
            return None
        kind, topic = "haiku" if "haiku" in ask.system.lower() else "poem", ask.topic
        return haiku(ask) if kind == "haiku" else rhymed(ask, topic, 2)
    if not found:
        return rhymed(ask, ask.topic, 2) if RULE.search(ask.look) and len(ask.prompt) < 400 else None
    if re.match(r"^(?:what|how|who|why|explain|when) ", ask.lead):
        return None
    kind = (found["kind"] or found["first"] or "poem").lower()
    about = ABOUT.search(ask.look, found.end())
    topic = _subject(about[1]) if about else ask.topic if not found["early"] else "today"
    if re.fullmatch(r"(?:an? )?(?:short |little )?(?:poem|haiku|limerick|song|ode|poetry)s?", topic, re.I):
        topic = "today"
    if ask.language.code != "en":
        return _lines(ask, topic)
    if kind == "haiku":
        return haiku(ask, topic)
    if kind == "limerick":
        return "\n".join(FIVE_LINES[ask.chance.below(len(FIVE_LINES))]).replace("{}", topic)
    if kind == "acrostic":
        return _acrostic(ask, topic)
    sized = re.search(rf"\b(\d{{1,3}}|{'|'.join(NUMBERS)})[- ](lines?|stanzas?|verses?|couplets?)\b", ask.lower)
    couplets = 4 if kind not in ("rhyme", "couplet", "sonnet") else 7 if kind == "sonnet" else 1
    lines = None
    if sized:
        count = int(sized[1]) if sized[1].isdigit() else NUMBERS[sized[1]]
        lines = max(1, min(count * {"l": 1, "c": 2}.get(sized[2][0], 4), MOST))
        couplets = -(-lines // 2)
    elif ask.bounds.verbosity == "low" or "short" in ask.words:
        couplets = 2
    return rhymed(ask, topic, couplets, lines)


def _subject(text: str) -> str:
    words = text.strip().split()[:6]
    for at, word in enumerate(words):
        if word.lower() in ("in", "with", "using", "that", "and", "please", "under", "of") and at:
            words = words[:at]
            break
    while len(words) > 1 and words[-1].lower() in FILLERS:
        words.pop()
    return " ".join(words)


def haiku(ask: Ask, topic: str = "") -> str:
    """Three lines of five, seven and five syllables, the first with the topic when it fits."""
    first, second, third = ask.chance.draw(len(FIVES), len(SEVENS), len(LASTS))
    opening = FITTING.get(_syllables(topic), "").replace("{}", topic) or FIVES[first]
    return f"{opening[0].upper()}{opening[1:]},\n{SEVENS[second]}—\n{LASTS[third]}."


FITTING = {1: "{} at the river", 2: "{} at daybreak", 3: "{} returns", 4: "{} sleeps"}


def _syllables(text: str) -> int:
    """How many syllables an English *text* has, about."""
    total = 0
    for word in re.findall(r"[a-z]+", text.lower()):
        total += max(
            1,
            len(re.findall(r"[aeiouy]+", word))
            - (word.endswith("e") and not word.endswith(("le", "ee")) and len(word) > 3),
        )
    return total


def rhymed(ask: Ask, topic: str, couplets: int, lines: int | None = None) -> str:
    """Couplets about *topic*, two in a stanza."""
    start = ask.chance.below(len(COUPLETS))
    made: list[str] = []
    for number in range(couplets):
        made += COUPLETS[(start + number) % len(COUPLETS)]
    made = [line.replace("{}", topic) for line in made[:lines]]
    if lines and lines % 2:
        made[-1] = closed(made[-1], ".")
    return "\n\n".join("\n".join(made[at : at + 4]) for at in range(0, len(made), 4))


def _acrostic(ask: Ask, topic: str) -> str:
    lines = []
    for at, letter in enumerate(char for char in topic.upper() if char.isalpha()):
        words = ("Always", "Bright", "Careful", "Dreams", "Every", "Finding", "Gently", "Hopeful", "Inward", "Joyful",
        "Kindly", "Light", "Morning", "Never", "Open", "Patient", "Quiet",
                 "Rising", "Steady", "Together", "Under", "Vivid", "Wandering", "Xenial", "Yielding",
                 "Zealous")  # fmt: skip
        word = next((word for word in words if word[0] == letter), letter)
        lines.append(
            f"{word} {('as the day begins', 'and never far away', 'in its own time', 'with room to grow')[at % 4]}"
        )
    return "\n".join(lines[:40]) or haiku(ask)


def _lines(ask: Ask, topic: str) -> str:
    """Lines in another language, from its sentences."""
    language = ask.language
    start = ask.chance.below(len(language.sentences))
    chosen = [language.sentences[(start + number) % len(language.sentences)] for number in range(4)]
    opening = language.openings[0].replace("{}", topic)
    return (
        "\n".join([opening + ",", *(line + "," for line in chosen[:3]), chosen[3] + language.stop])
        if language.gap
        else "\n".join([opening, *chosen])
    )
