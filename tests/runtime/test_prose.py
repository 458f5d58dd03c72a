"""What answers say: each prompt gets the form and the language that it asks for, within its limits."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeai.runtime.chance import Chance
from fakeai.runtime.content.prose.forms.arithmetic import NotArithmetic, evaluate
from fakeai.runtime.content.prose.languages.detection import LANGUAGES, language_of
from fakeai.runtime.content.prose.languages.language import Language
from fakeai.runtime.content.prose.prose import Prose, topic_of
from fakeai.runtime.tokens import Tokens
from tests.inprocess import Client, chat, run

TOKENS = Tokens()
asyncio.run(TOKENS.ready())
PROSE = Prose(TOKENS)
UNTOLD = 16_384
REVIEW = "The film was a masterpiece, I loved every minute of it."
TEXT = (
    "The mitochondrion is an organelle found in most cells. It generates most of the chemical energy that the cell "
    "needs. The energy is stored in a molecule called ATP. Mitochondria have their own DNA."
)
RETRIEVAL = (
    "Use the following pieces of context to answer the question at the end. If you don't know the answer, just say "
    "that you don't know.\n\nThe Eiffel Tower is 330 metres tall. It was completed in 1889. Bananas are yellow.\n\n"
    "Question: What colour are bananas?\nHelpful Answer:"
)
INDEXED = (
    "Context information is below.\n---------------------\nFakeAI listens on port 8000. It was written by a team.\n"
    "---------------------\nGiven the context information and not prior knowledge, answer the query.\n"
    "Query: Which port does FakeAI listen on?\nAnswer: "
)
AGENT = (
    "Answer the following questions as best you can. You have access to the following tools:\n\nCalculator: math\n\n"
    "Use the following format:\n\nQuestion: the input question you must answer\nThought: think\nAction: the action, "
    "one of [Calculator]\nAction Input: the input\nObservation: the result of the action\nThought: I now know the "
    "final answer\nFinal Answer: the final answer to the original input question\n\nBegin!\n\n"
    "Question: {}\nThought:{}"
)
TITLE = (
    "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Output:\nJSON "
    'format: {{ "title": "your concise title here" }}\n### Chat History:\n<chat_history>\nUSER: {}\nASSISTANT: Sure.\n'
    "</chat_history>"
)
DIFF = (
    "diff --git a/src/app.py b/src/app.py\n--- a/src/app.py\n+++ b/src/app.py\n@@ -1,3 +1,6 @@\n+def greet(name):\n"
    '+    return f"Hello {name}"\n'
)


def say(prompt: str, number: int = 0, most: int = UNTOLD, **manner: str) -> str:
    """The answer to *prompt*, whose parts have the tokens of its text."""
    parts, ended = PROSE.write(prompt, Chance(b"%d" % number + prompt.encode()), 0, most, **manner)
    text = "".join(part.text for part in parts)
    assert ended
    assert [token for part in parts for token in part.tokens] == TOKENS.pieces(text)
    return text


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def numbered(count: int) -> Callable[[str], bool]:
    return lambda text: [line.partition(".")[0] for line in lines(text)] == [str(n + 1) for n in range(count)]


def bulleted(count: int) -> Callable[[str], bool]:
    return lambda text: sum(line.startswith("- ") for line in lines(text)) == count == len(lines(text))


def fenced(language: str, *parts: str) -> Callable[[str], bool]:
    return lambda text: f"```{language}\n" in text and all(part in text for part in parts)


def keys(*names: str) -> Callable[[str], bool]:
    return lambda text: list(json.loads(text.removeprefix("```json\n").removesuffix("\n```"))) == list(names)


def about(*words: str) -> Callable[[str], bool]:
    return lambda text: all(word.lower() in text.lower() for word in words)


def words(count: int) -> Callable[[str], bool]:
    return lambda text: len(text.split()) == count


def at_most(count: int) -> Callable[[str], bool]:
    return lambda text: 0 < len(text.split()) <= count


def sentences(count: int) -> Callable[[str], bool]:
    return lambda text: len(re.findall(r"[.!?](?=\s|$)", text)) == count


EXACT = {
    "Say hello": "hello",
    "say this is a test": "this is a test",
    'Say "hi there" and nothing else': "hi there",
    "Repeat after me: the quick brown fox": "the quick brown fox",
    "Reply with exactly: OK GO": "OK GO",
    "respond only with OK": "OK",
    "Respond with exactly one word: hello": "hello",
    'Respond with the word "pineapple"': "pineapple",
    "Output only: 42": "42",
    "Repeat the word banana 3 times": "banana banana banana",
    "Count to 10": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
    "count from 3 to 7": "3, 4, 5, 6, 7",
    "Count down from 5": "5, 4, 3, 2, 1",
    "Count to 3 in French": "un, deux, trois",
    "Zähle bis 3": "1, 2, 3",
    "What is 2+2?": "2 + 2 = 4",
    "12 * 7": "12 * 7 = 84",
    "What is 15% of 80? Answer with only the number.": "12",
    "What is (3 + 4) * 2 - 1?": "(3 + 4) * 2 - 1 = 13",
    "What is 7 divided by 2?": "7 divided by 2 = 3.5",
    "What is the square root of 144?": "The square root of 144 is 12.",
    "Solve 2x + 3 = 7": "x = 2",
    "If I have 3 apples and buy 2 more, how many do I have?": "3 + 2 = 5, so the answer is 5.",
    "What is the capital of France?": "The capital of France is Paris.",
    "What is the capital of France? Answer in one word.": "Paris",
    "Was ist die Hauptstadt von Frankreich?": "Die Hauptstadt von Frankreich ist Paris.",
    "日本の首都はどこですか？": "日本の首都は東京です。",
    "Who wrote Romeo and Juliet?": "Romeo and Juliet was written by William Shakespeare, around 1595.",
    "How many r's are in strawberry?": 'There are 3 "r"s in "strawberry".',
    "Classify as positive, negative or neutral: I love this phone": "positive",
    "Classify as positive, negative or neutral: It broke after a day": "negative",
    f"What is the sentiment of this review? Answer with one of: Good, Bad.\n\n{REVIEW}": "Good",
    "Answer with one of: A, B, C": "A",
    'Classify this email as spam or not spam: "You won a prize! Click here"': "spam",
    "Classify the text into one of these categories: Sports, Politics.\n\nText: The team won the match.\nCategory:": (
        "Sports"
    ),
    "What is the capital of Japan? A) Seoul B) Tokyo C) Beijing": "B) Tokyo",
    "Question: What is 3 + 4?\nA. 6\nB. 9\nC. 7\nD. 8\nAnswer:": "C",
    "Is 7 greater than 5? Answer yes or no.": "Yes",
    "true or false: the earth is flat": "False",
    "Is 17 a prime number?": "Yes, 17 is a prime number.",
    "Translate to French: good morning": "bonjour",
    "Translate 'I love programming' to German": "Ich liebe das Programmieren",
    'Translate "hola" to English': "hello",
    "Translate to Spanish: The cat is on the table.": "El gato está sobre la mesa.",
    "Translate to Italian: Thank you, Zorblax!": "Grazie, Zorblax!",
    "Übersetze ins Englische: guten Morgen": "good morning",
    "How do you say thank you in Japanese?": "ありがとうございます",
    "Extract the emails from: write to ada@example.com or bob@test.org today": "ada@example.com\nbob@test.org",
    "Extract all dates: We met on March 3, 2024 and on 2024-05-06.": "March 3, 2024\n2024-05-06",
    "Extract the names from this text: Alice Johnson met Bob in Paris.": "Alice Johnson\nBob",
    "Make this uppercase: hello world": "HELLO WORLD",
    "convert to title case: the quick brown fox": "The Quick Brown Fox",
    "Reverse the word 'stressed'": "desserts",
    "sort these alphabetically: pear, apple, fig": "apple, fig, pear",
    "Make this formal: hey can't make it": "Hello cannot make it.",
    "fix the grammar: he go to school and dont like it": "He goes to school and don't like it.",
    RETRIEVAL: "Bananas are yellow.",
    INDEXED: "FakeAI listens on port 8000.",
    "Context: Alice likes tea. Bob likes coffee.\nQuestion: What does Bob like?": "Bob likes coffee.",
    "<context>The sea is salty. Rivers are not.</context>\nIs the sea salty?": "The sea is salty.",
    AGENT.format("What is 25 * 4?", ""): " I now know the final answer\nFinal Answer: 100",
    AGENT.format("How warm is it?", " look\nAction: Weather\nAction Input: now\nObservation: 21 degrees\nThought:"): (
        " I now know the final answer\nFinal Answer: 21 degrees"
    ),
    f"Write a commit message for this diff:\n{DIFF}": "Add greet to app.py",
    "Write a list of 4 animals separated by commas": "Dog, Cat, Elephant, Lion",
    "Thanks!": "You're welcome! Let me know if there is anything else I can help with.",
}  # fmt: skip


@pytest.mark.parametrize("prompt", EXACT, ids=lambda text: text[:50])
def test_what_has_one_answer_gets_it(prompt: str) -> None:
    assert {say(prompt, number) for number in range(3)} == {EXACT[prompt]}


SHAPED: dict[str, Callable[[str], bool]] = {
    "List five fruits": numbered(5),
    "List 30 fruits": lambda text: numbered(30)(text) and len(set(lines(text))) == 30,
    "Give me 3 ideas for a birthday party": lambda text: numbered(3)(text) and about("birthday party")(text),
    "Name three programming languages as a bulleted list": bulleted(3),
    "What are 7 benefits of exercise?": numbered(7),
    "Top 10 programming languages": numbered(10),
    "What are the planets?": numbered(8),
    "Create a 4 step plan to learn guitar": numbered(4),
    "steps to bake bread": lambda text: len(lines(text)) >= 4 and about("baking bread")(text),
    "Nenne drei Farben": numbered(3),
    "List 200 ideas for a garden": numbered(200),
    "Make a markdown table of 3 countries and their capitals": lambda text: (
        text.startswith("| Countries | Capitals |\n| --- | --- |\n| France | Paris |") and len(lines(text)) == 5
    ),
    "Compare Python and Rust as a markdown table": about("| Aspect | Python | Rust |"),
    "Is the sky blue?": lambda text: text.startswith("Yes, "),
    "Do machine learning models dream?": lambda text: text.startswith(("Yes, ", "No, ")),
    "¿Es la tierra redonda?": lambda text: text.startswith(("Sí, ", "No, ")),
    "Ist Wasser nass?": lambda text: text.startswith(("Ja, ", "Nein, ")),
    f"Summarize: {TEXT}": lambda text: text in TEXT and len(text) < len(TEXT),
    f"Summarize the following text in one sentence:\n\n{TEXT}": lambda text: text in TEXT and sentences(1)(text),
    f"{TEXT}\n\nTL;DR:": lambda text: text in TEXT,
    f"Extract the key points as 2 bullet points:\n\n{TEXT}": bulleted(2),
    "Summarize: The cat sat on the mat and looked at the dog for a while.": lambda text: len(text) < 45,
    "Reply in JSON with keys name and age": lambda text: text.startswith("```json\n") and keys("name", "age")(text),
    "Give me a JSON object with the fields title, year and author, only JSON": keys("title", "year", "author"),
    "Give me a JSON array of 3 fruits": lambda text: "Apple" in text and text.count('"') == 6,
    "Extract name and email as JSON: My name is John Smith, john@x.com": about('"John Smith"', '"john@x.com"'),
    'Return only valid JSON: {"sentiment": "positive|negative", "score": 0.5} for the text: I hate rain': (
        lambda text: json.loads(text)["sentiment"] == "negative"
    ),
    'Reply only with a JSON object: {"answer": <number>} What is 3+4?': lambda text: json.loads(text) == {"answer": 7},
    "Write a SQL query to find all users older than 30": fenced("sql", "FROM users", "age > 30"),
    "bash script to count files in a directory": fenced("bash", "#!/usr/bin/env bash"),
    "write a Python function that reverses a string": fenced("python", "def reverse_string("),
    "write a python function called shout that reverses a string": fenced("python", "def shout("),
    "Write a function that parses log lines": fenced("python", "def parse_log_lines("),
    "write a function in JavaScript that checks if a number is prime": fenced("javascript", "function isPrime("),
    "How do I sort a list in Python?": fenced("python", "sorted("),
    "Schreibe eine Python-Funktion, die eine Zeichenkette umkehrt": fenced("python", "def reverse_string("),
    "写一个Python函数来反转字符串": fenced("python", "def reverse_string("),
    "hello world in rust": fenced("rust", "println!"),
    "Write a Go program that adds two numbers": fenced("go", "func add("),
    "Fix the bug in this code:\n```python\ndef f(x)\n    return x\n```": fenced("python", "def f(x):"),
    "What does this code do?\n```python\ndef add(a, b):\n    return a + b\n```": about("`add`"),
    "Write a regex for emails": fenced("regex"),
    "Write a haiku about autumn": lambda text: len(lines(text)) == 3 and about("autumn")(text),
    "Write a poem about the sea": lambda text: len(lines(text)) == 8 and about("the sea")(text),
    "Tell me a story about a dragon": lambda text: text.startswith("Once upon a time") and about("a dragon")(text),
    "Write an email to my boss asking for a raise": lambda text: text.startswith("Subject: Raise\n\nHi [Boss],"),
    "Write a cover letter for a data analyst position": lambda text: text.startswith("Dear "),
    "Write a 3 paragraph essay on climate change": lambda text: text.count("\n\n") == 2 and about("climate")(text),
    "Explain quantum computing in detail": about("# Quantum computing\n", "\n## "),
    TITLE.format("How do I bake sourdough bread?"): lambda text: (
        1 < len(json.loads(text)["title"].split()) < 7 and about("sourdough")(text)
    ),
    "Suggest a title for a blog post about gardening": about("Gardening"),
    "Who are you?": about("assistant"),
    "Hello!": about("H"),
    "Explain gravity in one sentence": sentences(1),
    "Explain gravity in three sentences": sentences(3),
    "Explain gravity in 20 words": words(20),
    "Write exactly 37 words about bees": words(37),
    "Explain gravity in one word": words(1),
    "Explain gravity in under 50 words": at_most(49),
    "Explain gravity in at most 12 words": at_most(12),
    "Explain gravity in at most 100 characters": lambda text: len(text) <= 100,
    "Write at least 200 words about bees": lambda text: len(text.split()) >= 200,
    "Tell me about KV cache routing": about("KV cache routing"),
    "用三句话介绍北京": lambda text: text.count("。") == 3 and about("北京")(text),
}


@pytest.mark.parametrize("prompt", SHAPED, ids=lambda text: text[:50])
def test_the_answer_has_the_form_that_is_asked_for(prompt: str) -> None:
    for number in range(6):
        text = say(prompt, number)
        assert SHAPED[prompt](text), text


TOPICS = {
    "Why cache prefixes?": "caching prefixes",
    "What is the capital of France?": "the capital of France",
    "Tell me about KV cache routing": "KV cache routing",
    "Explain how neural networks learn": "how neural networks learn",
    "How does photosynthesis work?": "photosynthesis",
    "How does a compiler optimize code?": "how a compiler optimizes code",
    "Explain the difference between TCP and UDP, please": "the difference between TCP and UDP",
    "Why is the sky blue?": "the sky",
    "Write three sentences about winter": "winter",
    "Explain gravity to a five-year-old in 20 words": "gravity",
    "How to lose weight": "losing weight",
    "C++ vs. C#: which?": "C++ vs. C#",
    "Write it for me": "this",
}


@pytest.mark.parametrize("prompt", TOPICS)
def test_the_topic_is_what_the_prompt_is_about(prompt: str) -> None:
    assert topic_of(prompt) == TOPICS[prompt]


SPOKEN = {
    "en": "What is a KV cache like?", "de": "Was ist Photosynthese?", "fr": "Qu'est-ce que la photosynthèse ?",
    "es": "¿Qué es la fotosíntesis?", "it": "Che cos'è la fotosintesi?", "pt": "O que é a fotossíntese?",
    "nl": "Wat is fotosynthese?", "pl": "Czym jest fotosynteza?", "ru": "Что такое фотосинтез?",
    "uk": "Що таке фотосинтез?", "tr": "Fotosentez nedir?", "ar": "ما هو التمثيل الضوئي؟",
    "hi": "प्रकाश संश्लेषण क्या है?", "ja": "光合成とは何ですか？", "zh": "什么是光合作用？", "ko": "광합성이 무엇인가요?",
}  # fmt: skip


def is_in(text: str, language: Language) -> bool:
    """Whether a sentence of *language* stands in *text*."""
    return any(sentence in text for sentence in (*language.sentences, *language.closings))


@pytest.mark.parametrize("code", SPOKEN)
def test_the_answer_is_in_the_language_of_the_prompt(code: str) -> None:
    prompt = SPOKEN[code]
    assert language_of(prompt, re.findall(r"\w+", prompt.lower())).code == code
    for number in range(4):
        text = say(prompt, number)
        assert is_in(text, LANGUAGES[code])
        assert "{}" not in text
        assert say(prompt, number, verbosity="low") != text


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_answer_is_in_the_language_that_is_asked_for(code: str) -> None:
    name = LANGUAGES[code].name
    for prompt in (f"Answer in {name}: what is gravity?", f"What is gravity like? Please reply in {name}."):
        text = say(prompt)
        assert is_in(text, LANGUAGES[code]), text
        assert "gravity" in text
    assert is_in(say("Tell me about gravity", system=f"Always answer in {name}."), LANGUAGES[code])


@pytest.mark.parametrize(
    ("prompt", "code"),
    [
        ("Wie funktioniert ein Motor?", "de"),
        ("Comment fonctionne un moteur ?", "fr"),
        ("¿Cómo funciona un motor?", "es"),
        ("Как работает двигатель?", "ru"),
        ("エンジンはどのように動きますか", "ja"),
        ("发动机是如何工作的?", "zh"),
        ("How do engines work? Answer in German.", "de"),
    ],
)
def test_questions_are_answered_in_their_language(prompt: str, code: str) -> None:
    for number in range(3):
        assert is_in(say(prompt, number), LANGUAGES[code])


def test_a_few_foreign_words_do_not_change_the_language() -> None:
    for prompt in ("Los Angeles weather", "What does 日本 mean in English culture?", "The war on drugs", "die hard"):
        assert language_of(prompt, re.findall(r"\w+", prompt.lower())).code == "en"


RULED: dict[tuple[str, str], Callable[[str], bool]] = {
    ("You are a helpful assistant that translates English to French.", "I love programming."): (
        lambda text: text == "J'adore la programmation."
    ),
    ("Always answer in one word.", "What is the capital of France?"): lambda text: text == "Paris",
    ("Answer in at most 10 words.", "Tell me about tea"): at_most(10),
    ("Always respond in JSON.", "What is the capital of France?"): lambda text: json.loads(text) == {"answer": "Paris"},
    ("Classify the message as spam or ham. Output only the label.", "You won a free prize!"): (
        lambda text: text == "spam"
    ),
    ("Use the context to answer.\n\nContext: Shipping takes five days. Returns are free.", "How long is shipping?"): (
        lambda text: text == "Shipping takes five days."
    ),
    ('Always end your answers with "Over and out."', "Hi"): lambda text: text.endswith("Over and out."),
    ('Always respond with "I am a test".', "Anything?"): lambda text: text == "I am a test",
    ("You are a pirate.", "Tell me about ships"): lambda text: text.startswith("Arr") and about("ships")(text),
    ("You are a helpful assistant.", "What is 2+2?"): lambda text: text == "2 + 2 = 4",
    ("Answer in uppercase.", "What is the capital of France?"): lambda text: "PARIS" in text and text == text.upper(),
}


@pytest.mark.parametrize(("system", "prompt"), RULED, ids=lambda text: text[:40])
def test_the_system_message_rules_the_answer(system: str, prompt: str) -> None:
    for number in range(3):
        text = say(prompt, number, system=system)
        assert RULED[system, prompt](text), text


def test_verbosity_changes_how_much_is_said() -> None:
    for number in range(10):
        low, medium, high = (say("Tell me about tea", number, verbosity=each) for each in ("low", "medium", "high"))
        assert len(low) < len(medium) < len(high)
    assert "\n## " in high


def test_a_picture_is_what_was_seen_of_it() -> None:
    seen = "a wide PNG image of 100 by 50 pixels that shows a red fox in snow"
    text = say("What's in this image?", seen=seen)
    assert text == "The image shows a red fox in snow. It is a wide PNG image of 100 by 50 pixels."
    assert say("Is there a fox in the picture? Answer yes or no.", seen=seen) == "Yes"
    assert say("Is there a dog in the picture? Answer yes or no.", seen=seen) == "No"
    assert say("What is 2+2?", seen=seen) == "2 + 2 = 4"


TASKS = (
    "prints hello world", "does FizzBuzz", "computes fibonacci numbers", "computes the factorial",
    "checks for a palindrome", "checks if two words are anagrams", "checks if a number is prime", "does binary search",
    "does bubble sort",
    "does merge sort", "does quicksort", "solves two sum", "computes the gcd", "checks for a leap year",
    "converts celsius to fahrenheit", "counts vowels", "counts the words in a text", "counts the characters in a text",
    "reverses the words of a sentence", "reverses a list", "reverses a string", "flattens a list", "removes duplicates",
    "validates an email address", "generates a password", "computes the average", "computes the median",
    "finds the largest number", "finds the smallest number", "keeps even numbers", "keeps odd numbers",
    "capitalizes words", "implements a stack", "implements a queue", "implements a linked list",
    "is a timing decorator", "fetches an API", "reads a csv", "reads a file", "parses json", "groups items",
    "merges two dictionaries",
    "sorts a list", "counts down", "prints the numbers from 1 to 10", "squares a number", "multiplies two numbers",
    "adds two numbers", "returns None", "imports the class of lambda", "schedules meetings", "deletes old users",
    "is called pass_all and does something", "does 日本語", "",
)  # fmt: skip


def code_of(text: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)\n```", text, re.S)
    assert found, text
    return found[1]


def test_python_code_runs(tmp_path: Path) -> None:
    prompts = [f"Write a Python function that {task}" for task in TASKS]
    prompts += [
        "Create a class called Person with name and age in Python",
        "Write a Python class for a bank account with owner, balance and currency",
        "Write a Python class",
    ]
    programs = [code_of(say(prompt), "python") for prompt in prompts]
    (tmp_path / "programs.json").write_text(json.dumps(programs))
    script = (
        "import json\n"
        "for at, code in enumerate(json.load(open('programs.json'))):\n"
        "    exec(compile(code, f'program {at}', 'exec'), {'__name__': f'program_{at}'})\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    printed = dict(zip(prompts, programs, strict=True))
    assert "class Person:" in printed["Create a class called Person with name and age in Python"]
    assert {"olleh", "Hello, World!", "[0, 1, 1, 2, 3, 5, 8, 13, 21, 34]"} <= set(ran.stdout.splitlines())


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript_is_valid(tmp_path: Path) -> None:
    prompts = [f"Write a JavaScript function that {task}" for task in TASKS]
    prompts.append("Write a class called Person with name and age in JavaScript")
    programs = [code_of(say(prompt), "javascript") for prompt in prompts]
    file = tmp_path / "all.js"
    file.write_text("\n".join(f"{{\n{code}\n}}" for code in programs))  # blocks: each has names of its own
    ran = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_tables_can_be_cut_at_the_ends_of_words(language: Language) -> None:
    lead = re.search(r"[\s«„“‘「]+(?=\{\})", language.openings[0])
    assert lead
    assert len(language.sentences) > 2
    assert all(len(language.sentences) % divisor for divisor in range(2, len(language.sentences)))
    assert all("{}" in opening for opening in language.openings)
    for sentence in (*language.openings, *language.sentences, *language.remarks, *language.closings):
        before, slot, after = sentence.partition(lead[0] + "{}")
        assert "{}" not in before + after, sentence
        assert re.search(r"\w[\u0900-\u097f]*$", after or before), sentence
        if slot:
            assert before[-1].isalnum() or before[-1] in "，、" or "\u0900" <= before[-1] <= "\u097f", sentence
            assert not after[0].isalnum(), sentence
    assert all("{}" in because for because in language.small.because)


PROMPTS = [*EXACT, *SHAPED, *SPOKEN.values()]
PROMPT = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from([word for prompt in PROMPTS for word in re.split(r"(?<=\s)", prompt)]), max_size=40).map(
        "".join
    ),
    st.sampled_from(PROMPTS),
    st.tuples(st.sampled_from(PROMPTS), st.text(max_size=40)).map("".join),
)


@given(
    prompt=PROMPT,
    system=st.one_of(st.just(""), st.sampled_from([system for system, _ in RULED]), PROMPT),
    least=st.integers(0, 200),
    more=st.integers(0, 400),
    verbosity=st.sampled_from(["low", "medium", "high"]),
    seen=st.sampled_from(["", "a red fox"]),
)
@settings(deadline=None, max_examples=150)
def test_any_answer_keeps_its_limits_and_joins_to_its_text(
    prompt: str, system: str, least: int, more: int, verbosity: str, seen: str
) -> None:
    most = least + more
    parts, ended = PROSE.write(prompt, Chance(b"k"), least, most, system=system, verbosity=verbosity, seen=seen)
    size = sum(part.size for part in parts)
    made = [token for part in parts for token in part.tokens]
    assert size == len(made)
    assert size <= most
    assert all(part.text == "".join(part.tokens) for part in parts)
    if ended:
        assert size >= least
        assert made == TOKENS.pieces("".join(made))
    else:
        assert size == most
        whole, _ = PROSE.write(prompt, Chance(b"k"), least, most + 500, system=system, verbosity=verbosity, seen=seen)
        assert [token for part in whole for token in part.tokens][:size] == made


def test_an_answer_that_must_be_longer_goes_on_in_its_language() -> None:
    for prompt in (
        "What is 2+2?",
        "List five fruits",
        "光合成とは何ですか？",
        "Count to 3",
        "write a python function to add",
    ):
        parts, ended = PROSE.write(prompt, Chance(b"k"), 301, 300)
        made = [token for part in parts for token in part.tokens]
        assert (len(made), ended) == (300, False)
        assert "".join(made).startswith(say_plainly(prompt)[:8])
    parts, ended = PROSE.write("Was ist 2+2?", Chance(b"k"), 120, 1000)
    text = "".join(part.text for part in parts)
    assert ended
    assert text.startswith("2 + 2 = 4\n\n")
    assert is_in(text, LANGUAGES["de"])


def say_plainly(prompt: str) -> str:
    return "".join(part.text for part in PROSE.write(prompt, Chance(b"k"), 0, UNTOLD)[0])


@given(st.text("0123456789+-*/().% ^!,sqrtfactofpluspercent", max_size=60))
@settings(deadline=None, max_examples=300)
def test_no_expression_does_harm(text: str) -> None:
    with suppress(NotArithmetic):
        evaluate(text)


@pytest.mark.parametrize("text", ["9**9**9", "2^100000", "999999999!", "1/0", "__import__('os')", "(" * 150, "a.b", ""])
def test_expressions_that_are_none_or_too_large_are_refused(text: str) -> None:
    with pytest.raises(NotArithmetic):
        evaluate(text)


DIGEST = """
import hashlib, json, sys
from tests.runtime.test_prose import PROMPTS, say_plainly
digest = hashlib.sha256()
for prompt in PROMPTS:
    digest.update(say_plainly(prompt).encode())
