"""What the name of a property says of its values."""

import re
from typing import NamedTuple, TypeVar

from ..words import singular
from . import texts

Value = TypeVar("Value")

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
SAMPLE = re.compile(r"\b(?:e\.g\.?|for example|for instance|such as|like|example:?)[,:]?\s+(.+)", re.I | re.S)
EMPTY_WORDS = frozenset(
    "name names value values text string field str label info data details obj object item items list array "
    "the of in a an for to by new current target source input output".split()
)


class Span(NamedTuple):
    """The *low* to *high* values of a number with so many *decimals*.

    *near* are words that stand beside such numbers in prompts; a *shy* one is taken from a prompt beside those only.
    """

    low: float
    high: float
    decimals: int = 0
    near: tuple[str, ...] = ()
    shy: bool = False


SHARE = Span(0.55, 0.98, 2, (), True)
MONEY = Span(5, 400, 2, ("usd", "dollars", "euros", "price", "cost", "total", "costs"))
SPANS = {
    "age": Span(19, 74, 0, ("years", "year-old", "old", "aged", "age", "is", "turns", "turned"), True),
    "year": Span(2015, 2026, 0, ("year", "in", "since"), True),
    "rating": Span(3, 5, 0, ("stars", "star", "rating", "rated", "/"), True),
    "stars": Span(3, 5, 0, ("stars", "star"), True),
    "percent": Span(5, 95, 1, ("percent", "%"), True),
    "percentage": Span(5, 95, 1, ("percent", "%"), True),
    "latitude": Span(-55, 65, 4, (), True),
    "lat": Span(-55, 65, 4, (), True),
    "longitude": Span(-120, 140, 4, (), True),
    "lng": Span(-120, 140, 4, (), True),
    "lon": Span(-120, 140, 4, (), True),
    "temperature": Span(8, 27, 1, ("degrees", "celsius", "fahrenheit", "°c", "c", "f")),
    "temp": Span(8, 27, 1, ("degrees", "celsius", "fahrenheit", "c", "f")),
    "humidity": Span(35, 85, 0, ("percent", "humidity"), True),
    "quantity": Span(1, 6, 0),
    "qty": Span(1, 6, 0),
    "count": Span(1, 12, 0),
    "people": Span(1, 6, 0, ("people", "persons", "guests", "of", "for")),
    "guests": Span(1, 6, 0, ("people", "guests", "persons", "for")),
    "passengers": Span(1, 4, 0, ("people", "passengers", "persons", "adults")),
    "adults": Span(1, 4, 0, ("people", "adults")),
    "party": Span(1, 6, 0, ("people", "guests", "persons", "for")),
    "nights": Span(1, 7, 0, ("nights", "night")),
    "days": Span(1, 7, 0, ("days", "day", "next")),
    "hours": Span(1, 8, 0, ("hours", "hour")),
    "minutes": Span(10, 60, 0, ("minutes", "minute", "min")),
    "seconds": Span(5, 60, 0, ("seconds", "second")),
    "duration": Span(15, 90, 0, ("minutes", "minute", "hours", "hour", "min")),
    "page": Span(1, 5, 0, ("page",), True),
    "limit": Span(3, 10, 0, ("top", "first", "results", "most", "last")),
    "index": Span(0, 9, 0, (), True),
    "rank": Span(1, 10, 0, (), True),
    "step": Span(1, 10, 0, (), True),
    "priority": Span(1, 5, 0, ("priority",), True),
    "port": Span(8000, 9000, 0, ("port",), True),
    "population": Span(50_000, 5_000_000, 0, ("people", "inhabitants"), True),
    "calories": Span(120, 650, 0, ("calories", "kcal"), True),
    "servings": Span(2, 6, 0, ("people", "servings", "for")),
    "id": Span(1001, 9999, 0, ("id", "order", "number", "invoice", "ticket", "#")),
    "number": Span(1, 100, 0),
}
for _name in "confidence probability similarity relevance certainty likelihood weight ratio salience".split():
    SPANS[_name] = SHARE
for _name in "price amount cost total subtotal fee salary tax balance budget revenue discount payment".split():
    SPANS[_name] = MONEY
SPANS["score"] = SHARE._replace(near=("score", "scored", "scores", "points"))

