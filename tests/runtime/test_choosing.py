"""Which tools are called, with what, how often, and what is said of their results."""

import itertools
import json
from typing import Any

import jsonschema_rs
import pytest
from lark import Lark

from fakeai.runtime.chance import Chance
from fakeai.runtime.content.tools.choosing import arguments, choose, heard
from fakeai.runtime.content.tools.toolbox import Tool, Toolbox
from tests.inprocess import EPOCH

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def tool(name: str, description: str = "", required: list[str] | None = None, **properties: Any) -> Tool:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
    }
    return Tool(name, description, parameters)


PLACE = {"type": "string", "description": "The city and state, e.g. San Francisco, CA"}
UNIT = {"type": "string", "enum": ["celsius", "fahrenheit"]}
DAY = {"type": "string", "format": "date"}
WEATHER = tool("get_weather", "Get the current weather in a given location", ["location"], location=PLACE, unit=UNIT)
FORECAST = tool("get_weather_forecast", "Weather forecast for the next days", ["city"], city=TEXT, days=WHOLE)
TIME = tool("get_current_time", "Current time in a timezone", timezone=TEXT)
SEARCH = tool("web_search", "Search the web for up-to-date information", query=TEXT)
MAIL = tool("send_email", "Send an email", to=TEXT, subject=TEXT, body=TEXT)
STOCK = tool("get_stock_price", "Latest price of a stock", symbol=TEXT)
ADD = tool("add", "Add two numbers", a=NUMBER, b=NUMBER)
MULTIPLY = tool("multiply", "Multiply two numbers", a=NUMBER, b=NUMBER)
CALCULATOR = tool("calculator", "Evaluate an expression", expression=TEXT)
HOME = tool("find_user_city", "Find the city in which the user lives")
FLIGHTS = tool("search_flights", "Search flights", ["origin", "destination"], origin=TEXT, destination=TEXT, date=DAY)
CONVERT = tool("convert_currency", "Convert money", amount=NUMBER, from_currency=TEXT, to_currency=TEXT)
TABLE = tool(
    "book_table", "Reserve a table at a restaurant", ["restaurant", "people"], restaurant=TEXT, people=WHOLE, date=DAY
)
MEETING = tool(
    "create_event", "Create a calendar event", title=TEXT, attendees={"type": "array", "items": TEXT},
    start={"type": "string", "format": "date-time"},
)  # fmt: skip
ORDER = tool("lookup_order", "Look up the status of an order", order_id=TEXT)
LIGHT = tool(
    "set_light", "Control a light", room={"type": "string", "enum": ["kitchen", "bedroom"]}, on={"type": "boolean"}
)
COMPARE = tool("compare_weather", "Compare the weather of cities", cities={"type": "array", "items": TEXT})
FACTORIAL = tool("factorial", "Factorial of a number", n=WHOLE)
BILLING = tool("transfer_to_billing_agent", "Handoff to the Billing Agent to handle the request.")
SUPPORT = tool("transfer_to_support_agent", "Handoff to the Support Agent to handle the request.")
FINAL = tool("final_result", "The final answer", answer=TEXT)
SHELL = Tool("shell", "Run a command", custom=True)
ALL = (
    WEATHER, FORECAST, TIME, SEARCH, MAIL, STOCK, ADD, MULTIPLY, CALCULATOR, HOME, FLIGHTS, CONVERT, TABLE, MEETING,
    ORDER, LIGHT,
)  # fmt: skip


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def called(name: str, given: str = "{}", id: str = "c") -> dict[str, Any]:
    return {
        "role": "assistant",
        "tool_calls": [{"id": id, "type": "function", "function": {"name": name, "arguments": given}}],
    }


def result(text: str, id: str = "c") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": text}


