"""An index of chunks: a matrix of their vectors, and where each search term occurs."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...content import embedding
from . import terms

if TYPE_CHECKING:  # numpy takes 0.1 s to import: it is loaded at the first chunk
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float32]]
    Numbers = np.ndarray[Any, np.dtype[np.uint32]]

MODEL, FULL, DIMENSIONS = "text-embedding-3-large", 3072, 256  # what OpenAI's file search embeds with
HEAD = struct.Struct("<II")  # chunks, and terms in all of them
SOON, EVEN = 0.4, 0.6  # how soon a term's repetitions count less, and how much more so in long chunks (BM25's k and b)
FIRST = 256  # rows that are sorted at once; more are seldom looked at


@dataclass(frozen=True)
class Part:
    """The chunks of one file.

    *spans* are the bytes of its text, `(chunks, 2)`; *vectors* unit vectors, `(chunks, DIMENSIONS)`; *sizes* how many
    *terms* each chunk has, and *counts* how often, one chunk after another.
    """

    spans: "Numbers"
    vectors: "Floats"
    sizes: "Numbers"
    terms: "Numbers"
    counts: "Numbers"

    def pack(self) -> bytes:
        """The part as a blob."""
        arrays = (self.spans, self.vectors, self.sizes, self.terms, self.counts)
        return HEAD.pack(len(self.sizes), len(self.terms)) + b"".join(array.tobytes() for array in arrays)


def unpack(blob: bytes) -> Part:
    """The part that `Part.pack` made *blob* of."""
    import numpy as np

    chunks, found = HEAD.unpack_from(blob)
    at, arrays = HEAD.size, []
    for kind, count in (
        ("<u4", 2 * chunks),
        ("<f4", chunks * DIMENSIONS),
        ("<u4", chunks),
        ("<u4", found),
        ("<u4", found),
    ):
        arrays.append(np.frombuffer(blob, kind, count, at))
        at += 4 * count
    return Part(arrays[0].reshape(-1, 2), arrays[1].reshape(-1, DIMENSIONS), *arrays[2:])


def vector(text: str) -> "Floats":
    """The vector of *text*: what the embeddings endpoint says of it with MODEL and DIMENSIONS."""
    return embedding.vector(text, MODEL, FULL, DIMENSIONS)


def part(spans: Sequence[tuple[int, int]], vectors: Sequence["Floats"], counts: Sequence[dict[int, int]]) -> Part:
    """The part of chunks with these spans, vectors and terms."""
    import numpy as np

    numbers = [np.array(list(found), np.uint32) for found in counts]
    times = [np.array(list(found.values()), np.uint32) for found in counts]
    return Part(
        np.array(spans, np.uint32).reshape(-1, 2), np.array(vectors, np.float32).reshape(-1, DIMENSIONS),
        np.array([len(found) for found in counts], np.uint32), np.concatenate(numbers), np.concatenate(times),
    )  # fmt: skip


class Index:
    """The chunks of many parts as rows: `owners` says which part each is of, `spans` where its text is."""

    def __init__(self, parts: Sequence[Part]) -> None:
        import numpy as np

        self.rows = sum(len(part.sizes) for part in parts)
        if not self.rows:
            return
        self.owners = np.repeat(np.arange(len(parts)), [len(part.sizes) for part in parts])
        self.spans = np.concatenate([part.spans for part in parts])
        self._vectors = np.concatenate([part.vectors for part in parts])
        found = np.concatenate([part.terms for part in parts])
        order = np.argsort(found, kind="stable")
        sizes = np.concatenate([part.sizes for part in parts])
        rows = np.repeat(np.arange(self.rows), sizes)
        counts = np.concatenate([part.counts for part in parts]).astype(np.float32)
        lengths = np.bincount(rows, weights=counts, minlength=self.rows)
        dulled = SOON * (1 - EVEN + EVEN * lengths / max(lengths.mean(), 1.0))
        self._terms, self._rows = found[order], rows[order]
        self._weights = (counts / (counts + dulled[rows]))[order]

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        return self.rows * (DIMENSIONS + 4) * 4 + len(self._terms) * 20 if self.rows else 0

    def scores(self, query: str, rerank: bool = True) -> "Floats":
        """How well each row fits *query*, `(rows,)`, 0 to 1.

        It is the cosine of their vectors, raised by the share of the query's terms that a row has when *rerank*.
        """
        import numpy as np

        near: Floats = np.clip(self._vectors @ vector(query), 0.0, 1.0)
        if rerank:
            near = np.float32(1.0) - (np.float32(1.0) - near) * (np.float32(1.0) - self._shares(query))
        return near

    def ranked(self, scores: "Floats") -> Iterator[int]:
        """The rows with a score of 0 or more, the best first."""
        import numpy as np

        if self.rows > FIRST:
            best = np.argpartition(scores, self.rows - FIRST)[self.rows - FIRST :]
            best = best[np.lexsort((best, -scores[best]))]
            for row in best:
                if scores[row] < 0:
                    return
                yield int(row)
            scores = scores.copy()
            scores[best] = -1.0
        for row in np.argsort(-scores, kind="stable"):
            if scores[row] < 0:
                return
            yield int(row)

    def _shares(self, query: str) -> "Floats":
        """Which share of the query's terms each row has, rare ones counting more: BM25, from 0 to below 1."""
        import numpy as np

        reached, whole = np.zeros(self.rows, np.float32), 0.0
        for term in terms.counts(query):
            start, stop = (int(np.searchsorted(self._terms, np.uint32(term), side)) for side in ("left", "right"))
            rarity = float(np.log1p((self.rows - (stop - start) + 0.5) / (stop - start + 0.5)))
            reached[self._rows[start:stop]] += rarity * self._weights[start:stop]
            whole += rarity
        shares: Floats = reached / np.float32(whole or 1.0)
        return shares
