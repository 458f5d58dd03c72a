"""Stories: a small hero, a difficulty and an end, with the prompt's topic in the middle."""

import re

from ..ask import Ask
from ..bounds import NUMBERS
from ..cues import Cue
from ..measured import prose_of
from .verse import _subject

CUES: tuple[Cue, ...] = (
    (
        "write tell compose create give make generate craft start schreib schreibe erzähl erzähle écris raconte "
        "escribe cuéntame scrivi racconta escreva conte short bedtime",
        "story stories tale fable narrative fiction geschichte märchen histoire cuento historia storia história",
    ),
    ("upon", "^^once"),
    ("tell give say share make know write got another", "joke jokes"),
    ("^^joke",),
)
ASKS = re.compile(
    r"\b(?:write|tell|compose|create|give|make up|generate|craft|start|schreib\w*|erzähl\w*|écris|"
    r"raconte|escribe|cuéntame|scrivi|racconta|escreva|conte)\b[^.\n]{0,80}\b"
    r"(?:story|stories|tale|fable|narrative|fiction|geschichte|märchen|histoire|cuento|historia|"
    r"storia|história)\b|^(?:a )?(?:short |bedtime )+story\b",
    re.I,
)
BEGUN = re.compile(r"^\W*once upon a time\b", re.I)
JOKE = re.compile(r"\b(?:tell|give|say|share|make|know|write|got|another)\b[^.\n]{0,40}\bjokes?\b|^joke\b", re.I)
ABOUT = re.compile(r"\b(?:about|of|where|featuring|with|involving|über|sur|sobre|su|de)\s{1,9}([^\n.?!;:]{2,80})", re.I)
HEROES = ("Mira", "Tomas", "Ines", "Jonas", "Leila", "Oskar", "Nadia", "Felix")
PLACES = (
    "a village by the sea",
    "a town at the end of the railway",
    "a narrow house above a bakery",
    "a valley where it rained every Tuesday",
)
TROUBLES = (
    "One night the bridge was washed away, and nobody knew how to reach the other side.",
    "Then the winter came early, and there was not enough of anything.",
    "But on the day that mattered most, the lights went out.",
    "Then a letter came that nobody could read.",
)
ENDS = (
    "By morning it was done, and nobody could say any more who had begun it.",
    "It took longer than anyone had hoped, and it was better than anyone had expected.",
    "From then on the door was never locked, and there was always one chair more than they needed.",
    "And when people asked how it was done, {} only smiled and put the kettle on.",
)
JOKES = (
    "Why do programmers prefer dark mode? Because light attracts bugs.",
    "I told my computer that I needed a break, and it said: no problem, I'll go to sleep.",
    "There are 10 kinds of people: those who understand binary and those who don't.",
    "Why did the scarecrow win a prize? Because he was outstanding in his field.",
    "What do you call a fish without eyes? A fsh.",
    "Why don't skeletons fight each other? They don't have the guts.",
)


def answer(ask: Ask) -> str | None:
    """A story, or a joke."""
    head = ask.look[:500]
    if (
        "joke" in ask.lower
        and JOKE.search(head)
        and len(ask.prompt) < 300
        and not re.match(r"^(?:explain|why|what is)", ask.lead)
    ):
        counted = re.search(
            rf"\b(\d{{1,2}}|{'|'.join(word for word in NUMBERS if len(word) > 2)})\b[^.\n]{{0,20}}jokes", ask.lower
        )
        start = ask.chance.below(len(JOKES))
        if counted:
            count = min(int(counted[1]) if counted[1].isdigit() else NUMBERS[counted[1]], len(JOKES))
            return "\n".join(f"{number + 1}. {JOKES[(start + number) % len(JOKES)]}" for number in range(count))
        return JOKES[start]
    if BEGUN.match(ask.prompt) and len(ask.prompt) < 400:
        return _told(ask, "an unfinished map")
    found = ask.find(ASKS)
    if (
        not found
        or re.match(r"^(?:what|how|who|why|explain|when|is|was) ", ask.lead)
        or re.search(r"\b(?:user stor|title|summar)", head, re.I)
    ):
        return None
    about = ABOUT.search(ask.look, found.end())
    topic = _subject(about[1]) if about else "a lost key"
    if ask.language.code != "en":
        return prose_of(ask.language, topic, ask.bounds, ask.chance)
    return _told(ask, topic)


def _told(ask: Ask, topic: str) -> str:
    hero, place, trouble, end = ask.chance.draw(len(HEROES), len(PLACES), len(TROUBLES), len(ENDS))
    name = HEROES[hero]
    text = [
        f"Once upon a time, in {PLACES[place]}, there lived somebody called {name}, who thought of {topic} every day.",
        f"The others shook their heads, for what use was it? {name} only kept a small notebook and "
        f"wrote down what worked and what did not.",
        f"{TROUBLES[trouble]} So {name} opened the notebook, read the last page twice, and said: we "
        f"begin with the smallest part.",
        f"They worked without a word while the wind went round the house. Somewhere after midnight "
        f"somebody laughed, and then all of them did, because {topic} had been the answer all along.",
        ENDS[end].replace("{}", name),
    ]
    bounds = ask.bounds
    if bounds.sentences is not None:
        if bounds.sentences <= 8:
            return bounds.clip(" ".join(text))
    elif bounds.least_words and bounds.least_words > 90:
        short = bounds.least_words - len(" ".join(text).split())
        more = type(bounds)(least_words=max(1, short), most_words=None)
        middle = prose_of(ask.language, topic, more, ask.chance) if short > 0 else ""
        text.insert(4, middle) if middle else None
        return "\n\n".join(text) if not bounds.most_words else bounds.clip("\n\n".join(text))
    elif bounds.are_set:
        return bounds.clip(" ".join(text) if bounds.paragraphs == 1 else "\n\n".join(text))
    if bounds.paragraphs:
        return "\n\n".join(text[: bounds.paragraphs])
    return "\n\n".join(text if bounds.verbosity != "low" else [text[0], text[2], text[4]])
