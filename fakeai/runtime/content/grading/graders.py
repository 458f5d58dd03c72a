"""Graders: how good an answer is.

Checks of strings and similarities are worked out. No model judges and no Python runs: what a model or a script would
say is drawn from the server's chance, the same for the same grader and texts.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from ...errors import ApiError
from ...world import World
from ..formulas import NoFormula
from .formula import calculate
from .placeholders import BadTemplate, check, fill
from .similarity import similarity

Grader = dict[str, Any]

UNIT = (0.0, 1.0)  # the range of a score that says none
STEPS = 100  # that a drawn score can take in its range
LONGEST_SCRIPT = 262_144  # characters
JUDGED = 12  # tokens that a model needs to say its judgement


@dataclass
class Grade:
    """What a grader says. *errors* are the API's words for what went wrong, with a detail or None.

    *usage* is {model: (prompt tokens, completion tokens)}; *said* is the judgement of a model, in words. *drawn* is
    whether a score in it is a model's or a script's, and so of chance.
    """

    score: float = 0.0
    passed: bool = False
    errors: dict[str, str | None] = field(default_factory=dict)
    parts: dict[str, "Grade"] = field(default_factory=dict)
    usage: dict[str, tuple[int, int]] = field(default_factory=dict)
    model: str | None = None
    said: tuple[str, str] | None = None  # what the model was asked, and its answer
    drawn: bool = False


def grade(world: World, grader: Grader, values: dict[str, Any]) -> Grade:
    """What *grader* says of *values* {item, sample}. The tokens of its models are `ready`."""
    made = Grade()
    try:
        _judge(world, grader, values, made)
    except BadTemplate as error:
        made.errors[error.flag] = str(error)
    except NoFormula as error:
        made.errors["formula_parse_error"] = str(error)
    if made.errors:
        made.score, made.passed = 0.0, False
    return made


async def ready(world: World, graders: Iterable[Grader]) -> None:
    """Load the tokens of the models that judge in *graders*."""
    for grader in graders:
        if "graders" in grader:
            await ready(world, [part for _, part in sub_graders(grader)])
        elif "model" in grader:
            await world.tokens_for(grader["model"]).ready()


def _judge(world: World, grader: Grader, values: dict[str, Any], made: Grade) -> None:
    kind = grader.get("type", "multi" if "calculate_output" in grader else "text_similarity")
    least, most = UNIT
    made.drawn = kind in ("python", "score_model", "label_model")
    if kind == "string_check":
        text, reference = fill(grader["input"], values), fill(grader["reference"], values)
        made.score = float(_holds(grader["operation"], text, reference))
    elif kind == "text_similarity":
        text, reference = fill(grader["input"], values), fill(grader["reference"], values)
        made.score = similarity(grader["evaluation_metric"], text, reference)
    elif kind == "python":
        problem = _problem(grader["source"])
        if problem:
            made.errors["python_grader_runtime_error"] = problem
        made.score = _draw(world, least, most, b"python", grader["source"], orjson.dumps(values).decode())
    elif kind == "multi":
        for name, part in sub_graders(grader):
            made.parts[name] = grade(world, part, values)
            _include(made, made.parts[name])
            made.errors |= made.parts[name].errors
        made.score = calculate(grader["calculate_output"], _names(grader, made.parts))
    else:
        prompt = "\n".join(f"{message['role']}: {_text(message['content'], values)}" for message in grader["input"])
        made.model = grader["model"]
        made.usage[grader["model"]] = (world.tokens_for(grader["model"]).count(prompt), JUDGED)
        if kind == "label_model":
            labels = grader["labels"]
            draw = world.chance(b"label", grader["model"].encode(), prompt.encode(), orjson.dumps(labels))
            label = labels[draw.below(len(labels))]
            made.score = float(label in grader["passing_labels"])
            made.said = (prompt, label)
        else:
            least, most = grader.get("range") or UNIT
            made.score = _draw(world, least, most, b"score", grader["model"], prompt)
            made.said = (prompt, f"{made.score:g}")
    made.passed = made.score >= grader.get("pass_threshold", (least + most) / 2)


def _holds(operation: str, text: str, reference: str) -> bool:
    if operation in ("eq", "ne"):
        return (text == reference) == (operation == "eq")
    return reference in text if operation == "like" else reference.lower() in text.lower()


def _draw(world: World, least: float, most: float, word: bytes, *key: str) -> float:
    """A score from *least* to *most* that depends on *key*."""
    step = world.chance(word, *(part.encode("utf-8", "replace") for part in key)).below(STEPS + 1)
    return least + (most - least) * step / STEPS


def _problem(source: str) -> str | None:
    """Why *source* would not run as a grader."""
    if len(source) > LONGEST_SCRIPT:
        return f"The source has more than {LONGEST_SCRIPT} characters."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    if not any(isinstance(node, ast.FunctionDef) and node.name == "grade" for node in tree.body):
        return "The source defines no function 'grade(sample, item)'."
    return None


def _text(content: Any, values: dict[str, Any]) -> str:
    """The text of a message's content, with *values* in it."""
    if isinstance(content, str):
        return fill(content, values)
    if isinstance(content, list):
        return "\n".join(_text(part, values) for part in content)
    return fill(content["text"], values) if isinstance(content.get("text"), str) else f"[{content.get('type')}]"


