"""Reasoning: what a model thinks before it answers, as much as the effort allows."""

from ..chance import Chance
from ..world import World
from .generation import Text, Writer
from .prose.prose import topic_of

# Tokens of thought at each level, about; a thought ends with its sentence.
EFFORTS = {"none": 0, "minimal": 16, "low": 48, "medium": 128, "high": 320, "xhigh": 640, "max": 960}
USUAL = "medium"
SHARE = 2  # of the tokens that an answer may have, reasoning takes at most one in so many

OPENINGS = (
    "The user asks about {}.",
    "Let me work out what is really being asked about {}.",
    "I need to say something useful about {}.",
    "First, what do I know about {}?",
    "The question is about {}, so I should be clear about the terms.",
)
THOUGHTS = (
    " I could start with a definition, but an example may help more.",
    " Let me check the obvious answer before I trust it.",
    " One thing to keep apart is the cause and the effect.",
    " If that were wrong, I would expect to see a contradiction, and I see none.",
    " There is a simpler way to say this.",
    " The edge cases matter here, so I should think of at least one.",
    " Wait, I should read the question once more.",
    " It does not ask for every detail, so a short answer is better.",
    " Let me compare the two options that come to mind.",
    " The first option is easy to explain and easy to check.",
    " The second one is more general, but it needs more assumptions.",
    " I should say which assumptions I make.",
    " Numbers would help, but I have none that I can rely on.",
    " A reader who knows the field would accept this step.",
    " A reader who is new to it may need one more sentence.",
    " So far this holds together.",
    " Let me try it on a small case and see whether it still works.",
    " The small case works, and nothing in it depends on the size.",
    " I should not promise more than follows from this.",
)
CLOSINGS = (
    " That is enough to answer.",
    " I will keep the answer short and concrete.",
    " Good, now I can write the answer.",
    " I am fairly sure of this, so let me answer.",
)


class Thoughts:
    """The tokens of what is thought often."""

    def __init__(self, world: World) -> None:
        pieces = world.tokens.pieces
        self.thoughts = [pieces(thought) for thought in THOUGHTS]
        self.closings = [pieces(closing) for closing in CLOSINGS]


def reason(engine: Writer, prompt: str, effort: str | None, most: int, chance: Chance) -> Text:
    """What is thought about *prompt* before an answer of at most *most* tokens; nothing at the effort `none`."""
    room = min(EFFORTS.get(effort or USUAL, EFFORTS[USUAL]), most // SHARE)
    if room <= 0:
        return Text([], "stop")
    thoughts = engine.world.engine(Thoughts)
    opening, at, stride, closing = chance.draw(len(OPENINGS), len(THOUGHTS), len(THOUGHTS) - 1, len(CLOSINGS))
    tokens = engine.world.tokens.pieces(OPENINGS[opening].format(topic_of(prompt)))
    end = thoughts.closings[closing]
    for number in range(room):
        thought = thoughts.thoughts[(at + number * (stride + 1)) % len(THOUGHTS)]
        if len(tokens) + len(thought) + len(end) > room:
            break
        tokens += thought
    return Text.of([*tokens, *end][:room])
