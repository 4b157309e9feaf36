"""Deliver, one pass of the minute worker: every system's receipts, in order, once.

The minute worker may run in Dagster, from cron and by hand at the same time: a lease with a
fence lets one of them work on a system, and what a slower one still has to say is refused.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.fence import Fence, FenceLostError, Tools
from inventory_pipeline.correct.post import Post
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.store.journal import Journal, read_instant

logger = logging.getLogger(__name__)

# Longer than any call may take, with as much again to write down what came back.
LEASE_LIFE = timedelta(seconds=150)
# A pass ends before the next one is due.
PASS_LENGTH = timedelta(seconds=50)
CHUNK = 500


@dataclass
class Delivered:
    """What one pass came to.

    Attributes:
        tally: receipts that were confirmed, uncertain, superseded, dead, or go again;
            for_people: of those, what nobody but a person can settle.
        busy: systems that another worker was at.
        left: systems left alone, and why.
        unwritable: systems with receipts and without a way to write.
    """

    tally: Counter[str] = field(default_factory=Counter)
    busy: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    unwritable: list[str] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        """Return whether something waits for somebody, or has no way out."""
        return bool(self.tally["for_people"] or self.unwritable)


@dataclass(frozen=True)
class Worker:
    """One worker; ``holder`` is by what leases know it."""

    journal: Journal
    holder: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    crash_at: Callable[[str], None] = lambda _point: None

    @property
    def tools(self) -> Tools:
        return Tools(self.now, self.sleep, self.crash_at)


def run_pass(
    worker: Worker, writers: Mapping[str, Writer], *, length: timedelta = PASS_LENGTH
) -> Delivered:
    """Deliver what is due. Systems take turns, so that a long queue of one starves no other."""
    done, deadline = Delivered(), worker.now() + length
    posts = _open_posts(worker, writers, done)
    at_work = list(posts)
    try:
        while at_work and worker.now() < deadline:
            at_work = [post for post in at_work if _take_turn(post, done)]
    finally:
        for post in posts:
            _close(worker, post)
            done.tally += post.tally
    return done


def _open_posts(worker: Worker, writers: Mapping[str, Writer], done: Delivered) -> list[Post]:
    posts = []
    for system in queue.find_systems(worker.journal):
        now = worker.now()
        pause = queue.find_pause(worker.journal, system)
        if system not in writers:
            done.unwritable.append(system)
        elif pause and read_instant(pause["until_at"]) > now:
            done.left[system] = pause["reason"]
        elif (fence := _take(worker, system, now)) is None:
            done.busy.append(system)
        else:
            queue.recover(worker.journal, system, now=now)
            post = Post(worker.journal, system, writers[system], fence, worker.tools)
            posts.append(post)
            _give_way(post, done, now)
    return posts


def _give_way(post: Post, done: Delivered, now: datetime) -> None:
    try:
        with post.fenced():
            post.tally["superseded"] += queue.give_way(post.journal, post.system, now=now)
    except FenceLostError:
        done.busy.append(post.system)


def _take(worker: Worker, system: str, now: datetime) -> Fence | None:
    name = f"deliver:{system}"
    number = worker.journal.take_lease(name, worker.holder, now=now, life=LEASE_LIFE)
    return None if number is None else Fence(name, worker.holder, number)


def _close(worker: Worker, post: Post) -> None:
    if worker.journal.holds_lease(*post.fence):
        worker.journal.drop_lease(post.fence.name, post.fence.holder)


def _take_turn(post: Post, done: Delivered) -> bool:
    """Send one request of a system; return whether it has another one."""
    try:
        post.renew(LEASE_LIFE)
        has_more = post.work(CHUNK)
    except FenceLostError:
        logger.warning("another worker took over system=%s", post.system)
        done.busy.append(post.system)
        return False
    if post.stopped:
        done.left[post.system] = post.stopped
    return has_more and not post.stopped
