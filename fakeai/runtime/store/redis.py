"""A store in Redis, which servers on several machines may share.

A write is a script, which Redis runs alone and whole. Below the prefix: `documents:<collection>` maps ids to
`<revision> <place> <JSON>`, `order:<collection>` ranks ids by place, `collections` has the names of those that are not
empty, `places` and `counter:<name>` count, `blob:<name>` maps the numbers of chunks to their bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson

from . import Change, Full, Record, Unusable

VERSION = 1  # of what is kept, at the key `version`
CONNECTIONS = 64  # at once, of one server
CONNECT_TIMEOUT, TIMEOUT = 5.0, 10.0  # seconds
CHUNK = 262_144  # bytes

T = TypeVar("T")

# What may be refused for want of memory comes first: Redis refuses only the first change that a script makes.
WRITE = """
local prefix, clears = KEYS[1], tonumber(ARGV[1])
local revisions, created = {}, 0

local function is_cleared(collection)
  for at = 2, clears + 1 do
    if collection:sub(1, #ARGV[at]) == ARGV[at] then return true end
  end
end

for at = clears + 2, #ARGV, 4 do
  local collection, id, expected, data = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local key = #collection .. ':' .. collection .. id
  if not revisions[key] then
    local found = not is_cleared(collection) and redis.call('HGET', prefix .. 'documents:' .. collection, id)
    revisions[key] = found and tonumber(found:match('^%d+')) or 0
  end
  if expected ~= '' and tonumber(expected) ~= revisions[key] then return 0 end
  revisions[key] = data ~= '' and revisions[key] + 1 or 0
  if data ~= '' then created = created + 1 end
end

local place = created > 0 and redis.call('INCRBY', prefix .. 'places', created) - created

for at = 2, clears + 1 do
  local from, upto = '[' .. ARGV[at], '(' .. ARGV[at] .. '\\255'
  for _, collection in ipairs(redis.call('ZRANGEBYLEX', prefix .. 'collections', from, upto)) do
    redis.call('UNLINK', prefix .. 'documents:' .. collection, prefix .. 'order:' .. collection)
    redis.call('ZREM', prefix .. 'collections', collection)
  end
end

for at = clears + 2, #ARGV, 4 do
  local collection, id, data = ARGV[at], ARGV[at + 1], ARGV[at + 3]
  local documents, order = prefix .. 'documents:' .. collection, prefix .. 'order:' .. collection
  local found = redis.call('HGET', documents, id)
  if data == '' then
    redis.call('HDEL', documents, id)
    redis.call('ZREM', order, id)
    if redis.call('EXISTS', documents) == 0 then redis.call('ZREM', prefix .. 'collections', collection) end
  elseif found then
    local revision, at_place = found:match('^(%d+) (%d+)')
    redis.call('HSET', documents, id, string.format('%.0f %s ', revision + 1, at_place) .. data)
  else
    place = place + 1
    redis.call('HSET', documents, id, string.format('1 %.0f ', place) .. data)
    redis.call('ZADD', order, string.format('%.0f', place), id)
    redis.call('ZADD', prefix .. 'collections', 0, collection)
  end
end
return 1
"""
PAGE = """
local order, documents = KEYS[1], KEYS[2]
local ids = redis.call(ARGV[1], order, ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
local found = {}
for at, id in ipairs(ids) do
  found[2 * at - 1], found[2 * at] = id, redis.call('HGET', documents, id)
end
return found
"""
APPEND = """
local blob, data, chunk = KEYS[1], ARGV[1], tonumber(ARGV[2])
local size, from = tonumber(redis.call('HGET', blob, 'size') or '0'), 1
local whole = size + #data
redis.call('HSET', blob, 'size', string.format('%.0f', whole))
while size < whole do
  local number, within = string.format('%.0f', math.floor(size / chunk)), size % chunk
  local part = data:sub(from, from + chunk - within - 1)
  redis.call('HSET', blob, number, within > 0 and redis.call('HGET', blob, number) .. part or part)
  size, from = size + #part, from + #part
end
return whole
"""
READ = """
local blob, start, size, chunk = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stop = tonumber(redis.call('HGET', blob, 'size') or '0')
if size >= 0 then stop = math.min(stop, start + size) end
local parts = {}
while start < stop do
  local number, within = math.floor(start / chunk), start % chunk
  local part = redis.call('HGET', blob, string.format('%.0f', number))
  parts[#parts + 1] = part:sub(within + 1, within + math.min(stop - start, chunk - within))
  start = start + #parts[#parts]
end
return parts
"""


class RedisStore:
    """A store at *url*: `redis://host:6379/0`, with `?prefix=name` where several share a database."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        self._prefix = query.pop("prefix", "fakeai") + ":"
        self._url = urlunsplit(parts._replace(query=urlencode(query)))
        self._place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"  # without a password
        self._client: Any = None

    async def open(self) -> None:
        try:
            from redis.asyncio import BlockingConnectionPool, Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff
        except ImportError:
            raise Unusable(f"{self._place}: the package redis is missing: pip install 'fakeai[redis]'") from None
        try:
            pool = BlockingConnectionPool.from_url(
                self._url,
                max_connections=CONNECTIONS,
                timeout=TIMEOUT,
                socket_timeout=TIMEOUT,
                socket_connect_timeout=CONNECT_TIMEOUT,
                retry=Retry(NoBackoff(), 0),
            )
            self._client = Redis.from_pool(pool)
            self._write, self._page, self._append, self._read = map(
                self._client.register_script, (WRITE, PAGE, APPEND, READ)
            )
            await self._check_version()
        except (ValueError, TypeError) as error:  # something in the URL
            await self.close()
            raise Unusable(f"{self._place}: {error}") from None
        except BaseException:
            await self.close()
            raise

    async def _check_version(self) -> None:
        """Write our version where there is none.

        Raises:
            Unusable: a later one is there.
        """
        key = self._prefix + "version"
        await self._ask(lambda: self._client.set(key, VERSION, nx=True))
        version = int(await self._ask(lambda: self._client.get(key)))
        if version > VERSION:
            known = f"format {version}; this one knows {VERSION}"
            raise Unusable(f"{self._place}: written by a later version of FakeAI ({known})")

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    async def clear(self) -> None:
        pattern = "".join(f"[{each}]" if each in "*?[]" else each for each in self._prefix) + "*"
        version = (self._prefix + "version").encode()
        at = -1
        while at != 0:
            at, keys = await self._ask(partial(self._client.scan, max(at, 0), pattern, 1000))
            gone = [key for key in keys if key != version]
            if gone:
                await self._ask(partial(self._client.unlink, *gone))

    async def get(self, collection: str, id: str) -> Record | None:
        key = f"{self._prefix}documents:{collection}"
        value = await self._ask(lambda: self._client.hget(key, id), times=2)
        return None if value is None else _record(id, value)

    async def page(
        self, collection: str, limit: int, *, after: int | None = None, descending: bool = False
    ) -> list[Record]:
        keys = [f"{self._prefix}order:{collection}", f"{self._prefix}documents:{collection}"]
        if descending:
            args = ["ZREVRANGEBYSCORE", "+inf" if after is None else f"({after}", "-inf", limit]
        else:
            args = ["ZRANGEBYSCORE", "-inf" if after is None else f"({after}", "+inf", limit]
        found = await self._ask(lambda: self._page(keys, args), times=2)
        return [_record(id.decode(), value) for id, value in zip(found[::2], found[1::2], strict=True)]

    async def write(self, *changes: Change, clear: Sequence[str] = ()) -> bool:
        args: list[Any] = [len(clear), *clear]
        for change in changes:
            revision = "" if change.revision is None else change.revision
            args += (change.collection, change.id, revision, b"" if change.data is None else orjson.dumps(change.data))
        return bool(await self._ask(lambda: self._write([self._prefix], args)))

    async def add(self, counter: str, step: int = 1) -> int:
        return int(await self._ask(lambda: self._client.incrby(f"{self._prefix}counter:{counter}", step)))

    async def append(self, blob: str, data: bytes) -> int:
        return int(await self._ask(lambda: self._append([f"{self._prefix}blob:{blob}"], [data, CHUNK])))

    async def read(self, blob: str, start: int = 0, size: int = -1) -> bytes:
        key = f"{self._prefix}blob:{blob}"
        return b"".join(await self._ask(lambda: self._read([key], [start, size, CHUNK]), times=2))

    async def forget(self, *blobs: str) -> None:
        if blobs:
            await self._ask(lambda: self._client.unlink(*(f"{self._prefix}blob:{blob}" for blob in blobs)))

    async def _ask(self, call: Callable[[], Awaitable[T]], times: int = 1) -> T:
        """What Redis answers; a call that changes nothing may be made several *times* when the connection is lost.

        Raises:
            Full: Redis has no memory left for it; nothing happened.
            Unusable: Redis cannot be reached, or refuses.
        """
        from redis import exceptions

        if asyncio.current_task() is None:  # a call that is answered at once has no task, which Redis' client needs
            return await asyncio.ensure_future(self._ask(call, times))
        while True:
            times -= 1
            try:
                if asyncio.current_task() is None:  # the express lane begins calls outside of tasks
                    return await asyncio.ensure_future(call())
                return await call()
            except exceptions.OutOfMemoryError as error:
                raise Full(str(error)) from error
            except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
                if times == 0:
                    raise Unusable(f"{self._place}: {error}") from error
            except exceptions.RedisError as error:
                raise Unusable(f"{self._place}: {error}") from error


def _record(id: str, value: bytes) -> Record:
    revision, place, data = value.split(b" ", 2)
    return Record(id, orjson.loads(data), int(place), int(revision))