def calls(toolbox: Toolbox, *messages: dict[str, Any]) -> list[tuple[str, Any]]:
    """The names of the tools that are called, and their arguments, which fit."""
    found = []
    for at, use in enumerate(choose(toolbox, messages, Chance(b"1"))):
        given = arguments(use, Chance(b"%d" % at), EPOCH)
        if use.tool.custom:
            found.append((use.tool.name, given))
            continue
        jsonschema_rs.Draft202012Validator(use.tool.parameters, validate_formats=True).validate(json.loads(given))
        assert given == json.dumps(json.loads(given), separators=(",", ":"), ensure_ascii=False)
        found.append((use.tool.name, json.loads(given)))
    return found


def weather(*places: str) -> list[tuple[str, Any]]:
    return [("get_weather", {"location": place}) for place in places]


NOW = tool("get_time", "Get the current time in a timezone", timezone=TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "Time management", "Give me tips on time management.", "How does time travel work?", "It's about time to eat.",
        "What is the best time of year to visit Rome?", "What is the time complexity of quicksort?", "I have no time",
        "Explain the order of operations", "In order to win, what should I do?", "What is table tennis?",
        "Write an essay about climate change",
    ],
)  # fmt: skip
def test_a_word_of_a_tool_that_means_something_else_calls_nothing(text: str) -> None:
    assert calls(Toolbox((NOW,)), user(text)) == []
    assert calls(Toolbox((NOW, WEATHER, ORDER, TABLE)), user(text)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What time is it in Tokyo?", "get_time"), ("time in Tokyo", "get_time"), ("Time, please", "get_time"),
        ("tell me about the time of day in Oslo", "get_time"), ("Where is order 4711?", "lookup_order"),
        ("Generate an image of a fox", "generate_image"), ("image generation: a fox", "generate_image"),
    ],
)  # fmt: skip
def test_a_word_of_a_tool_that_is_asked_calls_it(text: str, name: str) -> None:
    draw = tool("generate_image", "Draw what a prompt says", prompt=TEXT)
    assert [called for called, _ in calls(Toolbox((NOW, ORDER, draw)), user(text))] == [name]


PROMPTS: list[tuple[str, list[tuple[str, Any]]]] = [
    ("What's the weather in SF and NYC?", weather("SF", "NYC")),
    ("weather in paris, rome and tokyo", weather("paris", "rome", "tokyo")),
    ("Compare the weather in Paris with London", weather("Paris", "London")),
    ("what's the weather like in San Francisco, CA today?", weather("San Francisco, CA")),
    ("Is it raining in Seattle?", weather("Seattle")),
    ("How hot is it in Berlin in fahrenheit?", [("get_weather", {"location": "Berlin", "unit": "fahrenheit"})]),
    ("The weather forecast for Oslo for 3 days", [("get_weather_forecast", {"city": "Oslo", "days": 3})]),
    ("What's the weather in Paris and what time is it in Tokyo?",
     [*weather("Paris"), ("get_current_time", {"timezone": "Asia/Tokyo"})]),
    ("Search for the population of France and Germany",
     [("web_search", {"query": "population of France"}), ("web_search", {"query": "population of Germany"})]),
    ("Who won the latest world cup?", [("web_search", {"query": "Who won the latest world cup"})]),
    ("Email bob@x.io saying lunch is at noon",
     [("send_email", {"to": "bob@x.io", "subject": "Lunch is at noon", "body": "lunch is at noon"})]),
    ("AAPL and MSFT stock price?", [("get_stock_price", {"symbol": "AAPL"}), ("get_stock_price", {"symbol": "MSFT"})]),
    ("What is the price of Tesla shares?", [("get_stock_price", {"symbol": "TSLA"})]),
    ("add 2 and 3", [("add", {"a": 2, "b": 3})]),
    ("What is 12 * (3+4)?", [("calculator", {"expression": "12 * (3+4)"})]),
    ("multiply 4 by 5 then add 6", [("multiply", {"a": 4, "b": 5})]),
    ("Find the user's city, then get its weather", [("find_user_city", {})]),
    ("Flights from Berlin to Lisbon on May 3",
     [("search_flights", {"origin": "Berlin", "destination": "Lisbon", "date": "2026-05-03"})]),
    ("Convert 100 USD to EUR",
     [("convert_currency", {"amount": 100, "from_currency": "USD", "to_currency": "EUR"})]),
    ("Book a table for 4 people at Nobu on Friday",
     [("book_table", {"restaurant": "Nobu", "people": 4, "date": "2026-01-02"})]),
    ("Schedule a meeting with Alice and Bob tomorrow at 10am",
     [("create_event", {"title": "Meeting with Alice and Bob tomorrow at 10am", "attendees": ["Alice", "Bob"],
                        "start": "2026-01-02T10:00:00Z"})]),
    ("Where is order A-1234?", [("lookup_order", {"order_id": "A-1234"})]),
    ("Turn on the light in the kitchen", [("set_light", {"room": "kitchen", "on": True})]),
    ("Hello!", []),
    ("Thanks, that is all.", []),
    ("Tell me a joke", []),
    ("Write a poem about the sea", []),
    ("Do not use any tools. What is the weather in Rome?", []),
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "expected"), PROMPTS, ids=lambda value: value if isinstance(value, str) else "")
def test_tools_are_called_as_the_prompt_asks(prompt: str, expected: Any) -> None:
    assert calls(Toolbox(ALL), user(prompt)) == expected


