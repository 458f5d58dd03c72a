"""Tokens: exact counts, whole characters, and prose whose pieces are its tokens."""

import asyncio
import sys

import pytest

from fakeai.runtime.chance import Chance
from fakeai.runtime.content.prose.prose import Prose
from fakeai.runtime.tokens import Tokens

PROMPTS = (
    "Tell me about KV cache routing",
    "What is GPT-4o's context window in 2026?",
    "日本語の旗について教えて",
    "Explain 🎌👩‍👩‍👧 emoji",
    "C++ vs. C#: which?",
    '"quoted" (parentheses) [brackets]',
    "",
    "   \n\t ",
    "don't I'll we've",
    "Ünïcödé ß ﬁ ½ 𝔘𝔫𝔦",
    "<|endoftext|> <|im_start|>",
    "a" * 500,
)


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    made = Tokens()
    asyncio.run(made.ready())
    return made


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda text: text[:20])
def test_pieces_joined_are_the_text_and_as_many_as_its_tokens(tokens: Tokens, prompt: str) -> None:
    text = f"{prompt}\n\n{prompt}"
    pieces = tokens.pieces(text)
    assert "".join(pieces) == text
    assert len(pieces) == tokens.count(text) == len(tokens.encode(text))
    assert tokens.decode(tokens.encode(text)) == text


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda text: text[:20])
def test_the_pieces_of_prose_are_the_tokens_of_its_text(tokens: Tokens, prompt: str) -> None:
    prose = Prose(tokens)
    for number in range(20):
        parts, ended = prose.write(prompt, Chance(b"%d" % number), least=1 + 40 * (number % 5), most=10_000)
        assert ended
        text = "".join(part.text for part in parts)
        assert [token for part in parts for token in part.tokens] == tokens.pieces(text)


def test_a_waiter_that_is_cancelled_does_not_stop_the_loading() -> None:
    async def main() -> None:
        tokens = Tokens()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(tokens.ready(), 0)
        await tokens.ready()
        assert tokens.count("hello") == 1

    asyncio.run(main())


def test_the_tokenizer_of_other_pythons_has_the_same_tokens(monkeypatch: pytest.MonkeyPatch, tokens: Tokens) -> None:
    monkeypatch.setitem(sys.modules, "quicktok", None)  # as where it has no wheel
    other = Tokens()
    asyncio.run(other.ready())
    for prompt in PROMPTS:
        assert other.pieces(prompt) == tokens.pieces(prompt)
        assert other.count(prompt) == tokens.count(prompt)
        assert other.decode(other.encode(prompt)) == prompt


def test_counts_are_those_of_o200k(tokens: Tokens) -> None:
    assert tokens.encode("Hello 👋 wörld") == [13225, 61138, 233, 286, 2877, 582]
    assert tokens.count("The quick brown fox jumps over the lazy dog. " * 13) == 131


def test_a_chance_repeats_and_is_even() -> None:
    assert [Chance(b"k").below(100) for _ in range(2)] == [Chance(b"k").below(100)] * 2
    chance = Chance(b"even")
    draws = [chance.below(10) for _ in range(20_000)]
    assert all(1_800 < draws.count(value) < 2_200 for value in range(10))
    spread = Chance(b"even").spread(10_000)
    assert -1 <= min(spread) < -0.99
    assert 0.99 < max(spread) <= 1
    assert abs(sum(spread)) < 300
    assert Chance(b"even").spread(5) == spread[:5]


def test_who_does_not_wait_for_the_vocabulary_still_counts() -> None:
    tokens = Tokens()
    assert tokens.count("hello world") == 2
    assert tokens.loaded


@pytest.mark.parametrize(
    "text",
    [
        "A queue is a line. Nobody likes it! " * 1500,
        "x = [1, 2]  # twice\n" * 3000,
        "索引像书的目录。" * 4000,
        "a" * 90_000,
        " \n" * 20_000,
    ],
    ids=["words", "code", "characters", "a word", "spaces"],
)
def test_a_long_text_that_is_read_in_slices_has_the_tokens_of_the_whole(tokens: Tokens, text: str) -> None:
    read, other = Tokens(), Tokens()

    async def prepare() -> None:
        await read.ready()
        await read.prepare(text)
        await other.ready()

    asyncio.run(prepare())
    whole = tokens.encode(text)
    assert read.count(text) == read.read(text) == other.read(text) == len(whole)
    if tokens.boundary(text, 8192) < len(text):
        assert read.ids(text).tolist() == other.ids(text).tolist() == whole
