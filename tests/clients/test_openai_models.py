"""OpenAI's Python SDK lists models, and is refused what a strict server does not have."""

from collections.abc import Callable
from pathlib import Path

import openai
import pytest
from openai import OpenAI
from tokenizers import Tokenizer, models, pre_tokenizers


def test_models_are_found_by_every_name_and_described(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        listed = {model.id: model for model in client.models.list()}
        assert {"gpt-5.6-sol", "o3", "openai/gpt-oss-120b", "nvidia/cosmos-vision"} <= set(listed)
        assert client.models.retrieve("gpt-5").owned_by == "system"
        assert client.models.retrieve("claude-3-opus-20240229").id == "claude-3-opus-20240229"
        told = client.get("/models/o3/capabilities", cast_to=dict[str, object])
        assert told["reasoning"] == {"text": "hidden", "efforts": ["low", "medium", "high"], "default_effort": "medium"}
        with pytest.raises(openai.NotFoundError, match=r"does not exist .* Did you mean 'gpt-4o'\?"):
            client.models.retrieve("gpt4o")
        with pytest.raises(openai.PermissionDeniedError):
            client.models.delete("gpt-5")


def test_a_strict_server_has_its_models_and_no_others(serve: Callable[..., str]) -> None:
    with OpenAI(base_url=f"{serve('--strict-models')}/v1", api_key="any", max_retries=0) as client:
        hello = [{"role": "user", "content": "Hello"}]
        assert client.chat.completions.create(model="gpt-4o-mini", messages=hello).model == "gpt-4o-mini"  # type: ignore
        with pytest.raises(openai.NotFoundError) as caught:
            client.chat.completions.create(model="gpt-4o-minni", messages=hello)  # type: ignore
        assert caught.value.code == "model_not_found"
        with pytest.raises(openai.NotFoundError, match=r"Did you mean to use v1/chat/completions\?"):
            client.completions.create(model="gpt-4o-mini", prompt="Once")
        with pytest.raises(openai.PermissionDeniedError):
            client.embeddings.create(model="gpt-4o-mini", input="Hello")
        with pytest.raises(openai.NotFoundError):
            client.responses.create(model="gpt-99-thinking-harder", input="Hello")
        with pytest.raises(openai.BadRequestError, match="maximum context length is 8192 tokens"):
            client.embeddings.create(model="text-embedding-3-small", input="river " * 9000)


def test_a_server_counts_as_the_encodings_that_it_was_given(serve: Callable[..., str], tmp_path: Path) -> None:
    made = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))  # one token a word
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.save(str(tmp_path / "tokenizer.json"))
    given = ("--tokenizer", "catalog", "--tokenizer", f"mine={tmp_path / 'tokenizer.json'}")
    with OpenAI(base_url=f"{serve(*given)}/v1", api_key="any", max_retries=0) as client:
        text = "Unbelievably, tokenizers disagree: 日本語"
        used = {
            model: client.embeddings.create(model=model, input=text).usage.prompt_tokens
            for model in ("mine", "text-embedding-3-small", "other")
        }
    assert used == {"mine": 4, "text-embedding-3-small": 12, "other": 10}