def sub_graders(grader: Grader) -> list[tuple[str, Grader]]:
    """The graders of a multi grader with their names: it holds one, a list of them, or an object by names."""
    said = grader["graders"]
    if isinstance(said, list):
        return [(part["name"], part) for part in said]
    if isinstance(said.get("name"), str):
        return [(said["name"], said)]
    return list(said.items())


def _names(grader: Grader, parts: dict[str, Grade]) -> dict[str, float]:
    """The scores of *parts* by every name that a formula may call them: the grader's, and that or its type `_score`."""
    names: dict[str, float] = {}
    for name, part in sub_graders(grader):
        word = re.sub(r"\W", "_", name)
        for alias in (word, f"{word}_score", f"{part.get('type', 'text_similarity')}_score"):
            names.setdefault(alias, parts[name].score)
    return names


def _include(made: Grade, part: Grade) -> None:
    for model, (asked, said) in part.usage.items():
        before = made.usage.get(model, (0, 0))
        made.usage[model] = (before[0] + asked, before[1] + said)
    made.model = made.model or part.model
    made.drawn = made.drawn or part.drawn


def expect_sound(grader: Grader, param: str) -> None:
    """See that *grader*, which stands at *param*, can grade something.

    Raises:
        ApiError: 400, it cannot: a template, a formula, a label or a range is wrong.
    """
    try:
        for template in _templates(grader):
            check(template)
        if "calculate_output" in grader:
            for name, part in sub_graders(grader):
                expect_sound(part, f"{param}.graders.{name}")
            calculate(grader["calculate_output"], _names(grader, {n: Grade(0.5) for n, _ in sub_graders(grader)}))
    except (BadTemplate, NoFormula) as error:
        raise ApiError(400, f"Invalid grader at '{param}': {error}", code="invalid_grader", param=param) from None
    problem = None
    if grader["type"] == "label_model" and not set(grader["passing_labels"]) <= set(grader["labels"]):
        problem = "'passing_labels' names a label that is not among 'labels'."
    elif grader["type"] == "label_model" and not grader["labels"]:
        problem = "'labels' is empty."
    elif grader.get("range") is not None and (len(grader["range"]) != 2 or grader["range"][0] > grader["range"][1]):
        problem = "'range' is not a least and a greatest score."
    elif grader["type"] == "python":
        problem = _problem(grader["source"])
    if problem:
        raise ApiError(400, f"Invalid grader at '{param}': {problem}", code="invalid_grader", param=param)


def _templates(grader: Grader) -> Iterator[str]:
    """Every text of *grader* that has places for values."""
    if grader["type"] in ("string_check", "text_similarity"):
        yield grader["input"]
        yield grader["reference"]
    todo = list(grader["input"]) if isinstance(grader.get("input"), list) else []
    while todo:
        part = todo.pop()
        content = part.get("content", part.get("text")) if isinstance(part, dict) else part
        if isinstance(content, str):
            yield content
        elif content is not None:
            todo += content if isinstance(content, list) else [content]
