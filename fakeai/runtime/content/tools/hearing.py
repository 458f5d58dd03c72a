"""What a model says of the results of tools."""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from .relevance import PART
from .talk import Result, Talk

FAILED = re.compile(
    r"^\s*(?:error|exception|traceback|failed|failure|fatal|invalid|unable|could not|cannot|\d+ validation error)", re.I
)
VERBS = frozenset(
    "get set fetch find search lookup look retrieve run call make do query read list show check current".split()
)
WHO = (
    "name",
    "title",
    "city",
    "location",
    "place",
    "symbol",
    "ticker",
    "company",
    "user",
    "product",
    "label",
    "subject",
)
PLACES = ("city", "location", "place", "town", "country")
DONE = frozenset(
    "ok success successful sent done created updated deleted booked confirmed completed scheduled saved".split()
)
TEMPERATURES = ("temperature", "temp", "temp_c", "temperature_c", "temp_f", "temperature_f", "temperature_celsius")
SKY = ("conditions", "condition", "weather", "sky", "description", "forecast", "summary")
UNITS = {"celsius": "°C", "c": "°C", "°c": "°C", "metric": "°C", "fahrenheit": "°F", "f": "°F", "°f": "°F",
         "imperial": "°F", "kelvin": "K", "k": "K"}  # fmt: skip
MOST_SHOWN, LONGEST = 8, 1200  # parts of a result; characters of one that is text


def heard(messages: Sequence[dict[str, Any]]) -> str:
    """What a model says of the results at the end of *messages* (of chat): sentences that have them."""
    results = Talk.of(messages).results
    said = [_said(result) for result in results]
    told = [result.text.strip() for result in results]
    if not any(one == other for one, other in zip(said, told, strict=True)) and all(len(text) < 120 for text in said):
        return " ".join(dict.fromkeys(said)) or "There is no result."
    return "\n\n".join(said)


def _said(result: Result) -> str:
    text = result.text.strip()
    about = _about(result)
    if not text or text in ("null", "None", "[]", "{}", '""'):
        return f"There is no result{f' for {about}' if about else ''}."
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _of_text(result, text, about)
    if isinstance(value, str):
        return _of_text(result, value.strip(), about)
    if isinstance(value, dict):
        return _of_object(result, value, about)
    if isinstance(value, list):
        return _of_list(value, about)
    return f"The result{f' for {about}' if about else ''} is {_shown(value)}."


def _about(result: Result) -> str:
    """What the call was about: the first text among its arguments."""
    given = result.call.given
    for name in WHO:
        if isinstance(given.get(name), str):
            return str(given[name])
    texts = [value for value in given.values() if isinstance(value, str) and 0 < len(value) < 60 and "\n" not in value]
    return texts[0] if texts else ""


def _subject(result: Result) -> str:
    """What the tool is for, in words: `weather` of get_weather."""
    words = [part.lower() for part in PART.findall(result.call.name)]
    return " ".join(word for word in words if word not in VERBS) or "result"


def _failure(result: Result, message: str, about: str) -> str:
    for_what = f" for {about}" if about and about not in message else ""
    return f"I could not get the {_subject(result)}{for_what}: {message.rstrip('.')}."


def _of_text(result: Result, text: str, about: str) -> str:
    if FAILED.search(text):
        return _failure(result, text, about)
    text = text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " ..."
    if about and about.lower() not in text.lower() and len(text) < 80 and "\n" not in text:
        return _sentence(f"{_where(result, about)}: {text}")
    return text  # as it is: others may point to places in it


def _where(result: Result, about: str) -> str:
    """`In Paris`, or `For AAPL`."""
    is_place = any(result.call.given.get(name) == about for name in PLACES)
    return f"{'In' if is_place else 'For'} {about}"


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:] if text and not text.split()[0].isupper() else text
    return text if text.endswith((".", "!", "?", ":", "...", ")", "`")) else f"{text}."


