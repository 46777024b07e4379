#!/usr/bin/env python3
"""Kill -9 the service under load, many times, and look for lost or doubled grants.

  kill.py --build build/release --kills 500 [--seed N] [--keep]

A copy of the demo's book is served; several tills grant on many cards at once, each grant with an
Idempotency-Key of its own, some of them reversed again. At a moment chosen by --seed (while it
starts, under load, in the lull in which it checkpoints) the server is killed, started again, and

  every answer it gave (transfer number and MAC) must be in the book, once, as it was told;
  every request it did not answer is sent again with the same key, and must end as one transfer;
  the book must hold not one transfer more than that;
  `stampd check` must find every invariant whole.

Shoppers sign in through line-sim and read their codes off the card, tills are enrolled by `stampd
till add`, staff sign in by PIN: nothing here has a way in that users do not have.
"""
import argparse
import http.client
import json
import os
import queue
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PLANS = 12     # beside the demo's two; more cards are more codes in each 30 s step
PEOPLE = 240   # whom line-sim plays
CLIENTS = 8    # threads, each with a till of its own
STEP_MS = 30000


def die(text):
    print(f"kill: {text}", file=sys.stderr)
    sys.exit(1)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Gone(Exception):
    """No answer: nobody knows whether it was done."""


class Client:
    """One keep-alive connection that says it comes from an address of its own."""

    def __init__(self, port, address):
        self.port, self.address, self.http, self.cookies = port, address, None, {}

    def ask(self, method, path, body=None, key=None):
        headers = {"X-Real-IP": self.address, "Sec-Fetch-Site": "same-origin",
                   "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            if self.http is None:
                self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.http.request(method, path, body, headers)
            answer = self.http.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as e:
            self.close()
            raise Gone() from e
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        if answer.getheader("Connection") == "close":
            self.close()
        return answer.status, json.loads(data) if data else None, answer.headers

    def close(self):
        if self.http is not None:
            self.http.close()
        self.http = None


class Op:
    """One request that moves points: what was sent, and what is known of it."""

    def __init__(self, path, body, key, till, card=None):
        self.path, self.body, self.key, self.till, self.card = path, body, key, till, card
        self.retried = False


class Run:
    def __init__(self, args):
        self.args = args
        self.random = random.Random(args.seed)
        self.dir = tempfile.mkdtemp(prefix="stampd-kill-")
        self.stampd = os.path.abspath(os.path.join(args.build, "stampd"))
        self.log = open(os.path.join(self.dir, "log"), "wb")
        self.port, self.server, self.sim = free_port(), None, None
        self.lock = threading.Lock()
        self.done, self.open, self.refused = [], [], 0  # (op, answer); ops without an answer
        self.cards, self.step = queue.SimpleQueue(), 0  # whose code of this step is not used yet
        self.pause, self.running = threading.Event(), threading.Event()

    # ---------------------------------------------------------------- the programs

    def command(self, *words):
        p = subprocess.run([self.stampd, "--config", self.conf, *words], capture_output=True,
                           text=True, env=self.env)
        if p.returncode:
            raise RuntimeError(f"stampd {' '.join(words)}: {p.stdout}{p.stderr}")
        return p.stdout

    def prepare(self):
        self.sim_port = free_port()
        book = os.path.join(self.dir, "book")
        made = subprocess.run([self.stampd, "demo-data", "--dir", book, "--members", "40",
                               "--listen", f"127.0.0.1:{self.port}",
                               "--sim", f"http://127.0.0.1:{self.sim_port}"],
                              capture_output=True, text=True)
        if made.returncode:
            die(made.stderr)
        self.conf = os.path.join(book, "stampd.conf")
        self.book = os.path.join(book, "stampd.db")
        self.env = dict(os.environ, STAMPD_PEER_RATE="0", STAMPD_PROXY_HEADER="X-Real-IP",
                        STAMPD_LOG_LEVEL="error")
        with open(os.path.join(book, "demo.json"), encoding="utf-8") as f:
            self.demo = json.load(f)
        for i in range(PLANS):
            unit = ("--unit", "point", "--yen-per-point", "10") if i % 2 else ("--unit", "stamp")
            self.command("plan", "add", "--name", f"Plan {i}", "--goal", str(5 + 20 * (i % 2)),
                         "--rewards", f"{5 + 20 * (i % 2)}=Reward {i}", "--cool-down-min", "0", *unit)
        self.sim = subprocess.Popen(
            [os.path.join(self.args.build, "line-sim"), "--listen", f"127.0.0.1:{self.sim_port}",
             "--people", str(PEOPLE), "--quota", "-1", "--liff", f"http://127.0.0.1:{self.port}/card",
             "--webhook", f"http://127.0.0.1:{self.port}/line/webhook"],
            stdout=subprocess.DEVNULL, stderr=self.log)

    def start(self):
        self.server = subprocess.Popen([self.stampd, "--config", self.conf, "serve"],
                                       stdout=self.log, stderr=self.log, env=self.env)

    def wait_ready(self):
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                if Client(self.port, "127.0.0.1").ask("GET", "/healthz")[0] == 200:
                    return
            except Gone:
                if self.server.poll() is not None:
                    self.log.flush()
                    die(f"the server ended by itself with {self.server.returncode}: "
                        f"see {self.dir}/log")
                time.sleep(0.003)
        die("the server does not answer")

    def kill(self):
        self.server.kill()
        self.server.wait()

    def hang_up(self):
        for c in [s for s, _ in self.shoppers] + self.tills:
            c.close()

    # ---------------------------------------------------------------- who takes part

    def sign_in(self):
        """Shoppers with their plans, and tills with somebody at each; as in life."""
        sim = Client(self.sim_port, "127.0.0.1")
        self.shoppers, self.tills = [], []
        for person in range(1, PEOPLE + 1):
            token = sim.ask("GET", f"/sim/liff-token?person={person}")[1]["id_token"]
            c = Client(self.port, f"10.0.{person >> 8}.{person & 255}")
            status, answer, _ = c.ask("POST", "/line/session", {"id_token": token})
            if status != 200:
                die(f"sign-in of person {person}: {status} {answer}")
            plans = [p["plan"] for p in c.ask("GET", "/api/card")[1]["cards"] if p["plan"] != 1]
            self.shoppers.append((c, plans))
        for i in range(CLIENTS):
            staff = self.demo["staff"][i % len(self.demo["staff"])]
            said = self.command("till", "add", "--shop", staff["shop"], "--name", f"Till {i}")
            code = next(l.split()[1] for l in said.splitlines() if l.startswith("code"))
            c = Client(self.port, f"10.1.0.{i}")
            status, answer, _ = c.ask("POST", "/api/till/enrol", {"code": code})
            if status == 200:
                status, answer, _ = c.ask("POST", "/api/till/staff",
                                          {"staff": staff["id"], "pin": staff["pin"]})
            if status != 200:
                die(f"till {i}: {status} {answer}")
            self.tills.append(c)
        units = {p["id"]: p["unit"] for p in answer["plans"]}
        self.is_stamp = {plan: unit == "stamp" for plan, unit in units.items()}
        with self.read() as db:
            self.before = db.execute("SELECT count(*) FROM transfer WHERE kind IN (1, 3)").fetchone()[0]

    def new_codes(self):
        """A card shows a new code in each step: then all of them can be read again."""
        step = int(time.time() * 1000) // STEP_MS
        if step == self.step:
            return
        self.step = step
        cards = [(shopper, plan) for shopper, plans in self.shoppers for plan in plans]
        self.random.shuffle(cards)
        self.cards = queue.SimpleQueue()
        for card in cards:
            self.cards.put(card)

    # ---------------------------------------------------------------- load

    def key(self, chance):
        return f"{chance.getrandbits(128):032x}"

    def code_of(self, phone):
        """What the next shopper's phone shows."""
        shopper, plan = self.cards.get_nowait()
        phone.cookies, phone.address = shopper.cookies, shopper.address
        status, answer, _ = phone.ask("GET", f"/api/card/codes?plan={plan}")
        if status != 200:
            raise queue.Empty
        return answer["codes"][0]["digits"], plan

    def grant(self, c, phone, chance):
        """One grant in one of its two forms, or the reversal of one; None: nothing to do."""
        if chance.random() < 0.08 and not self.cards.empty():
            with self.lock:
                mine = [(o, a) for o, a in self.done
                        if o.till is c and o.path.endswith("grants") and not o.card]
            if mine:
                op, answer = chance.choice(mine[-20:])
                op.card = "reversed"
                return Op("/api/till/reversals", {"transfer": answer["transfer"]}, self.key(chance), c)
        try:
            code, plan = self.code_of(phone)
        except queue.Empty:
            return None
        what = {"stamps": 1} if self.is_stamp[plan] else {"yen": 100}
        if chance.random() < 0.6:
            what.update(code=code, scanned_at=int(time.time() * 1000))
        else:
            status, answer, _ = c.ask("POST", "/api/till/scans", {"code": code})
            if status != 200:
                return None
            what["scan"] = answer["scan"]
        return Op("/api/till/grants", what, self.key(chance), c)

    def send(self, op):
        """Whatever the server says is final; what it does not say is asked again later."""
        try:
            status, answer, headers = op.till.ask("POST", op.path, op.body, op.key)
        except Gone:
            with self.lock:
                self.open.append(op)
            raise
        with self.lock:
            if status == 201:
                self.done.append((op, answer))
            elif status in (429, 503):
                self.open.append(op)
            else:
                self.refused += 1
                op.refusal = (status, answer)
                if op.path.endswith("grants") and answer.get("error") not in ("code_used", "code_stale"):
                    print(f"  refused: {status} {answer}", flush=True)
        return headers.get("Idempotent-Replayed") == "true"

    def client(self, number, seed):
        chance, c = random.Random(seed), self.tills[number]
        phone = Client(self.port, "")
        while self.running.is_set():
            if self.pause.is_set():
                time.sleep(0.001)
                continue
            try:
                op = self.grant(c, phone, chance)
                if op is None:
                    time.sleep(0.002)
                else:
                    self.send(op)
            except Gone:
                time.sleep(0.002)
        phone.close()

    # ---------------------------------------------------------------- one kill

    def one(self, kind):
        chance = self.random
        if kind == "start":
            self.start()
            time.sleep(chance.uniform(0, 0.05))
            self.kill()
            return
        self.running.set()
        self.pause.clear()
        threads = [threading.Thread(target=self.client, args=(i, chance.getrandbits(64)))
                   for i in range(CLIENTS)]
        for t in threads:
            t.start()
        time.sleep(chance.uniform(0.02, self.args.load_s))
        if kind == "lull":  # 20 ms without work, and the writer moves its log into the book
            self.pause.set()
            time.sleep(chance.uniform(0.015, 0.045))
        self.kill()
        self.running.clear()
        for t in threads:
            t.join()

    def retry(self):
        todo, self.open = self.open, []
        n = replayed = 0
        for op in todo:
            for _ in range(100):
                if op.till is None:
                    break
                before = len(self.open)
                replayed += bool(self.send(op))
                if len(self.open) == before:
                    break
                self.open.pop()
                time.sleep(0.05)
            else:
                die(f"no answer to a retry: {op.path} {op.body}")
            n += 1
        return n, replayed

    def read(self):
        return sqlite3.connect(f"file:{self.book}?mode=ro", uri=True)

    def compare(self):
        """What was told against what is kept."""
        with self.read() as db:
            rows = db.execute("SELECT seq, kind, lower(hex(mac)), balance_after, cause_seq,"
                              " hex(request_key) FROM transfer").fetchall()
        kept = {r[0]: r for r in rows}
        lost = [a["transfer"] for o, a in self.done
                if a["transfer"] not in kept or kept[a["transfer"]][2] != a["mac"]]
        told = [a["transfer"] for _, a in self.done]
        twice = len(told) - len(set(told))
        # A reversal of a grant that filled a card also undoes the round: those carry a cause.
        made = sum(1 for r in rows if r[1] == 1 or (r[1] == 3 and r[4] is None)) - self.before
        return len(lost), twice + max(0, made - len(set(told))), max(0, len(set(told)) - made)

    def history(self):
        """The shopper sees it too: a card's newest line carries the card's balance."""
        shopper, plans = self.random.choice(self.shoppers)
        card = shopper.ask("GET", f"/api/card?plan={self.random.choice(plans)}")[1]
        return not card["history"] or card["history"][0]["balance"] == card["card"]["balance"]

    def all(self):
        n = self.args.kills
        count = dict(start=0, load=0, lull=0)
        retried = replayed = lost = doubled = clean = agree = 0
        began = time.monotonic()
        self.prepare()
        self.start()
        self.wait_ready()
        self.sign_in()
        for i in range(n):
            self.new_codes()
            kind = self.random.choices(("load", "lull", "start"), (6, 3, 2))[0]
            if kind == "start":  # the one that runs first; then the next before it is up
                self.kill()
            self.one(kind)
            count[kind] += 1
            self.hang_up()
            self.start()
            self.wait_ready()
            again = self.retry()
            retried, replayed = retried + again[0], replayed + again[1]
            a, b, c = self.compare()
            lost, doubled = lost + a + c, doubled + b
            agree += self.history()
            try:
                self.command("check")
                clean += 1
            except RuntimeError as e:
                print(e)
        self.server.terminate()
        ended = self.server.wait()
        grants = sum(o.path.endswith("grants") for o, _ in self.done)
        print(f"kills           {n} (under load {count['load']}, in a lull {count['lull']}, "
              f"while starting {count['start']}), seed {self.args.seed}, "
              f"{time.monotonic() - began:.0f} s")
        print(f"acknowledged    {grants} grants, {len(self.done) - grants} reversals")
        print(f"retried         {retried} unanswered requests; {replayed} had been done before "
              f"the kill, the others were done or refused then; refused {self.refused}")
        print(f"lost            {lost}")
        print(f"doubled         {doubled}")
        print(f"check clean     {clean}/{n}")
        print(f"card agrees     {agree}/{n}")
        claims = [lost == 0, doubled == 0, clean == n, agree == n, ended == 0,
                  grants >= n or n < 3]
        if not claims[-1]:
            print("too few grants for the kills to mean anything")
        return claims

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
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build/release")
    p.add_argument("--kills", type=int, default=500)
    p.add_argument("--seed", type=int, default=20261122)
    p.add_argument("--load-s", type=float, default=0.6, help="the longest load before a kill")
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