@pytest.mark.parametrize(
    ("prompt", "toolbox", "expected"),
    [
        ("Weather in Paris and Rome", Toolbox((WEATHER,), "none"), []),
        ("Weather in Paris and Rome", Toolbox((WEATHER,), parallel=False), weather("Paris")),
        ("Weather in Paris and Rome", Toolbox((WEATHER,), legacy=True), weather("Paris")),
        ("Weather in Paris and Rome", Toolbox((COMPARE,)), [("compare_weather", {"cities": ["Paris", "Rome"]})]),
        ("Factorial of 5 and 7", Toolbox((FACTORIAL,)), [("factorial", {"n": 5}), ("factorial", {"n": 7})]),
        ("Weather and time in Oslo?", Toolbox((WEATHER, TIME), names=frozenset(["get_weather"])), weather("Oslo")),
        ("Hi", Toolbox((WEATHER, TIME), "required"), weather("San Francisco, CA")),
        ("Time, please", Toolbox((WEATHER, TIME), "required"), [("get_current_time", {"timezone": "UTC"})]),
        ("Weather in Oslo and Rome?", Toolbox(ALL, "required", frozenset(["get_current_time"])),
         [("get_current_time", {"timezone": "Europe/Rome"})]),
        ("I was charged twice", Toolbox((BILLING, SUPPORT)), [("transfer_to_billing_agent", {})]),
        ("Run ls -la", Toolbox((SHELL,)), [("shell", "ls -la")]),
    ],
)  # fmt: skip
def test_the_choice_is_kept(prompt: str, toolbox: Toolbox, expected: Any) -> None:
    assert calls(toolbox, user(prompt)) == expected


@pytest.mark.parametrize(
    ("toolbox", "messages", "expected"),
    [
        (Toolbox((WEATHER,)), [user("Weather in Paris?"), called("get_weather"), result("18")], []),
        (Toolbox((WEATHER,), parallel=False), [user("Weather in Paris and Rome"), called("get_weather"), result("18")],
         weather("Rome")),
        (Toolbox((WEATHER, HOME)), [user("Find the user's city, then get its weather"), called("find_user_city"),
                                    result('{"city":"Lisbon"}')], weather("Lisbon")),
        (Toolbox((ADD, MULTIPLY)), [user("multiply 4 by 5 then add 6"), called("multiply"), result("20")],
         [("add", {"a": 6, "b": 20})]),
        (Toolbox((WEATHER, FINAL), "required"), [user("Weather?"), called("get_weather", '{"location":"Paris"}'),
                                                 result("18 degrees")],
         [("final_result", {"answer": "In Paris: 18 degrees."})]),
        (Toolbox((WEATHER,), "required"), [user("Weather in Paris?"), called("get_weather"), result("18")], []),
        (Toolbox((WEATHER,)), [user("Weather in Paris?"), called("get_weather"), result("18"),
                               {"role": "assistant", "content": "18"}, user("And in Rome?")], weather("Rome")),
        (Toolbox((WEATHER,)), [user("Weather in Paris?"), called("get_weather"), result("18"),
                               {"role": "assistant", "content": "18"}, user("Thank you")], []),
        (Toolbox((WEATHER,)), [user("Weather in Paris?"), called("get_weather", '{"location":"Pari"}'),
                               result("No such place. Fix the error and try again.")], weather("Paris")),
        (Toolbox((WEATHER,)), [user("Weather in Paris?"), called("get_weather", '{"location":"Paris"}'),
                               result("No such place. Fix the error and try again.")], []),
    ],
)  # fmt: skip
def test_results_lead_to_what_is_left_to_do(toolbox: Toolbox, messages: Any, expected: Any) -> None:
    assert calls(toolbox, *messages) == expected


