#!/usr/bin/env python3
"""Kill the service while it sends, on LINE's worst day, and count what arrived.

  courier.py --build build/release --messages 100000 --kills 200 [--seed N] [--keep]

An outbox is filled with pushes and multicasts; each life of the service adds a few replies and
menus. line-sim plays LINE, and of its answers three in ten are faults: refusals, failures before and
after the message was taken, connections that end or hang, also after it was taken. The service is
killed (-9) at moments spread over the whole of the work and, every third time, once more while it
starts. The last life is left alone until everything owed has ended. Then

  LINE took no retry key twice, and every repeat of one had the same bytes;
  a message has exactly one end, and it is `sent` or `accepted_before` exactly when LINE took it;
  no reply was asked for twice;
  what LINE counted is no more than what was charged to the budget;
  `stampd check` finds every invariant whole.
"""
import argparse
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import closing

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from ports import free_port

PEOPLE = 500  # as courier_main.c
FAULTS = [    # kind, share, ms
    ("500_before", .05, None), ("500_after", .055, None), ("reset", .04, None),
    ("reset_after", .04, None), ("401", .02, None), ("429", .06, None), ("429_user", .012, None),
    ("429_month", .003, None), ("400", .007, None), ("drop_200", .025, None), ("slow", .025, 60),
    ("hang", .01, 400), ("hang_after", .015, 400),
]
TAKEN = ("sent", "accepted_before")
ENDS = TAKEN + ("rejected", "quota", "unreachable", "expired", "dropped", "erased")


def die(text):
    print(f"courier: {text}", file=sys.stderr)
    sys.exit(1)


