"""Chunks of a text: as many whole words as fit into so many tokens, the last ones again in the next chunk."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain

from ...clock import give_way
from ...tokens import Tokens
from .parsing import Unreadable

SIZE, OVERLAP = 800, 400  # tokens, of the strategy `auto`
MOST_TOKENS = 5_000_000  # of a file
LONG = 32  # tokens; a longer word, such as a line of Chinese, may be cut at any token
STRETCH = 4096  # characters of a long word that are encoded at once
TURN = 4096  # words that are counted before others have a turn

# No token spans these places, so the counts of the words between them add up.
BORDER = re.compile(r"(?<=\S)(?=[ \t])|(?<=[^\W_])(?=[\r\n])|(?<=\n)(?=[^\W_])")


async def chunks(tokens: Tokens, text: str, size: int = SIZE, overlap: int = OVERLAP) -> list[tuple[int, int]]:
    """Where the chunks of *text* begin and end, in characters.

    Each has at most *size* tokens, of which at most *overlap* are of the chunk before it.

    Raises:
        Unreadable: the text has too many tokens.
    """
    await tokens.ready()
    places, sums = [0], [0]
    for at, (end, count) in enumerate(_words(tokens, text)):
        places.append(end)
        sums.append(sums[-1] + count)
        if at % TURN == TURN - 1:
            await give_way()
        if sums[-1] > MOST_TOKENS:
            raise Unreadable("invalid_file", f"The file has more than {MOST_TOKENS} tokens.")
    found, start, last = [], 0, len(sums) - 1
    while True:
        end = max(bisect_right(sums, sums[start] + size) - 1, start + 1)
        found.append((places[start], places[end]))
        if end >= last:
            return found
        start = max(bisect_left(sums, sums[end] - overlap), start + 1)


def _words(tokens: Tokens, text: str) -> Iterator[tuple[int, int]]:
    """The end of each word, in characters, and its tokens."""
    start = 0
    for end in chain((match.start() for match in BORDER.finditer(text)), (len(text),)):
        count = tokens.count(text[start:end]) if end - start <= STRETCH else LONG + 1
        if count <= LONG:
            yield end, count
        else:
            yield from _pieces(tokens, text, start, end)
        start = end


def _pieces(tokens: Tokens, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A long word in pieces of one token, or of a character that has several."""
    for stretch in range(start, end, STRETCH):
        place, count = stretch, 0
        for piece in tokens.pieces(text[stretch : min(stretch + STRETCH, end)]):
            count += 1
            if piece:
                place += len(piece)
                yield place, count
                count = 0