def test_a_tool_for_the_answer_is_called_where_nothing_else_is_meant() -> None:
    ((name, given),) = calls(Toolbox((WEATHER, FINAL), "required"), user("Tell me about queues"))
    assert name == "final_result"
    assert "queues" in given["answer"]


@pytest.mark.parametrize("outcome", ["18", "Error: try again", '{"error": "invalid arguments"}', ""])
@pytest.mark.parametrize("choice", ["auto", "required"])
@pytest.mark.parametrize("prompt", [prompt for prompt, _ in PROMPTS])
def test_every_loop_ends(prompt: str, choice: str, outcome: str) -> None:
    messages: list[dict[str, Any]] = [user(prompt)]
    made: set[tuple[str, str]] = set()
    for turn in itertools.count():
        uses = choose(Toolbox(ALL, choice), messages, Chance(b"%d" % turn))
        if not uses:
            break
        asked = []
        for use in uses:
            given = arguments(use, Chance(b"%d %d" % (turn, len(asked))), EPOCH)
            assert (use.tool.name, given) not in made
            made.add((use.tool.name, given))
            asked.append(called(use.tool.name, given, f"{turn}.{len(asked)}")["tool_calls"][0])
        messages.append({"role": "assistant", "tool_calls": asked})
        messages += [result(outcome, each["id"]) for each in asked]
        assert turn < 8
    assert heard(messages) or len(messages) == 1


