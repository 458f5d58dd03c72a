"""Texts of one kind each: a name, a city, an address of mail, a sentence. Those of the prompt come first."""

import re
from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime, timedelta

from . import moments, requests
from .draws import Draws, Named
from .lexicon import (
    CITIES,
    COLOURS,
    COMPANIES,
    COUNTRIES,
    CURRENCIES,
    CURRENCY_CODES,
    FIRST_NAMES,
    GOODS,
    INGREDIENTS,
    LANGUAGES,
    LAST_NAMES,
    NOUNS,
    SENTENCES,
    STARTERS,
    STATES,
    STEPS,
    STREETS,
    TICKERS,
    TITLES,
)

BIG_CITIES = ("Paris", "Tokyo", "Berlin", "London", "New York", "Madrid", "Rome", "Toronto", "Sydney", "Oslo")
HOME = {"Paris": "France", "Tokyo": "Japan", "Berlin": "Germany", "London": "United Kingdom", "Rome": "Italy",
        "New York": "United States", "Madrid": "Spain", "Toronto": "Canada", "Sydney": "Australia", "Oslo": "Norway",
        "NYC": "United States", "SF": "United States", "San Francisco": "United States"}  # fmt: skip
CODES = {"france": "FR", "japan": "JP", "germany": "DE", "united kingdom": "GB", "italy": "IT", "spain": "ES",
         "united states": "US", "canada": "CA", "australia": "AU", "norway": "NO", "usa": "US", "uk": "GB"}  # fmt: skip
LANGUAGE_CODES = {"English": "en", "French": "fr", "German": "de", "Spanish": "es", "Italian": "it", "Dutch": "nl",
                  "Portuguese": "pt", "Polish": "pl", "Japanese": "ja", "Chinese": "zh", "Korean": "ko",
                  "Russian": "ru", "Arabic": "ar", "Hindi": "hi", "Turkish": "tr", "Swedish": "sv"}  # fmt: skip
ROLES = ("Engineer", "Designer", "Analyst", "Product Manager", "Researcher", "Teacher", "Nurse", "Accountant")
PEOPLE = frozenset(
    "person people user customer client author employee contact patient character participant attendee member owner "
    "passenger student candidate applicant sender recipient speaker player profile buyer seller guest parent child "
    "detail details userdetail userinfo".split()
)
PLACES = frozenset("city location place country destination town".split())
COMPANY = frozenset("company organization organisation vendor employer brand supplier manufacturer".split())
PIECES = frozenset("entity entities mention mentions span spans token tokens keyword keywords".split())
THINGS = frozenset(
    "event meeting recipe product book movie film project task item dish ingredient course song game tool plan "
    "attribute node field step option feature".split()
)
QUESTIONS = (
    "What matters most about {}?", "How does {} begin?", "Which part of {} changes first?", "Who relies on {}?",
    "When is {} not enough?", "What follows from {}?", "Where is {} found?",
)  # fmt: skip
VENUES = ("The Corner Table", "Harbour House", "Green Leaf", "Old Mill", "Station Hall")
COMMAND = re.compile(r"\b(?:run|execute|type)\s+(?:the command\s+)?((?!(?:an?|the|this|my|it|all|some)\b)[a-z][\w.-]*"
                     r"(?: (?:-{1,2}[\w=-]+|[\w./~-]*[/.~][\w./~-]*|[a-z0-9_]+))*)", re.I)  # fmt: skip
ENDS = frozenset(("end", "ends", "until", "finish", "to"))
HEX = "0123456789abcdef"


def name(draws: Draws, field: Named) -> str:
    """A name of what the owner of the field is: of a person, or of a thing."""
    hints = draws.hints
    if not PEOPLE.isdisjoint(draws.owner):
        return person(draws, field)
    if not PLACES.isdisjoint(draws.owner):
        return place(draws, field)
    if not COMPANY.isdisjoint(draws.owner):
        return company(draws, field)
    found = draws.take("quoted", hints.quoted)
    if found:
        return found
    if not THINGS.isdisjoint(draws.owner):
        phrase = draws.take("phrase", hints.phrases)
        return requests.titled(phrase) if phrase else thing(draws, field)
    if hints.people:
        return person(draws, field)
    return draws.take("name", hints.names) or thing(draws, field)


def person(draws: Draws, field: Named) -> str:
    """The full name of a person, or as much of it as the prompt says."""
    return draws.take("person", draws.hints.people) or f"{draws.other('first', FIRST_NAMES)} {draws.pick(LAST_NAMES)}"