def _of_object(result: Result, value: dict[str, Any], about: str) -> str:
    wrong = value.get("error") or value.get("errors")
    if wrong or value.get("status") in ("error", "failed") or value.get("ok") is False or value.get("success") is False:
        message = wrong if isinstance(wrong, str) else value.get("message") or value.get("detail") or wrong
        if isinstance(message, dict):
            message = message.get("message") or message
        return _failure(result, _shown(message) if message else "it failed", about)
    weather = _weather(result, value, about)
    if weather:
        return weather
    if len(value) == 1:
        ((name, only),) = value.items()
        if isinstance(only, list):
            return _of_list(only, about, _words(name))
        if isinstance(only, str) and (len(only) > 40 or name in ("result", "answer", "output", "content", "text")):
            return _of_text(result, only, about)
        return _sentence(f"the {_words(name)}{f' for {about}' if about else ''} is {_shown(only)}")
    rest = dict(value)
    lead = "Done"
    if not (value.get("success") is True or value.get("ok") is True or str(value.get("status")).lower() in DONE):
        who = next((name for name in WHO if isinstance(value.get(name), str)), None)
        lead = f"For {rest.pop(who)}" if who else f"For {about}" if about else ""
    told = [f"the {_words(name)} is {_shown(each)}" for name, each in list(rest.items())[:MOST_SHOWN]]
    return _sentence(f"{lead}{', ' if lead else ''}{_and(told)}" if lead != "Done" else f"Done: {_and(told)}")


def _weather(result: Result, value: dict[str, Any], about: str) -> str | None:
    """`In Paris it is 22 °C and sunny.`"""
    name = next((name for name in TEMPERATURES if isinstance(value.get(name), int | float | str)), None)
    if name is None:
        return None
    rest = {key: each for key, each in value.items() if key != name}
    place = next((rest.pop(key) for key in PLACES if isinstance(rest.get(key), str)), about)
    unit = next((rest.pop(key) for key in ("unit", "units") if isinstance(rest.get(key), str)), None)
    if unit is None:
        unit = "celsius" if name.endswith(("_c", "celsius")) else "fahrenheit" if name.endswith("_f") else ""
    sky = next((rest.pop(key) for key in SKY if isinstance(rest.get(key), str)), "")
    degrees = str(value[name])
    shown = UNITS.get(unit.lower().removesuffix("s"), UNITS.get(unit.lower(), "degrees"))
    measured = degrees if not degrees.lstrip("-").replace(".", "").isdigit() else f"{degrees} {shown}"
    told = f"{f'in {place} ' if place else ''}it is {measured}{f' and {sky.lower()}' if sky else ''}"
    more = [f"the {_words(key)} is {_shown(each)}" for key, each in list(rest.items())[:MOST_SHOWN]]
    return _sentence(told) + (f" {_sentence(_and(more))}" if more else "")


def _of_list(value: list[Any], about: str, noun: str = "results") -> str:
    for_what = f" for {about}" if about else ""
    if not value:
        return f"There are no {noun}{for_what}."
    shown = [_item(each) for each in value[:MOST_SHOWN]]
    more = f" and {len(value) - MOST_SHOWN} more" if len(value) > MOST_SHOWN else ""
    count = "is 1" if len(value) == 1 else f"are {len(value)}"
    noun = noun.removesuffix("s") if len(value) == 1 else noun
    if sum(map(len, shown)) > 200:
        listed = "\n".join(f"{at}. {text}" for at, text in enumerate(shown, 1))
        return f"There {count} {noun}{for_what}:\n\n{listed}{more}"
    return f"There {count} {noun}{for_what}: {_and(shown) if not more else ', '.join(shown) + more}."


def _item(value: Any) -> str:
    if not isinstance(value, dict):
        return _shown(value)
    who = next((name for name in WHO if isinstance(value.get(name), str)), None)
    rest = [f"{_words(name)} {_shown(each)}" for name, each in value.items() if name != who][:4]
    if who is None:
        return ", ".join(rest)
    return f"{value[who]} ({', '.join(rest)})" if rest else str(value[who])


def _words(name: str) -> str:
    return " ".join(part if part.isupper() else part.lower() for part in PART.findall(name)) or name


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and all(not isinstance(each, dict | list) for each in value):
        return _and([_shown(each) for each in value[:MOST_SHOWN]])
    if isinstance(value, dict) and value and all(not isinstance(each, dict | list) for each in value.values()):
        return _and([f"{_words(name)} {_shown(each)}" for name, each in list(value.items())[:MOST_SHOWN]])
    return orjson.dumps(value).decode()


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
