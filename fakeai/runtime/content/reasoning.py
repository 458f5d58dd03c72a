"""Reasoning: what a model thinks before it answers, as much as the effort allows."""

from ..catalog import Model
from ..chance import Chance
from ..errors import ApiError
from ..tokens import Tokens
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
    """The tokens of what is thought often, for each encoding of a world."""

    def __init__(self, world: World) -> None:
        self._of: dict[Tokens, tuple[list[list[str]], list[list[str]]]] = {}

    def of(self, tokens: Tokens) -> tuple[list[list[str]], list[list[str]]]:
        """THOUGHTS and CLOSINGS in *tokens*."""
        found = self._of.get(tokens)
        if found is None:
            pieces = tokens.pieces
            found = self._of[tokens] = [pieces(each) for each in THOUGHTS], [pieces(each) for each in CLOSINGS]
        return found


def reason(
    engine: Writer, prompt: str, effort: str | None, most: int, chance: Chance, budget: int | None = None
) -> Text:
    """What is thought about *prompt* before an answer of at most *most* tokens; nothing at the effort `none`.

    With a *budget*, thought has at most so many tokens.
    """
    room = min(EFFORTS.get(effort or USUAL, EFFORTS[USUAL]), most // SHARE)
    room = room if budget is None else min(room, budget)
    if room <= 0:
        return Text([], "stop")
    thoughts, closings = engine.world.engine(Thoughts).of(engine.tokens)
    opening, at, stride, closing = chance.draw(len(OPENINGS), len(THOUGHTS), len(THOUGHTS) - 1, len(CLOSINGS))
    tokens = engine.tokens.pieces(OPENINGS[opening].format(topic_of(prompt)))
    end = closings[closing]
    for number in range(room):
        thought = thoughts[(at + number * (stride + 1)) % len(THOUGHTS)]
        if len(tokens) + len(thought) + len(end) > room:
            break
        tokens += thought
    return Text.of([*tokens, *end][:room])


def expect_effort(model: Model, effort: str | None, param: str) -> None:
    """Let an *effort* pass that *model* takes; one that does not reason ignores it.

    Raises:
        ApiError: 400, it does not take it.
    """
    if effort is not None and model.efforts and effort not in model.efforts:
        listed = ", ".join(f"'{each}'" for each in model.efforts)
        raise ApiError(400, f"Unsupported value: '{param}' does not support '{effort}' with this model. Supported "
                       f"values are: {listed}.", code="unsupported_value", param=param)  # fmt: skip