def first_name(draws: Draws, field: Named) -> str:
    """A first name."""
    found = draws.take("first name", draws.hints.people)
    return found.split(" ")[0] if found else str(draws.other("first", FIRST_NAMES))


def last_name(draws: Draws, field: Named) -> str:
    """A family name."""
    found = draws.take("last name", draws.hints.people)
    return found.rpartition(" ")[2] if found and " " in found else draws.pick(LAST_NAMES)


def city(draws: Draws, field: Named) -> str:
    """A city, or another place that the prompt names."""
    places = [place for place in draws.hints.places if place not in COUNTRIES] or draws.hints.places
    return draws.take("place", places) or field.sample or str(draws.other("city", BIG_CITIES))


def place(draws: Draws, field: Named) -> str:
    """A place, with the state or the country that the prompt says after it."""
    found = city(draws, field)
    match = re.search(rf"{re.escape(found)}, ([A-Z]{{2}}|[A-Z][a-z]+)\b", draws.hints.text)
    return f"{found}, {match[1]}" if match and (match[1] in STATES or match[1] in COUNTRIES) else found


def origin(draws: Draws, field: Named) -> str:
    """The place from which the prompt wants to go."""
    start, _ = requests.journey(draws.hints)
    return start or city(draws, field)


def destination(draws: Draws, field: Named) -> str:
    """The place to which the prompt wants to go."""
    _, end = requests.journey(draws.hints)
    return end or city(draws, field)


def country(draws: Draws, field: Named) -> str:
    """A country: one of the prompt, or that of its city."""
    found = draws.take("country", [place for place in draws.hints.places if place in COUNTRIES])
    home = next((HOME[place] for place in draws.hints.places if place in HOME), None)
    return found or home or draws.pick(tuple(HOME.values()))


def country_code(draws: Draws, field: Named) -> str:
    """Two letters for a country."""
    return CODES.get(country(draws, field).lower(), "US")


def state(draws: Draws, field: Named) -> str:
    """A state of the United States."""
    found = next((code for code in draws.hints.codes if code in STATES), None)
    return found or draws.pick(("CA", "NY", "TX", "WA", "IL", "MA", "CO", "OR"))


def street(draws: Draws, field: Named) -> str:
    """A street and a number."""
    return requests.street(draws.hints) or f"{12 + draws.chance.below(180)} {draws.pick(STREETS)}"


def address(draws: Draws, field: Named) -> str:
    """A street and a city; an address of mail where the prompt has one and the name of the field allows it."""
    if "email" in field.words:
        return email(draws, field)
    return f"{street(draws, field)}, {city(draws, field)}"


def zip_code(draws: Draws, field: Named) -> str:
    """Five figures."""
    return f"{10_000 + draws.chance.below(60_000)}"


def email(draws: Draws, field: Named) -> str:
    """An address of mail: of the prompt, or of a person in it."""
    found = draws.take("email", draws.hints.emails)
    if found:
        return found
    people = draws.take("mail of", draws.hints.people)
    who = (people or f"{draws.other('first', FIRST_NAMES)} {draws.pick(LAST_NAMES)}").lower().split()
    return ".".join(
        "".join(letter for letter in part if letter.isascii() and letter.isalnum()) or "x" for part in who
    ) + ("@example.com")


def recipient(draws: Draws, field: Named) -> str:
    """Whom something is for: an address of the prompt, or a person of it."""
    found = draws.take("email", draws.hints.emails) or draws.take("person", draws.hints.people)
    if found:
        return found
    if requests.mentions(draws.hints, ("fly", "flight", "train", "travel", "from")) and draws.hints.places:
        return destination(draws, field)
    return email(draws, field)


def phone(draws: Draws, field: Named) -> str:
    """A telephone number."""
    found = draws.take("phone", draws.hints.phones)
    return found or f"+1-555-{draws.chance.below(900) + 100}-{draws.chance.below(9000) + 1000}"


def url(draws: Draws, field: Named) -> str:
    """An address of a page."""
    return draws.take("url", draws.hints.urls) or f"https://example.com/{slug(draws, field)}"


def image_url(draws: Draws, field: Named) -> str:
    """An address of a picture."""
    return draws.take("url", draws.hints.urls) or f"https://example.com/images/{slug(draws, field)}.png"


