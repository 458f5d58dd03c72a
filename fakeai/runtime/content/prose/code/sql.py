"""SQL: a query with the tables and columns that the prompt names."""

import re

FROM = re.compile(
    r"\b(?:from|in|into|of|on|for|table)\s{1,9}(?:the |a |an |my |our |"
    r"all (?:the )?)?[`\"']?([a-z_]\w*)[`\"']?(?:\s{1,9}table)?\b",
    re.I,
)
TABLE = re.compile(
    r"[`\"']?([a-z_]\w*)[`\"']? table\b|\btable (?:called |named |for )?(?:storing |of )?[`\"']?([a-z_]\w*)", re.I
)
ALL = re.compile(
    r"\b(?:all|every|each|the|find|select|get|list|fetch|show|count|number of|delete|insert|"
    r"update)\s{1,9}(?:of )?(?:the |all |a |an )?(?:new |number of |active |top \d+ )?([a-z_]+s)\b",
    re.I,
)
BY = re.compile(r"\b(?:by|per|for each|grouped by|group by)\s{1,9}(?:the |their )?([a-z_]\w*)", re.I)
TOP = re.compile(r"\b(?:top|first|limit|last|latest|newest)\s{1,9}(\d+)", re.I)
WHERE = re.compile(
    r"\b(?:where|whose|with|older than|younger than|who are|having)\s{1,9}(?:the |"
    r"an? )?(?:([a-z_]\w*)\s{1,9}(?:is |are )?)?(greater than|more than|over|above|less than|under|"
    r"below|older than|at least|equal to|equals|is|=|>|<|>=|<=|like)?\s{0,9}['\"]?(\d[\d.]*|[A-Z]\w*|"
    r"'[^']*')",
    re.I,
)
OLDER = re.compile(r"\b(older|younger) than (\d+)|\bover (\d+) years|\bin the last (\d+) (days|months)", re.I)
COLUMNS = re.compile(
    r"\b(?:columns?|fields?|with)\s{0,9}:?\s{1,9}((?:an? |the )?[a-z_]\w*(?:\s{0,9}(?:,|and|"
    r",\s{0,9}and)\s{0,9}(?:an? |the )?[a-z_]\w*)+)",
    re.I,
)
NOT_TABLES = frozenset(
    "sql query queries select statement that which table database all each the a order "
    "descending ascending rows columns records statements postgres mysql sqlite results values".split()
)
TYPES = {"id": "INTEGER PRIMARY KEY", "age": "INTEGER", "price": "NUMERIC(10, 2)", "amount": "NUMERIC(10, 2)",
"salary": "NUMERIC(10, 2)", "quantity": "INTEGER", "created_at": "TIMESTAMP",
         "date": "DATE", "email": "VARCHAR(255) UNIQUE", "active": "BOOLEAN"}  # fmt: skip
MORE = ("greater", "more", "over", "above", ">", "older")
LESS = ("less", "under", "below", "<", "younger")


def query(text: str) -> str:
    """The query that *text* describes."""
    table = _table(text)
    lower = text.lower()
    columns = _columns(text)
    if re.search(r"\bcreate (?:a |an |the )?(?:\w+ )?table\b|\b(?:table )?schema\b", lower):
        names = columns or ["name", "email", "created_at"]
        names = ["id", *(name for name in names if name != "id")]
        return (
            f"CREATE TABLE {table} (\n"
            + ",\n".join(f"    {name} {TYPES.get(name, 'VARCHAR(255) NOT NULL')}" for name in names)
            + "\n);"
        )
    if re.search(r"\binsert\w*\b|\badd (?:a )?(?:new )?(?:row|record)", lower):
        names = columns or ["name", "email"]
        values = ", ".join("30" if TYPES.get(name, "").startswith(("INT", "NUM")) else f"'{name}'" for name in names)
        return f"INSERT INTO {table} ({', '.join(names)})\nVALUES ({values});"
    where = _where(text)
    if re.search(r"\bdelete\w*\b|\bremove\w*\b", lower) and "duplicate" not in lower:
        return f"DELETE FROM {table}\nWHERE {where or 'id = 1'};"
    if re.search(r"\bupdate\w*\b", lower):
        return f"UPDATE {table}\nSET {(columns or ['name'])[0]} = 'new value'\nWHERE {where or 'id = 1'};"
    if "duplicate" in lower:
        column = (columns or ["email"])[0]
        return f"SELECT {column}, COUNT(*) AS count\nFROM {table}\nGROUP BY {column}\nHAVING COUNT(*) > 1;"
    if re.search(r"\bjoin\w*\b", lower):
        tables = [name for name in dict.fromkeys(re.findall(r"\b([a-z_]+s)\b", lower)) if name not in NOT_TABLES][:2]
        first, second = tables if len(tables) == 2 else (table, "orders")
        key = f"{first.removesuffix('s')}_id"
        return f"SELECT {first}.name, {second}.*\nFROM {first}\nJOIN {second} ON {second}.{key} = {first}.id;"
    return _select(lower, table, columns, where, text)


