"""Values: what stands under a name, as in a table's column or an object's key."""

import re
from typing import Any

from ...chance import Chance
from .bounds import NUMBERS
from .facts.categories import CATEGORIES
from .facts.known import CAPITALS

PEOPLE = (
    "Ava Thompson", "Liam Carter", "Sofia Rossi", "Noah Fischer", "Mia Tanaka", "Lucas Martin", "Emma Novak",
    "Ethan Brooks",
    "Chloe Dubois", "Omar Haddad", "Maya Patel", "Hugo Silva",
)  # fmt: skip
STREETS = (
    "12 Harbor Street",
    "48 Mill Lane",
    "7 Garden Road",
    "230 Station Avenue",
    "91 Hill Street",
    "5 Market Square",
)
PRODUCTS = (
    "Desk Lamp",
    "Travel Mug",
    "Notebook",
    "Wireless Mouse",
    "Backpack",
    "Water Bottle",
    "Headphones",
    "Wall Clock",
)
STATUSES = ("active", "pending", "completed", "inactive")
COUNTRIES = ("France", "Japan", "Germany", "Canada", "Brazil", "Italy", "Kenya", "Australia", "Spain", "Norway")
POPULATIONS = {
    "France": "68 million", "Japan": "124 million", "Germany": "84 million", "Canada": "40 million",
    "Brazil": "211 million",
    "Italy": "59 million", "Kenya": "55 million", "Australia": "27 million", "Spain": "48 million",
    "Norway": "5.5 million",
    "India": "1.43 billion", "Mexico": "130 million",
}  # fmt: skip
CURRENCIES = {
    "France": "Euro", "Germany": "Euro", "Italy": "Euro", "Spain": "Euro", "Japan": "Yen", "Canada": "Canadian dollar",
    "Brazil": "Real", "Kenya": "Kenyan shilling", "Australia": "Australian dollar", "Norway": "Krone",
    "India": "Rupee", "Mexico": "Peso",
}  # fmt: skip
WHOLE = re.compile(
    r"\b(?:age|years?|count|number|quantity|qty|total|stock|score|rank|rating|stars|id|index|"
    r"pages|size|length|duration|"
    r"minutes|hours|days|votes|likes|points|level|port|population|capacity|calories|servings)\b"
)
SPACES = re.compile(r"[_\-\s]+|(?<=[a-z])(?=[A-Z])")


def value_of(key: str, chance: Chance, row: int = 0, country: str = "", topic: str = "") -> Any:
    """A plausible value for *key* in the row number *row*."""
    name = " ".join(SPACES.split(key)).strip().lower() or "value"
    if name in ("country", "countries", "nation"):
        return country or COUNTRIES[row % len(COUNTRIES)]
    if name.startswith("capital"):
        return CAPITALS.get((country or COUNTRIES[row % len(COUNTRIES)]).lower(), ("", "Paris"))[1]
    if "population" in name and country:
        return POPULATIONS.get(country, "10 million")
    if name == "currency":
        return CURRENCIES.get(country, "Euro") if country else ("EUR", "USD", "GBP", "JPY")[row % 4]
    if "email" in name:
        return PEOPLE[row % len(PEOPLE)].lower().replace(" ", ".") + "@example.com"
    if name in ("name", "full name", "person", "author", "customer", "user", "employee", "student", "owner", "contact"):
        return PEOPLE[row % len(PEOPLE)]
    if name in ("first name", "firstname", "given name"):
        return PEOPLE[row % len(PEOPLE)].split()[0]
    if name in ("last name", "lastname", "surname", "family name"):
        return PEOPLE[row % len(PEOPLE)].split()[1]
    if name in ("username", "login", "handle"):
        return PEOPLE[row % len(PEOPLE)].split()[0].lower() + str(10 + chance.below(90))
    return _scalar(name, chance, row, topic)


def _scalar(name: str, chance: Chance, row: int, topic: str) -> Any:
    words = set(name.split())
    if words & {"phone", "telephone", "mobile"}:
        return f"+1 555 01{chance.below(90) + 10:02d}"
    if words & {"url", "link", "website", "homepage"}:
        return f"https://example.com/{slug(topic) or 'item'}-{row + 1}"
    if words & {"address", "street"}:
        return STREETS[row % len(STREETS)]
    if words & {"zip", "postcode", "postal"}:
        return f"{10000 + chance.below(60000)}"
    if words & {"birthday", "birthdate", "birth", "dob"}:
        return f"{1960 + chance.below(45)}-{1 + chance.below(12):02d}-{1 + chance.below(28):02d}"
    if words & {"date", "created", "updated", "deadline", "due"}:
        return f"2025-{1 + chance.below(12):02d}-{1 + chance.below(28):02d}"
    if "year" in words:
        return 1950 + chance.below(75)
    if "age" in words:
        return 18 + chance.below(60)
    if words & {"price", "cost", "amount", "salary", "fee"}:
        return 40_000 + 500 * chance.below(100) if "salary" in words else round(5 + chance.below(9500) / 100, 2)
    if words & {"confidence", "probability", "similarity"}:
        return round(0.8 + chance.below(20) / 100, 2)
    if words & {"rating", "stars", "score"}:
        return round(3 + chance.below(21) / 10, 1)
    if words & {"id"}:
        return row + 1
    if name.startswith(("is ", "has ", "can ", "should ")) or words & {
        "active",
        "enabled",
        "valid",
        "available",
        "verified",
        "success",
    }:
        return chance.below(3) > 0
    if words & {
        "tags",
        "keywords",
        "categories",
        "labels",
        "topics",
        "skills",
        "ingredients",
        "steps",
        "items",
        "list",
        "hobbies",
        "authors",
    }:
        return [word.lower() for word in (topic or "example item list").split()[:3]] + ["guide"]
    if words & {"product", "item"}:
        return PRODUCTS[row % len(PRODUCTS)]
    if words & {"status", "state"}:
        return STATUSES[row % len(STATUSES)]
    if words & {"priority", "severity"}:
        return ("high", "medium", "low")[row % 3]
    if words & {"gender", "sex"}:
        return ("female", "male")[row % 2]
    if words & {"language"}:
        return CATEGORIES["language"][row % 10]
    if words & {"error", "message"} and "error" in words:
        return ""
    table = CATEGORIES.get(name) or CATEGORIES.get(name.split()[-1])
    if table:
        return table[row % len(table)]
    if WHOLE.search(name):
        return 1 + chance.below(100)
    subject = topic or "the subject"
    if words & {"title", "headline", "heading"}:
        return f"{subject[0].upper()}{subject[1:]} explained"
    if words & {"summary", "description", "explanation", "reason", "reasoning", "answer", "content", "text", "body",
    "bio", "comment",
                "details", "notes", "analysis", "response", "result"}:  # fmt: skip
        return f"A short note on {subject}: start small, check the result, and go on from there."
    return f"{subject} {name}".strip() if topic else f"example {name or 'value'}"


def slug(text: str) -> str:
    """*text* as part of a name in a URL."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:5])


def count_in(text: str) -> int | None:
    """The first number of *text* that says how many."""
    for word in re.findall(r"[^\W_]+", text.lower()):
        if word.isdigit() and len(word) <= 4:
            return int(word)
        if word in NUMBERS and word not in ("a", "an", "single", "one", "um", "ein", "una", "une"):
            return NUMBERS[word]
    return None