class Run:
    def __init__(self, args):
        self.args, self.random = args, random.Random(args.seed)
        self.dir = tempfile.mkdtemp(prefix="stampd-courier-")
        self.program = os.path.join(args.build, "tests/faults/courier_main")
        self.stampd = os.path.join(args.build, "stampd")
        self.book = os.path.join(self.dir, "book", "stampd.db")
        self.record = os.path.join(self.dir, "requests")
        self.log = open(os.path.join(self.dir, "log"), "wb")
        self.life, self.server, self.sim = 0, None, None

    # ---------------------------------------------------------------- the programs

    def prepare(self):
        self.sim_port, port = free_port(), free_port()
        sim = f"http://127.0.0.1:{self.sim_port}"
        self.conf = os.path.join(self.dir, "stampd.conf")
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(f"DATA_DIR={self.dir}/book\nLISTEN=127.0.0.1:{port}\n"
                    f"PUBLIC_URL=http://127.0.0.1:{port}\nWORKERS=1\n"
                    "LOGIN_CHANNEL_ID=1234567890\n"
                    "LOGIN_CHANNEL_SECRET=0123456789abcdef0123456789abcdef\n"
                    "CHANNEL_ID=1234567891\nCHANNEL_SECRET=fedcba9876543210fedcba9876543210\n"
                    f"LINE_ACCESS_URL={sim}\nLINE_API_URL={sim}\nLIFF_URL={sim}/liff\n")
        self.command(self.stampd, "--config", self.conf, "init")
        self.command(self.program, self.conf, "fill", str(self.args.messages), str(self.args.seed))
        self.sim = subprocess.Popen(
            [os.path.join(self.args.build, "line-sim"), "--listen", f"127.0.0.1:{self.sim_port}",
             "--people", str(PEOPLE), "--quota", "-1", "--record", self.record,
             "--webhook", f"http://127.0.0.1:{port}/line/webhook"],
            stdout=subprocess.DEVNULL, stderr=self.log)
        self.wait(lambda: self.ask("GET", "/sim/faults") is not None, "line-sim does not answer")
        for kind, share, ms in FAULTS:
            fault = {"path": "/v2/bot/*", "kind": kind, "rate": share}
            self.ask("POST", "/sim/faults", fault if ms is None else dict(fault, ms=ms))

    def command(self, *words):
        p = subprocess.run(words, capture_output=True, text=True)
        if p.returncode:
            die(f"{' '.join(words)}: {p.stdout}{p.stderr}")
        return p.stdout

    def wait(self, ready, otherwise):
        until = time.monotonic() + 30
        while not ready():
            if time.monotonic() > until:
                die(otherwise)
            time.sleep(.01)

    def ask(self, method, path, body=None):
        """line-sim; a fault of its own control does not count as an answer."""
        try:
            c = http.client.HTTPConnection("127.0.0.1", self.sim_port, timeout=120)
            c.request(method, path, json.dumps(body) if body else None,
                      {"Content-Type": "application/json"} if body else {})
            answer = c.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else None
        except OSError:
            return None

    def start(self):
        self.life += 1
        self.server = subprocess.Popen([self.program, self.conf, "run", str(self.life)],
                                       stdout=self.log, stderr=self.log)

    def ended(self):
        """True when it has ended by itself; it may only when all is done."""
        code = self.server.poll()
        if code is not None and code != 0:
            die(f"the service ended with {code}: see {self.dir}/log")
        return code is not None

    def kill(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def read(self, sql):
        with closing(sqlite3.connect(f"file:{self.book}?mode=ro", uri=True, timeout=30)) as db:
            return db.execute(sql).fetchall()

    # ---------------------------------------------------------------- the day

    def open_messages(self):
        return self.read("SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')")[0][0]

    def one_life(self, goal):
        """Until `goal` messages are left, and a moment longer; then it dies."""
        self.start()
        if self.life % 3 == 0:  # not even up
            time.sleep(self.random.uniform(0, .06))
            self.kill()
            self.killed["starting"] += 1
            self.start()
        while self.open_messages() > goal:
            if self.ended():
                return
            time.sleep(.02)
        time.sleep(self.random.uniform(0, .03))
        if not self.ended():
            self.kill()
            self.killed["sending"] += 1

    def all(self):
        self.killed = Counter()
        self.prepare()
        n, began = self.args.messages, time.monotonic()
        goals = sorted((self.random.uniform(.02, .998) * n for _ in range(self.args.kills)),
                       reverse=True)
        while sum(self.killed.values()) < self.args.kills:
            self.one_life(goals[sum(self.killed.values())])
        self.start()
        self.wait_end()
        took = time.monotonic() - began
        return self.judge(took)

    def wait_end(self):
        until = time.monotonic() + 900
        while not self.ended():
            if time.monotonic() > until:
                die(f"{self.open_messages()} messages do not end: see {self.dir}")
            time.sleep(.05)

    # ---------------------------------------------------------------- what came of it

    def asked(self):
        """From line-sim's record: bodies by retry key, and how often each reply token came."""
        bodies, replies, requests = defaultdict(set), Counter(), 0
        with open(self.record, encoding="utf-8") as f:
            for line in f:
                r = json.loads(line)
                requests += r["path"].startswith("/v2/bot/")
                key = r["headers"].get("X-Line-Retry-Key")
                if key:
                    bodies[key].add(r["body"])
                elif r["path"] == "/v2/bot/message/reply":
                    replies[json.loads(r["body"])["replyToken"]] += 1
        return bodies, replies, requests

    def judge(self, took):
        state = self.ask("GET", "/sim/state")
        taken = {key: r["accepted"] for key, r in state["retries"].items()}
        rows = self.read("SELECT kind, state, retry_key, closed_ms, tries FROM outbox")
        tries = self.read("SELECT count(*), count(*) FILTER (WHERE status IS NULL),"
                          " count(*) FILTER (WHERE line_request_id IS NOT NULL) FROM outbox_try")[0]
        charged = self.read("SELECT coalesce(sum(charged), 0) FROM budget_month")[0][0]
        bodies, replies, requests = self.asked()
        twice = sum(n > 1 for n in taken.values())
        changed = sum(len(b) > 1 for b in bodies.values())
        no_end = sum(r[1] not in ENDS or r[3] is None for r in rows)
        disagree = [r for r in rows if r[2] and (r[1] in TAKEN) != (taken.get(r[2], 0) == 1)]
        strange = len(set(taken) - {r[2] for r in rows})
        reply_twice = sum(n > 1 for n in replies.values())
        ends = Counter((r[0], r[1]) for r in rows)
        check = subprocess.run([self.stampd, "--config", self.conf, "check"], capture_output=True,
                               text=True)
        faults = {f["kind"]: f["happened"] for f in state["faults"]}
        print(f"messages        {self.args.messages} pushes and multicasts, {len(replies)} replies "
              f"asked, {sum(n for (kind, _), n in ends.items() if kind == 'menu')} menus")
        print(f"kills           {sum(self.killed.values())} (sending {self.killed['sending']}, "
              f"starting {self.killed['starting']}), seed {self.args.seed}")
        print(f"took            {took:.0f} s, {requests / took:.0f} requests a second "
              f"({requests} in all)")
        print(f"faults          {sum(faults.values()) / max(1, requests):.1%}: "
              + ", ".join(f"{k} {n}" for k, n in sorted(faults.items())))
        print(f"attempts        {tries[0]} on record, {tries[1]} cut off by a kill, "
              f"{tries[2]} with LINE's request id")
        for kind in ("push", "multicast", "reply", "menu"):
            print(f"{kind:15} " + ", ".join(f"{s} {n}" for (k, s), n in sorted(ends.items())
                                            if k == kind))
        print(f"taken twice     {twice}")
        print(f"bytes changed   {changed}")
        print(f"without an end  {no_end}")
        print(f"disagree        {len(disagree)}, unknown to us {strange}")
        print(f"replies twice   {reply_twice}")
        print(f"counted         {state['quota']['used']} by LINE, {charged} charged")
        print(f"check           {'sound' if check.returncode == 0 else check.stdout}")
        for row in disagree[:5]:
            print("  ", row, taken.get(row[2]))
        return [twice == 0, changed == 0, no_end == 0, not disagree and not strange,
                reply_twice == 0, state["quota"]["used"] <= charged, check.returncode == 0,
                all(faults[kind] > 0 for kind, _, _ in FAULTS) or self.args.messages < 2000,
                tries[1] > 0 or self.args.kills < 3]

    def close(self, keep):
        for p in (self.server, self.sim):
            if p is not None and p.poll() is None:
                p.kill()
                p.wait()
        self.log.close()
        if keep:
            print(f"kept: {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build/release")
    p.add_argument("--messages", type=int, default=100000)
    p.add_argument("--kills", type=int, default=200)
    p.add_argument("--seed", type=int, default=20261126)
    p.add_argument("--keep", action="store_true", help="leave the folder")
    args = p.parse_args()
    run, claims = Run(args), [False]
    try:
        claims = run.all()
    finally:
        run.close(args.keep or not all(claims))
    print(f"{sum(claims)} passed, {len(claims) - sum(claims)} failed")
    return 0 if all(claims) else 1


if __name__ == "__main__":
    sys.exit(main())
