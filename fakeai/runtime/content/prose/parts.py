"""Parts: pieces of an answer whose tokens are known, and what is left of them within a limit."""

from array import array

from ...tokens import Tokens


class Part:
    """Some text and its tokens; *ids* are those of the tokens, once they were read."""

    __slots__ = ("ids", "size", "text", "tokens")

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.size, self.text = tokens, len(tokens), "".join(tokens)
        self.ids: array[int] | None = None

    def read(self, encoding: Tokens) -> "array[int]":
        """The ids that the text has in *encoding*, whose tokens it is made of."""
        self.ids = array("I", encoding.encode(self.text))
        return self.ids


Frame = tuple[Part, Part | None]  # what stands before and after the topic; None after a sentence without it


def trimmed(parts: list[Part], most: int) -> tuple[list[Part], bool]:
    """The first *most* tokens of *parts*, and whether that is all of them."""
    left = most
    for at, part in enumerate(parts):
        if part.size > left:
            rest = Part(part.tokens[:left])
            if part.ids is not None:
                rest.ids = part.ids[:left]
            return [*parts[:at], rest], False
        left -= part.size
    return parts, True