print(digest.hexdigest())
"""


def test_answers_do_not_depend_on_the_process() -> None:
    root = Path(__file__).parent.parent.parent
    made = set()
    for seed in ("0", "99"):
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run([sys.executable, "-c", DIGEST], cwd=root, env=environ, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        made.add(ran.stdout)
    assert len(made) == 1


def test_forms_arrive_over_http_whole_and_streamed() -> None:
    url = "/v1/chat/completions"

    async def scenario(client: Client) -> None:
        for prompt, text in (
            ("Count to 10", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
            ("Say hello", "hello"),
            ("What is 2+2?", "2 + 2 = 4"),
            ("Translate to Chinese: hello world", "你好，世界"),
        ):
            whole = (await client.post(url, chat(prompt, model="gpt-4o"))).json
            assert whole["choices"][0]["message"]["content"] == text
            assert whole["usage"]["completion_tokens"] == client.app.world.tokens.count(text)
            stream = await client.post(url, chat(prompt, model="gpt-4o", stream=True))
            deltas = (choice["delta"].get("content", "") for event in stream.events for choice in event["choices"])
            assert "".join(deltas) == text
        system = {"role": "system", "content": "You are a helpful assistant that translates English to French."}
        user = {"role": "user", "content": "good morning"}
        answer = (await client.post(url, {"model": "gpt-4o", "messages": [system, user]})).json
        assert answer["choices"][0]["message"]["content"] == "bonjour"
        sizes = [
            (await client.post(url, chat("Tell me about tea", model="gpt-5", verbosity=verbosity))).json["usage"]
            for verbosity in ("low", "high")
        ]
        assert sizes[0]["completion_tokens"] < sizes[1]["completion_tokens"]
        longer = chat("Say hello", model="gpt-4o", max_tokens=50, min_tokens=50, ignore_eos=True)
        endless = (await client.post(url, longer)).json
        assert endless["usage"]["completion_tokens"] == 50
        assert endless["choices"][0]["message"]["content"].startswith("hello\n\n")

    run(scenario)


def test_an_answer_that_is_remembered_is_the_same_whatever_its_limits() -> None:
    for prompt in (*EXACT, *SHAPED, "Tell me about tea. " * 40):
        for least, most in ((0, 12), (0, UNTOLD), (300, 320)):
            chance = Chance(prompt.encode())
            fresh = Prose(TOKENS).write(prompt, chance, least, most) if len(prompt) % 4 == 0 else None
            once, again = (PROSE.write(prompt, Chance(prompt.encode()), least, most) for _ in range(2))
            told = [token for part in once[0] for token in part.tokens]
            assert [token for part in again[0] for token in part.tokens] == told
            assert again[1] == once[1]
            assert len(told) <= most
            if fresh:
                assert [token for part in fresh[0] for token in part.tokens] == told


def test_a_request_is_found_before_and_after_a_long_text() -> None:
    text = "The parcels wait at the dock until the truck is full. " * 60
    for prompt in (
        f"Summarize this text in one sentence:\n\n{text}",
        f"{text}\n\nSummarize this text in one sentence.",
    ):
        assert say(prompt) == "The parcels wait at the dock until the truck is full."
    assert say(f"{text}\n\nAnswer in German.").endswith(tuple(f"{each}." for each in closings("de")))
    assert say(f"Reply with exactly: OK\n\n{text}") == "OK"


def closings(code: str) -> list[str]:
    """The last words of answers in a language, without what they are about."""
    return [sentence.rpartition("{}")[2] for sentence in LANGUAGES[code].closings]


def test_words_that_do_not_stand_together_ask_for_nothing() -> None:
    for prompt in (
        "My table is broken. I write in the garden. What is in a name of a list?",
        "He tried to extract himself from the talk. The time was late and the place was cold.",
        "A story of two cities is not told here. We classify nothing, and no email was written.",
    ):
        assert is_in(say(prompt), LANGUAGES["en"]), say(prompt)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Rate this review from 1 to 5: terrible food, awful service", r"[12]/5"),
        (
            "On a scale of 1 to 10, how good is this? Respond with only a number.\n\nText: great and helpful",
            r"([89]|10)",
        ),
        ("You are a judge. Rate the response out of 10.\n\nResponse: it is wonderful", r"([89]|10)/10"),
        ("My test score went from 10 to 20, why?", r".*\w{4}.*"),
        ("Is Paris the capital of France? Answer yes or no.", "Yes"),
        ("Is Paris the capital of Spain? Answer yes or no.", "No"),
    ],
)
def test_a_judge_gives_the_number_or_the_word_that_is_asked_for(prompt: str, answer: str) -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]}
        said = (await client.post("/v1/chat/completions", body)).json["choices"][0]["message"]["content"]
        assert re.fullmatch(answer, said, re.DOTALL)
        assert "/20" not in said

    run(scenario)