def identifier(draws: Draws, field: Named) -> str:
    """Something that names a thing in a list: a number or a code of the prompt, else a made-up one."""
    hints = draws.hints
    found = draws.take("identifier", [code for code in hints.identifiers if not code[0].isdigit() or "-" in code])
    if found:
        return found
    digits = draws.take("id number", [f"{number.value}" for number in hints.numbers if isinstance(number.value, int)])
    if digits and field.name.lower() not in ("id",):
        return digits
    return digits or f"{(draws.owner or field.words or ('id',))[0][:4]}_{digest(draws, field)[:8]}"


def uuid(draws: Draws, field: Named) -> str:
    """A random UUID."""
    letters = digest(draws, field) + digest(draws, field)
    variant = "89ab"[draws.chance.below(4)]
    return f"{letters[:8]}-{letters[8:12]}-4{letters[13:16]}-{variant}{letters[17:20]}-{letters[20:32]}"


def digest(draws: Draws, field: Named) -> str:
    """Sixteen hexadecimal figures."""
    return "".join(HEX[draw % 16] for _ in range(4) for draw in draws.chance.draw(16, 16, 16, 16))


def username(draws: Draws, field: Named) -> str:
    """A name under which somebody logs in."""
    found = draws.take("user name", draws.hints.people)
    return (found or draws.pick(FIRST_NAMES)).lower().replace(" ", "_") + (
        "" if found else str(draws.chance.below(90) + 10)
    )


def password(draws: Draws, field: Named) -> str:
    """Letters and figures that nobody guesses."""
    return "tk_" + digest(draws, field)


def slug(draws: Draws, field: Named) -> str:
    """The topic in small letters with hyphens."""
    parts = ["".join(c for c in part if c.isascii() and c.isalnum()) for part in draws.hints.topic.lower().split()]
    made = "-".join(part for part in parts if part) or "page"
    at = draws.turn("slug")
    return f"{made}-{at + 1}" if at else made


def currency(draws: Draws, field: Named) -> str:
    """Three letters for a currency."""
    hints = draws.hints
    found = [code for code in hints.codes if code in CURRENCY_CODES]
    found += [
        CURRENCIES[word] for word in hints.lower.split() if word.strip(".,?!") in CURRENCIES and word in CURRENCIES
    ]
    found += [CURRENCIES[number.currency] for number in hints.numbers if number.currency]
    return draws.take("currency", list(dict.fromkeys(found))) or str(
        draws.other("currency", ("USD", "EUR", "GBP", "JPY"))
    )


def language(draws: Draws, field: Named) -> str:
    """The name of a language."""
    found = [name for name in LANGUAGES if name.lower() in draws.hints.said]
    return draws.take("language", found) or draws.pick(LANGUAGES[:6])


def language_code(draws: Draws, field: Named) -> str:
    """Two letters for a language."""
    found = [code for name, code in LANGUAGE_CODES.items() if name.lower() in draws.hints.said]
    return draws.take("language code", found) or "en"


def colour(draws: Draws, field: Named) -> str:
    """A colour."""
    found = [name for name in COLOURS if name in draws.hints.said]
    return draws.take("colour", found) or str(draws.other("colour", COLOURS))


def ticker(draws: Draws, field: Named) -> str:
    """The symbol of a share."""
    hints = draws.hints
    found = [word for word in (hints.focus or hints.codes) if word.isupper() and word not in CURRENCY_CODES]
    found += [TICKERS[word.lower()] for word in (hints.focus or hints.words) if word.lower() in TICKERS]
    return draws.take("ticker", found) or str(draws.other("ticker", tuple(TICKERS.values())))


def date(draws: Draws, field: Named) -> str:
    """A day: one of the prompt, else one soon after the call; later ones after earlier ones."""
    return _day(draws, field).isoformat()


def birth_date(draws: Draws, field: Named) -> str:
    """A day on which a grown-up was born."""
    found = draws.take("date", moments.dates(draws.hints))
    return (
        found or Date(1960 + draws.chance.below(45), 1 + draws.chance.below(12), 1 + draws.chance.below(28))
    ).isoformat()


def _day(draws: Draws, field: Named) -> Date:
    found = draws.take("date", moments.dates(draws.hints))
    if found:
        return found
    back = {"created", "issued", "published", "start", "from", "since", "invoice", "order"}.intersection(field.words)
    at, now = draws.turn("day"), moments.moment(draws.hints).date()
    known = moments.dates(draws.hints)
    if known and draws.hinted and at < 3:  # what is given once is the start
        return known[-1] + timedelta(1 + at)
    return now + timedelta((-14 if back else 1) + 3 * at + draws.chance.below(3))


