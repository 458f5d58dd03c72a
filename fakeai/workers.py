"""Several processes that answer as one server: they share its socket, and one that dies is replaced."""

import contextlib
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

STOPS = (signal.SIGINT, signal.SIGTERM)
PAUSE = 1.0  # seconds before one is tried again after one that could not start

log = logging.getLogger("fakeai")

Work = Callable[[int, Callable[[], None]], None]


def supervise(count: int, work: Work, ready: Callable[[], None], stopping: Callable[[], None]) -> int:
    """Keep *count* processes at *work* until a signal stops them; return the exit code.

    *work* gets a number from 0 to *count* - 1, that of the process whose place it takes, and what it calls when it can
    answer; it serves, and returns when SIGTERM tells it to stop. *ready* is called once, when all processes can answer,
    *stopping* when they are told to stop. When one ends before all could answer, the others are stopped and the code
    is 1.
    """
    gc.collect()
    gc.freeze()  # what is loaded stays memory that all share
    woken, waker = multiprocessing.Pipe(duplex=False)
    for name in STOPS:
        signal.signal(name, lambda caught, _: waker.send(caught))
    life, lifeline = os.pipe()  # `life` ends when this process is gone, however it went
    crew: list[_Worker] = []
    is_complete = is_stopping = False
    code, pause = 0, None
    while crew or not is_stopping:
        while len(crew) < count and not is_stopping and pause is None:
            number = min(set(range(count)) - {worker.number for worker in crew})
            crew.append(_start(number, work, life, lifeline))
        found = wait([woken, *(w.process.sentinel for w in crew), *(w.starting for w in crew if w.starting)], pause)
        pause = None
        caught: int | None = woken.recv() if woken in found else None
        for worker in list(crew):
            if worker.starting in found:
                with contextlib.suppress(EOFError):  # it died instead, as its sentinel says, too
                    worker.starting = worker.starting.recv()
            if worker.process.sentinel in found:
                worker.process.join()
                crew.remove(worker)
                if not is_stopping:
                    log.error("Process %d ended with code %s.", worker.process.pid, worker.process.exitcode)
                if worker.starting and is_complete:
                    pause = PAUSE
                elif worker.starting and not is_stopping:
                    caught, code = signal.SIGTERM, 1
        if caught is not None:
            stopping()
            _signal(crew, caught if is_stopping else signal.SIGTERM)  # uvicorn takes a second SIGINT for "at once"
            is_stopping = True
        elif not is_complete and len(crew) == count and not any(w.starting for w in crew):
            is_complete = True
            ready()
    return code


@dataclass(eq=False)
class _Worker:
    """A process, and until it can answer the pipe by which it says so."""

    number: int
    process: ForkProcess
    starting: Connection | None


def _start(number: int, work: Work, life: int, lifeline: int) -> _Worker:
    reader, writer = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_run, args=(number, work, writer, life, lifeline))
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # which it would take for its parent's
    process.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    writer.close()
    return _Worker(number, process, reader)


def _run(number: int, work: Work, writer: Connection, life: int, lifeline: int) -> None:
    """What a worker does, in its process."""
    for stop in STOPS:
        signal.signal(stop, lambda *_: os._exit(0))  # before it serves, and when uvicorn raises it again after that
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    os.close(lifeline)
    threading.Thread(target=_follow, args=(life,), daemon=True).start()
    work(number, lambda: writer.send(None))


def _follow(life: int) -> None:
    """Stop this process when the one that started it is gone."""
    os.read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _signal(crew: list[_Worker], number: int) -> None:
    for worker in crew:
        assert worker.process.pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.process.pid, number)
