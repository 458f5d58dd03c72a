"""Parts: pieces of an answer whose tokens are known, and what is left of them within a limit."""


class Part:
    """Some text and its tokens."""

    __slots__ = ("size", "text", "tokens")

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.size, self.text = tokens, len(tokens), "".join(tokens)


Frame = tuple[Part, Part | None]  # what stands before and after the topic; None after a sentence without it


def trimmed(parts: list[Part], most: int) -> tuple[list[Part], bool]:
    """The first *most* tokens of *parts*, and whether that is all of them."""
    left = most
    for at, part in enumerate(parts):
        if part.size > left:
            return [*parts[:at], Part(part.tokens[:left])], False
        left -= part.size
    return parts, True