def time(draws: Draws, field: Named) -> str:
    """A time of day, as `HH:MM`."""
    found = draws.take("time", moments.times(draws.hints))
    if found:
        return found.strftime("%H:%M")
    return f"{9 + (draws.turn('hour') * 2 + draws.chance.below(3)) % 12:02d}:{15 * draws.chance.below(4):02d}"


def date_time(draws: Draws, field: Named) -> str:
    """A moment, as RFC 3339 writes it; the end of something is an hour after its start."""
    is_end = draws.moment and not ENDS.isdisjoint((*field.words, *draws.owner))
    if is_end and not moments.times(draws.hints)[1:] and not moments.dates(draws.hints)[1:]:
        return _moment(datetime.fromisoformat(draws.moment) + timedelta(hours=1))
    made = _date_time(draws, field)
    draws.moment = made
    return made


def _date_time(draws: Draws, field: Named) -> str:
    day, hour = _day(draws, field), time(draws, field)
    is_past = "created" in field.words or "updated" in field.words or field.name.lower() == "timestamp"
    if is_past and not moments.dates(draws.hints):
        return _moment(moments.moment(draws.hints) - timedelta(minutes=draws.chance.below(90)))
    return f"{day.isoformat()}T{hour}:00Z"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def timezone(draws: Draws, field: Named) -> str:
    """The name of a time zone."""
    zones = {"Tokyo": "Asia/Tokyo", "London": "Europe/London", "Paris": "Europe/Paris", "Berlin": "Europe/Berlin",
             "New York": "America/New_York", "NYC": "America/New_York", "Sydney": "Australia/Sydney",
             "Los Angeles": "America/Los_Angeles", "San Francisco": "America/Los_Angeles", "Madrid": "Europe/Madrid",
             "Rome": "Europe/Rome", "Singapore": "Asia/Singapore", "Dubai": "Asia/Dubai"}  # fmt: skip
    found = [zones[place.title()] for place in draws.hints.places if place.title() in zones]
    return draws.take("zone", found) or "UTC"


def month(draws: Draws, field: Named) -> str:
    """The name of a month."""
    found = [name.title() for name in moments.MONTHS if name in draws.hints.said]
    return draws.take("month", found) or moments.MONTHS[moments.moment(draws.hints).month - 1].title()


def weekday(draws: Draws, field: Named) -> str:
    """The name of a day of the week."""
    found = [name.title() for name in moments.DAYS if name in draws.hints.said]
    return draws.take("weekday", found) or moments.DAYS[moments.moment(draws.hints).weekday()].title()


def year(draws: Draws, field: Named) -> str:
    """A year."""
    found = [f"{n.value}" for n in draws.hints.numbers if isinstance(n.value, int) and 1000 <= n.value <= 2999]
    return draws.take("year", found) or f"{moments.moment(draws.hints).year}"


def duration(draws: Draws, field: Named) -> str:
    """How long something takes, in words."""
    units = ("minutes", "minute", "hours", "hour", "days", "day", "weeks", "week", "min", "months")
    for number in draws.hints.numbers:
        if number.near and number.near[0] in units:
            return f"{number.value} {number.near[0]}"
    return f"{15 * (1 + draws.chance.below(6))} minutes"


def title(draws: Draws, field: Named) -> str:
    """A title about the topic, or what the prompt quotes."""
    found = draws.take("quoted", draws.hints.quoted)
    if not found and draws.sparing and draws.hinted:
        said = requests.messages(draws.hints) or [requests.request(draws.hints)]
        words = said[0].split()
        while len(words) > 2 and words[0].lower() in (*STARTERS, "a", "an", "the", "new"):
            del words[0]
        found = " ".join(words[:8])
        return found[:1].upper() + found[1:]
    return found or _about(draws, "title", TITLES, requests.titled(draws.hints.topic))


def sentence(draws: Draws, field: Named) -> str:
    """A sentence about the topic; in arguments of a tool, what the prompt wants."""
    if draws.hints.reply and draws.turn("reply") == 0 and draws.hinted:
        return draws.hints.reply
    if draws.sparing and draws.hinted:
        found = draws.take("quoted", draws.hints.quoted) or draws.take("message", requests.messages(draws.hints))
        return found or requests.request(draws.hints)
    return _about(draws, "sentence", SENTENCES, draws.hints.topic) + "."