def _select(lower: str, table: str, columns: list[str], where: str, text: str) -> str:
    by = BY.search(text)
    group = by[1].lower() if by and not re.search(r"\border(?:ed)? by|\bsort(?:ed)? by", lower) else ""
    sort = re.search(r"\b(?:order(?:ed)?|sort(?:ed)?) by (?:the |their )?([a-z_]\w*)", lower)
    top = TOP.search(lower)
    aggregate = next((f"{name}({'*' if name == 'COUNT' else _measure(lower)}) AS {alias}" for words, name, alias in (
        (r"\b(?:count|how many|number of)\b", "COUNT", "count"), (r"\b(?:average|mean|avg)\b", "AVG", "average"),
        (r"\b(?:sum|total)\b", "SUM", "total"),
        (r"\b(?:max\w*|highest|largest)\b", "MAX", "highest"), (r"\b(?:min\w*|lowest|smallest)\b", "MIN",
        "lowest")) if re.search(words, lower)), "")  # fmt: skip
    if re.search(r"\bsecond highest\b", lower):
        measure = _measure(lower)
        return f"SELECT DISTINCT {measure}\nFROM {table}\nORDER BY {measure} DESC\nLIMIT 1 OFFSET 1;"
    if aggregate and not top:
        lines = [f"SELECT {group + ', ' if group else ''}{aggregate}", f"FROM {table}"]
        lines += [f"WHERE {where}"] if where else []
        lines += [f"GROUP BY {group}"] if group else []
        return "\n".join(lines) + ";"
    lines = [f"SELECT {', '.join(columns) if columns else '*'}", f"FROM {table}"]
    lines += [f"WHERE {where}"] if where else []
    if top or sort:
        way = " DESC" if top or "desc" in lower else ""
        lines.append(
            f"ORDER BY {sort[1] if sort else _measure(lower) if re.search(_MEASURE, lower) else 'created_at'}{way}"
        )
    lines += [f"LIMIT {top[1]}"] if top else []
    return "\n".join(lines) + ";"


_MEASURE = r"\b(salary|salaries|price|prices|amount|revenue|sales|age|score|quantity|total|rating)\b"


def _measure(lower: str) -> str:
    found = re.search(_MEASURE, lower)
    return (
        {"salaries": "salary", "prices": "price", "sales": "amount", "revenue": "amount", "total": "amount"}.get(
            found[1], found[1]
        )
        if found
        else "amount"
    )


def _table(text: str) -> str:
    for pattern in (TABLE, ALL, FROM):
        for found in pattern.finditer(text):
            name = next(group for group in found.groups() if group).lower()
            if name not in NOT_TABLES:
                return name
    return "users"


def _columns(text: str) -> list[str]:
    found = COLUMNS.search(text)
    if not found:
        return []
    names = [re.sub(r"^(?:an? |the )", "", name.strip().lower()) for name in re.split(r",|\band\b", found[1])]
    return [name for name in names if re.fullmatch(r"[a-z_]\w*", name) and name not in NOT_TABLES]


def _where(text: str) -> str:
    older = OLDER.search(text)
    if older:
        if older[4]:
            return f"created_at >= CURRENT_DATE - INTERVAL '{older[4]} {older[5]}'"
        return f"age {'<' if older[1] and older[1].lower() == 'younger' else '>'} {older[2] or older[3]}"
    found = WHERE.search(text)
    if not found or (not found[1] and not found[2]):
        return ""
    column = (found[1] or "age").lower()
    if column in NOT_TABLES or column in ("columns", "fields", "name"):
        return ""
    how = (found[2] or "=").lower()
    sign = ">" if how.startswith(MORE) else "<" if how.startswith(LESS) else ">=" if how == "at least" else "="
    value = found[3] if found[3][0].isdigit() or found[3][0] == "'" else f"'{found[3]}'"
    return f"{column} {sign} {value}"