@pytest.mark.parametrize(
    ("name", "given", "results", "said"),
    [
        ("get_weather", {"city": "Paris"}, ['{"temp_c":22,"conditions":"sunny","city":"Paris"}'],
         "In Paris it is 22 °C and sunny."),
        ("get_weather", {"city": "Paris"}, ['{"temperature":"22","unit":"celsius","humidity":40}'],
         "In Paris it is 22 °C. The humidity is 40."),
        ("get_weather", {"city": "Paris"}, ["18 degrees"], "In Paris: 18 degrees."),
        ("get_weather", {"city": "Paris"}, ["It is 18 degrees in Paris."], "It is 18 degrees in Paris."),
        ("get_weather", {"city": "Paris"}, ['{"error":"city not found"}'],
         "I could not get the weather for Paris: city not found."),
        ("get_weather", {}, ["Error: timeout"], "I could not get the weather: Error: timeout."),
        ("get_weather", {"city": "Paris"}, [""], "There is no result for Paris."),
        ("add", {"a": 2, "b": 40}, ["42"], "The result is 42."),
        ("calculate", {"expression": "6*7"}, ['{"result": 42}'], "The result for 6*7 is 42."),
        ("search", {"query": "x"}, ['["a","b","c"]'], "There are 3 results for x: a, b and c."),
        ("search", {"query": "cats"}, ['[{"title":"Cats","year":2020},{"title":"Dogs","year":2021}]'],
         "There are 2 results for cats: Cats (year 2020) and Dogs (year 2021)."),
        ("search", {"query": "cats"}, ["[]"], "There is no result for cats."),
        ("send_email", {"to": "bob@x.io"}, ['{"status":"sent","id":"m1"}'],
         "Done: the status is sent and the id is m1."),
        ("get_stock_price", {"symbol": "AAPL"}, ['{"symbol":"AAPL","price":189.5,"currency":"USD"}'],
         "For AAPL, the price is 189.5 and the currency is USD."),
        ("list_orders", {}, ['{"orders":[{"id":1,"total":5},{"id":2,"total":9}]}'],
         "There are 2 orders: id 1, total 5 and id 2, total 9."),
        ("get_weather", {"city": "Oslo"}, ["snow", "rain"], "In Oslo: snow. In Oslo: rain."),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_results_are_told_in_sentences(name: str, given: Any, results: list[str], said: str) -> None:
    made = [called(name, json.dumps(given), str(at))["tool_calls"][0] for at in range(len(results))]
    messages = [user("x"), {"role": "assistant", "tool_calls": made}]
    messages += [result(text, str(at)) for at, text in enumerate(results)]
    assert heard(messages) == said


def test_results_of_the_old_form_are_told() -> None:
    asked = {"role": "assistant", "function_call": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}
    given = {"role": "function", "name": "get_weather", "content": '{"temp_f": 41}'}
    assert heard([user("x"), asked, given]) == "In Oslo it is 41 °F."


SUMS = """
start: expr
expr: term (SP ADD SP term)* -> add
| term
term: factor (SP MUL SP factor)* -> mul
| factor
factor: INT
SP: " "
ADD: "+"
MUL: "*"
%import common.INT
"""
QUERY = """
start: "SELECT" SP "TOP" SP NUMBER SP columns SP "FROM" SP NAME ";"
columns: NAME ("," SP NAME)*
SP: " "
NAME: /[a-z_]+/
NUMBER: /[0-9]+/
"""
PATCH = """
start: "*** Begin Patch" LF hunk+ "*** End Patch" LF?
hunk: "*** Add File: " /(.+)/ LF ("+" /(.*)/ LF)+
%import common.LF
"""
NESTED = 'start: "(" start? ")" | "[" start "]"\n%ignore " "'
PLAIN = {SUMS: SUMS.replace("-> add", "").replace("-> mul", ""), PATCH: PATCH.replace("/(.*)/", "/(.+)/?")}


@pytest.mark.parametrize("grammar", [SUMS, QUERY, PATCH, NESTED], ids=["sums", "query", "patch", "nested"])
def test_what_a_custom_tool_is_given_is_of_its_grammar(grammar: str) -> None:
    made = Tool("run", "Run it", custom=True, grammar={"syntax": "lark", "definition": grammar})
    parser = Lark(PLAIN.get(grammar, grammar))
    given = set()
    for number in range(12):
        (use,) = choose(Toolbox((made,), "required"), [user("Add 4 and 17 to orders")], Chance(b"1"))
        given.add(arguments(use, Chance(b"%d" % number), EPOCH))
    for text in given:
        parser.parse(text)
    assert len(given) > 1


def test_what_a_custom_tool_is_given_matches_its_expression() -> None:
    grammar = {"syntax": "regex", "definition": r"[A-Z]-\d{4}"}
    made = Tool("lookup", custom=True, grammar=grammar)
    assert calls(Toolbox((made,), "required"), user("Where is order A-1234?")) == [("lookup", "A-1234")]
    ((_, text),) = calls(Toolbox((made,), "required"), user("Where is my order?"))
    jsonschema_rs.validate({"type": "string", "pattern": r"^[A-Z]-\d{4}$"}, text)


@pytest.mark.parametrize(
    ("name", "description", "prompt", "text"),
    [
        ("code_exec", "Executes Python code", "What is 3 * 14?", "print(3 * 14)"),
        ("run_sql", "Query the database", "Show 5 customers", "SELECT * FROM customers LIMIT 5"),
        ("note", "Takes a note", 'Note "buy milk"', "buy milk"),
    ],
)
def test_a_custom_tool_is_given_what_it_takes(name: str, description: str, prompt: str, text: str) -> None:
    made = Tool(name, description, custom=True)
    assert calls(Toolbox((made,), "required"), user(prompt)) == [(name, text)]