def thought(draws: Draws, field: Named) -> str:
    """What one thinks before one answers."""
    asked = requests.request(draws.hints)
    return f"The request is about {asked}. {sentence(draws, field)}"


def answer(draws: Draws, field: Named) -> str:
    """An answer: the result of what is to be calculated, else a sentence."""
    solved = requests.solved(draws.hints)
    return solved if solved and draws.hinted else sentence(draws, field)


def step(draws: Draws, field: Named) -> str:
    """One step of some work on the topic."""
    return _about(draws, "step", STEPS, draws.hints.topic) + "."


def _about(draws: Draws, kind: str, frames: Sequence[str], topic: str) -> str:
    made = str(draws.other(kind, frames)).format(topic if draws.hinted else "this")
    return made[0].upper() + made[1:]


def message(draws: Draws, field: Named) -> str:
    """What is to be said to somebody: what the prompt quotes or what follows `saying`, else a sentence."""
    if not PIECES.isdisjoint(draws.owner):
        return any_text(draws, field)
    found = draws.take("quoted", draws.hints.quoted) or draws.take("message", requests.messages(draws.hints))
    return found or sentence(draws, field)


def query(draws: Draws, field: Named) -> str:
    """What is to be looked for, as the prompt asks for it."""
    at = draws.turn("query")
    asked = requests.request(draws.hints)
    return asked if at == 0 else f"{asked} {draws.other('noun', NOUNS)}"


def question(draws: Draws, field: Named) -> str:
    """A question about the topic, or the one that the prompt asks."""
    if draws.at == 0:
        return query(draws, field)
    return _about(draws, "question", QUESTIONS, draws.hints.topic)


def topic(draws: Draws, field: Named) -> str:
    """The topic."""
    at = draws.turn("topic")
    return draws.hints.topic if at == 0 and draws.hinted else word(draws, field)


def word(draws: Draws, field: Named) -> str:
    """One word: of the prompt, as long as there are any."""
    found = draws.take("word", draws.hints.words)
    return found.lower() if found else str(draws.other("noun", NOUNS))


def thing(draws: Draws, field: Named) -> str:
    """A thing: one of the prompt's list, a quoted one, its topic, or any."""
    hints = draws.hints
    found = draws.take("series", hints.series) or draws.take("quoted", hints.quoted)
    if found:
        return found
    if draws.hinted and draws.turn("topic of a thing") == 0:
        return hints.topic
    return str(draws.other("thing", INGREDIENTS if "ingredient" in field.words else GOODS))


def any_text(draws: Draws, field: Named) -> str:
    """What the prompt has most likely for a field that nothing is known of."""
    hints = draws.hints
    if field.sample and not hints.quoted and not hints.names:
        return field.sample
    return draws.take("saying", hints.sayings) or str(draws.other("noun", NOUNS))


def expression(draws: Draws, field: Named) -> str:
    """What is to be calculated."""
    return requests.expression(draws.hints) or "2 + 2"


def code(draws: Draws, field: Named) -> str:
    """A code of the prompt, or a program, as the prompt has the one or the other."""
    found = draws.take("identifier", draws.hints.identifiers)
    return found or program(draws, field)


def program(draws: Draws, field: Named) -> str:
    """A small program that calculates what is asked, or measures the words of the topic."""
    asked = requests.expression(draws.hints)
    if asked:
        return f"print({asked})"
    words = [part for part in draws.hints.topic.replace("\\", "").replace('"', "").split() if part]
    return f"words = {words!r}\nprint(sum(len(word) for word in words))"


def command(draws: Draws, field: Named) -> str:
    """A command of a shell: what the prompt quotes, or one about its files."""
    found = draws.take("quoted", draws.hints.quoted)
    if found:
        return found
    said = COMMAND.search(draws.hints.text)
    if said:
        return said[1]
    if draws.hints.files:
        return f"cat {draws.hints.files[0]}"
    where = next((each for each in draws.hints.tokens if each.startswith(("/", "./", "~"))), "")
    return (
        f"ls -la {where}".strip()
        if requests.mentions(draws.hints, ("list", "files", "folder", "directory"))
        else "echo ok"
    )


def sql(draws: Draws, field: Named) -> str:
    """A query of a database about the topic."""
    table = next((word.lower() for word in draws.hints.words if word.isascii() and word.isalpha()), "items")
    limit = draws.hints.counts[0][0] if draws.hints.counts else 10
    return f"SELECT * FROM {table} LIMIT {limit}"


