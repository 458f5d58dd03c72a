"""What answers say: in the form and the language of the prompt, within its limits."""

import asyncio
import json
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeai.runtime.chance import Chance
from fakeai.runtime.content.prose.prose import Prose
from fakeai.runtime.tokens import Tokens


@pytest.fixture(scope="module")
def prose() -> Prose:
    tokens = Tokens()
    asyncio.run(tokens.ready())
    return Prose(tokens)


def say(prose: Prose, prompt: str, **manner: str) -> str:
    parts, ended = prose.write(prompt, Chance(prompt.encode()), 0, 16_384, **manner)
    assert ended
    return "".join(part.text for part in parts)


@pytest.mark.parametrize(
    ("prompt", "pattern"),
    [
        ("Why cache prefixes?", r"(?s).*prefixes.*"),
        ("What is the capital of France?", r".*Paris.*"),
        ("List five fruits", r"(?:(?:\d\.|-) \w+(?: \w+)*\n?){5}"),
        ("Count to 10", r"1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ("What is 12*7?", r".*\b84\b.*"),
        ("Is water wet?", r"(?s)(?:Yes|No)\b.*"),
        ("Classify as positive, negative or neutral: I love it", r"[Pp]ositive"),
        ("Translate to French: good morning", r"(?i)bonjour"),
        ("Reply with exactly: pong", r"pong"),
        ("Summarize in one sentence: The cat sat on the mat. The day was sunny. All were happy.", r"[^.]+\."),
        (
            "Extract the emails from: write to ann@a.example or bob@b.example today",
            r"(?s).*ann@a\.example.*bob@b\.example.*",
        ),
        ("Context: The tower is 300 m tall. It was built in 1889.\nQuestion: How tall is the tower?", r".*300 m.*"),
        ("Hello!", r"(?:Hello|Hi)\b.*"),
    ],
)
def test_an_answer_has_the_form_that_is_asked_for(prose: Prose, prompt: str, pattern: str) -> None:
    answer = say(prose, prompt)
    assert re.fullmatch(pattern, answer), answer


@pytest.mark.parametrize(
    ("prompt", "word"),
    [
        ("Wie funktioniert ein Motor?", r"\b(?:der|die|das|und|ist)\b"),
        ("Comment fonctionne un moteur ?", r"\b(?:le|la|les|et|une?)\b"),
        ("¿Cómo funciona un motor?", r"\b(?:el|la|los|una?|que)\b"),
        ("Как работает двигатель?", r"[а-яё]{3}"),
        ("エンジンはどのように動きますか", r"[ぁ-ん]"),
        ("发动机是如何工作的?", r"[一-龥]{4}"),
        ("How do engines work? Answer in German.", r"\b(?:der|die|das|und|ist)\b"),
    ],
)
def test_an_answer_is_in_the_language_of_the_prompt(prose: Prose, prompt: str, word: str) -> None:
    assert re.search(word, say(prose, prompt))


def test_json_is_json_with_the_keys_that_are_asked_for(prose: Prose) -> None:
    made = json.loads(say(prose, "Give me JSON with keys name and age, only JSON"))
    assert set(made) == {"name", "age"}


@pytest.mark.parametrize(
    "task", ["reverses a string", "computes a factorial", "checks for palindromes", "sorts a list"]
)
def test_code_runs(prose: Prose, task: str) -> None:
    answer = say(prose, f"Write a Python function that {task}")
    found = re.search(r"```python\n(.*?)```", answer, re.DOTALL)
    assert found, answer
    subprocess.run([sys.executable, "-c", found[1]], check=True, capture_output=True, timeout=30)


def test_verbosity_and_system_message_change_the_length(prose: Prose) -> None:
    sizes = [len(say(prose, "Tell me about tides", verbosity=level)) for level in ("low", "medium", "high")]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2]
    short = say(prose, "Tell me about tides", system="Answer in one sentence.")
    assert len(re.findall(r"[.!?](?:\s|$)", short)) == 1


@settings(max_examples=60)
@given(prompt=st.text(max_size=200), least=st.integers(0, 120), more=st.integers(1, 200))
def test_limits_hold_and_tokens_join_to_the_text(prose: Prose, prompt: str, least: int, more: int) -> None:
    most = least + more
    parts, ended = prose.write(prompt, Chance(b"limits"), least, most)
    tokens = [token for part in parts for token in part.tokens]
    assert least <= len(tokens) <= most
    assert ended or len(tokens) == most
    assert "".join(tokens) == "".join(part.text for part in parts)