TEXTS = {
    "name": texts.name, "full_name": texts.person, "first_name": texts.first_name, "given_name": texts.first_name,
    "last_name": texts.last_name, "surname": texts.last_name, "family_name": texts.last_name,
    "city": texts.city, "town": texts.city, "location": texts.place, "place": texts.place, "locations": texts.place,
    "destination": texts.destination, "origin": texts.origin, "departure_city": texts.origin,
    "arrival_city": texts.destination, "from_city": texts.origin, "to_city": texts.destination, "venue": texts.place,
    "region": texts.place, "area": texts.place, "country": texts.country, "nationality": texts.country,
    "country_code": texts.country_code, "state": texts.state, "province": texts.state,
    "address": texts.address, "street": texts.street, "street_address": texts.street, "line_1": texts.street,
    "zip": texts.zip_code, "zip_code": texts.zip_code, "zipcode": texts.zip_code, "postal_code": texts.zip_code,
    "postcode": texts.zip_code, "email": texts.email, "email_address": texts.email, "mail": texts.email,
    "recipient_email": texts.email, "to": texts.recipient, "recipient": texts.recipient, "cc": texts.email,
    "phone": texts.phone, "phone_number": texts.phone, "telephone": texts.phone, "mobile": texts.phone,
    "tel": texts.phone, "url": texts.url, "uri": texts.url, "link": texts.url, "website": texts.url,
    "homepage": texts.url, "href": texts.url, "image": texts.image_url, "image_url": texts.image_url,
    "avatar": texts.image_url, "photo": texts.image_url, "thumbnail": texts.image_url, "logo": texts.image_url,
    "id": texts.identifier, "uuid": texts.uuid, "guid": texts.uuid, "identifier": texts.identifier,
    "username": texts.username, "user_name": texts.username, "handle": texts.username, "login": texts.username,
    "nickname": texts.username, "password": texts.password, "token": texts.password, "slug": texts.slug,
    "hash": texts.digest, "sha": texts.digest, "currency": texts.currency, "currency_code": texts.currency,
    "from_currency": texts.currency, "to_currency": texts.currency, "language": texts.language,
    "lang": texts.language_code, "locale": texts.language_code, "language_code": texts.language_code,
    "color": texts.colour, "colour": texts.colour, "symbol": texts.ticker, "ticker": texts.ticker,
    "stock": texts.ticker, "stock_symbol": texts.ticker, "date": texts.date, "day": texts.date,
    "birthday": texts.birth_date, "birth_date": texts.birth_date, "birthdate": texts.birth_date,
    "date_of_birth": texts.birth_date, "dob": texts.birth_date, "due_date": texts.date, "deadline": texts.date,
    "time": texts.time, "start_time": texts.time, "end_time": texts.time, "datetime": texts.date_time,
    "timestamp": texts.date_time, "created_at": texts.date_time, "updated_at": texts.date_time, "at": texts.date_time,
    "timezone": texts.timezone, "time_zone": texts.timezone, "month": texts.month, "weekday": texts.weekday,
    "year": texts.year, "duration": texts.duration, "title": texts.title, "headline": texts.title,
    "subject": texts.title, "heading": texts.title, "event": texts.title, "caption": texts.title,
    "summary": texts.sentence, "description": texts.sentence, "explanation": texts.sentence,
    "reason": texts.sentence, "rationale": texts.sentence, "reasoning": texts.thought, "thought": texts.thought,
    "thinking": texts.thought, "chain_of_thought": texts.thought, "scratchpad": texts.thought,
    "analysis": texts.thought,
    "answer": texts.answer, "final_answer": texts.answer, "response": texts.answer, "result": texts.answer,
    "output": texts.answer, "conclusion": texts.sentence, "feedback": texts.sentence, "comment": texts.sentence,
    "comments": texts.sentence, "notes": texts.sentence, "note": texts.sentence, "details": texts.sentence,
    "overview": texts.sentence, "justification": texts.sentence, "evidence": texts.sentence, "bio": texts.sentence,
    "abstract": texts.sentence, "review": texts.sentence, "insight": texts.sentence, "takeaway": texts.sentence,
    "recommendation": texts.sentence, "suggestion": texts.sentence, "instruction": texts.step,
    "instructions": texts.step, "step": texts.step, "action": texts.step, "task": texts.step, "fact": texts.sentence,
    "point": texts.sentence, "highlight": texts.sentence, "claim": texts.sentence, "observation": texts.sentence,
    "sentence": texts.sentence, "paragraph": texts.sentence, "body": texts.message, "content": texts.message,
    "message": texts.message, "text": texts.message, "query": texts.query, "q": texts.query, "search": texts.query,
    "search_query": texts.query, "search_term": texts.query, "question": texts.question, "request": texts.query,
    "prompt": texts.query, "topic": texts.topic, "keyword": texts.word, "tag": texts.word, "label": texts.word,
    "term": texts.word, "category": texts.word, "genre": texts.word, "theme": texts.word, "hashtag": texts.word,
    "skill": texts.word, "ingredient": texts.thing, "item": texts.thing, "product": texts.thing, "thing": texts.thing,
    "expression": texts.expression, "formula": texts.expression, "equation": texts.expression,
    "calculation": texts.expression, "code": texts.code, "script": texts.program, "source_code": texts.program,
    "program": texts.program, "snippet": texts.program, "python_code": texts.program, "command": texts.command,
    "cmd": texts.command, "sql": texts.sql, "sql_query": texts.sql, "statement": texts.sentence, "file": texts.file,
    "filename": texts.file, "file_name": texts.file, "path": texts.file, "file_path": texts.file,
    "filepath": texts.file, "directory": texts.folder, "dir": texts.folder, "folder": texts.folder,
    "company": texts.company, "organization": texts.company, "organisation": texts.company, "employer": texts.company,
    "vendor": texts.company, "supplier": texts.company, "brand": texts.company, "manufacturer": texts.company,
    "publisher": texts.company, "merchant": texts.company, "restaurant": texts.venue, "hotel": texts.venue,
    "store": texts.venue, "school": texts.venue, "author": texts.person, "person": texts.person,
    "user": texts.person, "customer": texts.person, "client": texts.person, "employee": texts.person,
    "participant": texts.person, "attendee": texts.person, "member": texts.person, "owner": texts.owner,
    "assignee": texts.person, "sender": texts.person, "speaker": texts.person, "character": texts.person,
    "patient": texts.person, "passenger": texts.person, "contact": texts.person, "director": texts.person,
    "manager": texts.person, "role": texts.role, "job": texts.role, "job_title": texts.role, "position": texts.role,
    "occupation": texts.role, "profession": texts.role, "unit": texts.unit, "units": texts.unit,
    "version": texts.version,
    "ip": texts.ip, "ip_address": texts.ip, "hostname": texts.host, "host": texts.host, "domain": texts.host,
    "status": texts.status, "gender": texts.gender, "sex": texts.gender, "quote": texts.quote, "html": texts.html,
    "markdown": texts.sentence, "conditions": texts.sky, "weather": texts.sky, "sku": texts.sku,
    "invoice_number": texts.identifier, "order_number": texts.identifier, "order_id": texts.identifier,
    "tracking_number": texts.identifier, "account_number": texts.identifier, "ticket": texts.identifier,
    "number": texts.identifier, "mime_type": texts.mime, "content_type": texts.mime, "degree": texts.degree,
    "emoji": texts.emoji, "repo": texts.repository, "repository": texts.repository, "goal": texts.query,
}  # fmt: skip