def repository(draws: Draws, field: Named) -> str:
    """The name of a repository."""
    found = requests.repository(draws.hints)
    return found[1] if found else slug(draws, field)


def owner(draws: Draws, field: Named) -> str:
    """Whose something is: a repository of the prompt, else of a person."""
    found = requests.repository(draws.hints)
    return found[0] if found else person(draws, field)


def file(draws: Draws, field: Named) -> str:
    """The name of a file."""
    return draws.take("file", draws.hints.files) or f"{slug(draws, field)}.txt"


def folder(draws: Draws, field: Named) -> str:
    """A folder."""
    found = draws.take("folder", [name for name in draws.hints.text.split() if "/" in name and "://" not in name])
    return found.strip(".,?!'\"`") if found else "."


def company(draws: Draws, field: Named) -> str:
    """A company: a name of the prompt that is no place, or any."""
    found = [name for name in draws.hints.names if name not in CITIES and name not in COUNTRIES]
    at = "company"
    marked = [name for name in found if name.split()[-1] in ("Inc", "Corp", "Ltd", "GmbH", "LLC", "Labs", "Co")]
    known = [name for name in found if name.lower() in TICKERS]
    others = [name for name in found if name not in draws.hints.people]
    return draws.take(at, list(dict.fromkeys([*marked, *known, *others]))) or str(draws.other(at, COMPANIES))


def venue(draws: Draws, field: Named) -> str:
    """A place where one goes: a name of the prompt, or any."""
    found = [name for name in draws.hints.names if name not in CITIES and name not in COUNTRIES]
    return draws.take("venue", found) or str(draws.other("venue", VENUES))


def role(draws: Draws, field: Named) -> str:
    """A job."""
    found = [role for role in ROLES if role.lower() in draws.hints.lower]
    return draws.take("role", found) or str(draws.other("role", ROLES))


def unit(draws: Draws, field: Named) -> str:
    """A unit of temperature, of weight or of anything."""
    units = ("celsius", "fahrenheit", "kelvin", "km", "miles", "kg", "pounds", "grams", "liters", "cups", "metric")
    found = [unit for unit in units if unit in draws.hints.said]
    return draws.take("unit", found) or ("celsius" if requests.mentions(draws.hints, ("weather",)) else "piece")


def version(draws: Draws, field: Named) -> str:
    """A version of a program."""
    major, minor, patch = draws.chance.draw(4, 10, 10)
    return f"{major + 1}.{minor}.{patch}"


def ip(draws: Draws, field: Named) -> str:
    """An address of the range for examples."""
    return f"192.0.2.{1 + draws.chance.below(254)}"


def host(draws: Draws, field: Named) -> str:
    """The name of a machine."""
    return draws.pick(("api.example.com", "www.example.com", "host.example.com"))


def status(draws: Draws, field: Named) -> str:
    """How far something has come."""
    return draws.pick(("active", "pending", "completed"))


def gender(draws: Draws, field: Named) -> str:
    """As the prompt's words have it."""
    said = draws.hints.said
    return (
        "female"
        if said & {"she", "her", "woman", "female", "girl"}
        else "male"
        if said & {"he", "his", "man", "male"}
        else "unspecified"
    )


def quote(draws: Draws, field: Named) -> str:
    """What the prompt quotes, or the beginning of it."""
    found = draws.take("quoted", draws.hints.quoted)
    return found or draws.hints.text[:80].strip() or "No words at all."


def html(draws: Draws, field: Named) -> str:
    """A paragraph of HTML."""
    return f"<p>{sentence(draws, field).replace('&', '&amp;').replace('<', '&lt;')}</p>"


def sky(draws: Draws, field: Named) -> str:
    """What the weather is like."""
    return draws.pick(("sunny", "partly cloudy", "cloudy", "light rain", "clear"))


def sku(draws: Draws, field: Named) -> str:
    """The number of an article."""
    return draws.take("identifier", draws.hints.identifiers) or f"SKU-{1000 + draws.chance.below(9000)}"


def mime(draws: Draws, field: Named) -> str:
    """A type of media."""
    return draws.pick(("text/plain", "application/json", "image/png"))


def degree(draws: Draws, field: Named) -> str:
    """What one has when one has studied."""
    return draws.pick(("BSc Computer Science", "MSc Mathematics", "BA Design"))


def emoji(draws: Draws, field: Named) -> str:
    """A little picture."""
    return draws.pick(("🙂", "🚀", "🌍", "📅"))