# What a sort of text takes of a prompt: under which name (`Draws.take`), and which of its hints.
SOURCES = {
    texts.email: ("email", "emails"), texts.person: ("person", "people"), texts.city: ("place", "places"),
    texts.place: ("place", "places"), texts.url: ("url", "urls"), texts.file: ("file", "files"),
    texts.phone: ("phone", "phones"), texts.thing: ("series", "series"), texts.ticker: ("ticker", "codes"),
    texts.name: ("series", "series"), texts.recipient: ("email", "emails"), texts.destination: ("place", "places"),
}  # fmt: skip


def known(words: tuple[str, ...], table: dict[str, Value]) -> Value | None:
    """What *table* has for the name of these *words*, or for the end of it, or for a word in it."""
    if not words:
        return None
    for start in range(len(words)):
        found = table.get("_".join(words[start:]))
        if found is not None and not (words[-1] in EMPTY_WORDS and start == len(words) - 1 and start):
            return found
    for word in reversed(words):
        if word in EMPTY_WORDS and len(words) > 1:
            continue
        found = table.get(word) or table.get(singular(word))
        if found is not None:
            return found
    return table.get(words[-1])


def sample(description: str) -> str | None:
    """The example that a description gives: `e.g. San Francisco, CA`."""
    match = SAMPLE.search(description)
    if match is None:
        return None
    said = re.match(r"[\"'“`]([^\"'”`]{1,80})[\"'”`]|([^.;()\n]{1,60})", match[1])
    if said is None:
        return None
    return (said[1] or said[2]).strip().rstrip(",") or None
