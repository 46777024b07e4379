#!/usr/bin/env python3
"""Kill -9 the service under load, many times, and look for points that are lost or doubled.

  kill.py --build build/release --kills 500 [--seed N] [--keep]

A copy of the demo's book is served. Several tills grant on many cards at once, reverse, refund and
take points in payment; shoppers swap points and give some to each other: each request with an
Idempotency-Key of its own. At a moment chosen by --seed (while it starts, under load, in the lull in
which it checkpoints) the server is killed, started again, and

  every answer it gave (transfer number and MAC) must be in the book, once, as it was told;
  every request it did not answer is sent again with the same key, and must end as one transfer;
  of no kind may the book hold one transfer more than that;
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
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from ports import free_port

PLANS = 12     # beside the demo's two; more cards are more codes in each 30 s step
PEOPLE = 100   # whom line-sim plays
CLIENTS = 8    # threads, each with a till of its own
STEP_MS = 30000
GIFTS_EACH = 2  # of a shopper, who may not make many in an hour
# The kind of transfer that a request of that name makes one of.
KINDS = {"grants": 1, "reversals": 3, "spends": 8, "swaps": 9, "gifts": 12, "accept": 13, "refunds": 14}
# What else happens beside grants, and how often.
OTHERS = {"reversals": 0.07, "refunds": 0.05, "spends": 0.06, "swaps": 0.05, "gifts": 0.03}
POINTS = {"unit": "point", "goal": 200, "yen_per_point": 10, "cool_down_min": 0, "per_day_max": 0,
          "rewards": [{"at": 200, "title": "Reward", "valid_days": 90}],
          "spend": {"yen": 1}, "gift": {"day_max": 100000, "min": 1, "days": 7}}
CATALOGUE = {"rewards": [{"price": 5, "key": "tea", "title": "Tea", "valid_days": 30, "kind": "gift"}]}


def die(text):
    print(f"kill: {text}", file=sys.stderr)
    sys.exit(1)


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
    """One request that moves points: what was sent, by whom, and what is known of it."""

    def __init__(self, path, body, key, by, card=None):
        self.path, self.body, self.key, self.by, self.card = path, body, key, by, card
        self.name = path.rsplit("/", 1)[1]
        self.taken_back = False


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

    def file(self, name, what):
        path = os.path.join(self.dir, name + ".json")
        with open(path, "w", encoding="ascii") as f:
            json.dump(what, f)
        return path

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
        catalogue = self.file("catalogue", CATALOGUE)
        for i in range(PLANS):
            if i % 2 == 0:
                self.command("plan", "add", "--name", f"Plan {i}", "--goal", "5", "--rewards",
                             f"5=Reward {i}", "--cool-down-min", "0", "--unit", "stamp")
                continue
            said = self.command("plan", "load", "--file", self.file("plan", dict(POINTS, name=f"Plan {i}")))
            self.command("catalogue", "set", "--plan", re.search(r"plan (\d+)", said)[1], "--file", catalogue)
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
        self.given = {}  # how many gifts a shopper made
        self.filled = {}  # cards of points that had some
        self.tea = {}  # the article of a plan
        shopper, plans = self.shoppers[0]
        for plan in plans:
            if not self.is_stamp.get(plan, True):
                offers = shopper.ask("GET", f"/api/card/offers?plan={plan}")[1]["offers"]
                self.tea.update({plan: o["id"] for o in offers if o["title"] == "Tea"})
        self.before = self.made()

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
        return answer["codes"][0]["digits"], (shopper, plan)

    def next_op(self, c, phone, chance):
        """What somebody does next at this till, or with this phone; None: nothing can be done."""
        which, name = chance.random(), "grants"
        for other, share in OTHERS.items():
            if 0 <= which < share:
                name = other
            which -= share
        if name in ("reversals", "refunds"):
            return self.take_back(c, name, chance)
        if name in ("swaps", "gifts"):
            return self.by_shopper(name, chance)
        try:
            code, card = self.code_of(phone)
        except queue.Empty:
            return None
        if name == "spends" and card in self.filled:
            return self.spend(c, phone, code, card, chance)
        return self.grant(c, code, card, chance)

    def grant(self, c, code, card, chance):
        """One grant in one of its two forms."""
        what = {"stamps": 1} if self.is_stamp[card[1]] else {"yen": 100}
        if chance.random() < 0.6:
            what.update(code=code, scanned_at=int(time.time() * 1000))
        else:
            status, answer, _ = c.ask("POST", "/api/till/scans", {"code": code})
            if status != 200:
                return None
            what["scan"] = answer["scan"]
        return Op("/api/till/grants", what, self.key(chance), c, card)

    def take_back(self, c, name, chance):
        """One of this till's last grants is reversed, or a half of its sale refunded."""
        with self.lock:
            mine = [(o, a) for o, a in self.done if o.by is c and o.name == "grants" and not o.taken_back
                    and (name == "reversals" or "yen" in o.body)]
        if not mine:
            return None
        op, answer = chance.choice(mine[-20:])
        op.taken_back = True
        body = {"transfer": answer["transfer"], **({"yen": 50} if name == "refunds" else {})}
        return Op("/api/till/" + name, body, self.key(chance), c)

    def spend(self, c, phone, code, card, chance):
        """The member says yes on the phone, and the till takes what was agreed."""
        status, _, _ = phone.ask("POST", "/api/card/spend", {"plan": card[1], "points": 2})
        if status != 200:
            return None
        status, answer, _ = c.ask("POST", "/api/till/scans", {"code": code})
        return Op("/api/till/spends", {"scan": answer["scan"], "points": 2}, self.key(chance), c) \
            if status == 200 else None

    def by_shopper(self, name, chance):
        """With a connection of its own: another thread may be that shopper, too."""
        with self.lock:
            filled = list(self.filled)
        if not filled:
            return None
        shopper, plan = chance.choice(filled)
        own = Client(self.port, shopper.address)
        own.cookies = dict(shopper.cookies)
        if name == "swaps":
            return Op("/api/card/swaps", {"reward": self.tea[plan]}, self.key(chance), own)
        with self.lock:
            self.given[shopper] = turn = self.given.get(shopper, 0) + 1
        if turn > 2 * GIFTS_EACH:
            return None
        if turn % 2 == 1:
            return Op("/api/gifts", {"plan": plan, "amount": 1}, self.key(chance), own)
        open_gifts = [g for g in own.ask("GET", "/api/gifts")[1]["gifts"] if "url" in g]
        if not open_gifts:
            return None
        taker, _ = chance.choice(self.shoppers)
        own.address, own.cookies = taker.address, dict(taker.cookies)
        return Op("/api/gifts/accept", {"token": open_gifts[0]["url"].rsplit("/", 1)[1]},
                  self.key(chance), own)

    def send(self, op):
        """Whatever the server says is final; what it does not say is asked again later."""
        try:
            status, answer, headers = op.by.ask("POST", op.path, op.body, op.key)
        except Gone:
            with self.lock:
                self.open.append(op)
            raise
        with self.lock:
            if status == 201:
                self.done.append((op, answer))
                if op.card and op.card[1] in self.tea:
                    self.filled[op.card] = True
            elif status in (429, 503):
                self.open.append(op)
            else:
                self.refused += 1
                op.refusal = (status, answer)
                if op.name == "grants" and answer.get("error") not in ("code_used", "code_stale"):
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
                op = self.next_op(c, phone, chance)
                if op is None:
                    time.sleep(0.002)
                else:
                    self.send(op)
                    if op.by is not c:
                        op.by.close()
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

    def made(self):
        """How many transfers of each kind there are. A reversal of a grant that filled a card also
        undoes the round: those carry a cause."""
        with self.read() as db:
            return dict(db.execute("SELECT kind, count(*) FROM transfer WHERE kind <> 3 OR cause_seq IS NULL"
                                   " GROUP BY kind"))

    def compare(self):
        """What was told against what is kept."""
        with self.read() as db:
            mac = dict(db.execute("SELECT seq, lower(hex(mac)) FROM transfer"))
        told = [a for _, a in self.done if "transfer" in a]
        lost = sum(a["transfer"] not in mac or a.get("mac", mac[a["transfer"]]) != mac[a["transfer"]]
                   for a in told)
        doubled = len(told) - len({a["transfer"] for a in told})
        made = self.made()
        for name, kind in KINDS.items():
            new = made.get(kind, 0) - self.before.get(kind, 0)
            count = sum(o.name == name for o, _ in self.done)
            lost, doubled = lost + max(0, count - new), doubled + max(0, new - count)
        return lost, doubled

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
            more = self.compare()
            lost, doubled = lost + more[0], doubled + more[1]
            agree += self.history()
            try:
                self.command("check")
                clean += 1
            except RuntimeError as e:
                print(e)
        self.server.terminate()
        ended = self.server.wait()
        acknowledged = {name: sum(o.name == name for o, _ in self.done) for name in KINDS}
        grants = acknowledged["grants"]
        print(f"kills           {n} (under load {count['load']}, in a lull {count['lull']}, "
              f"while starting {count['start']}), seed {self.args.seed}, "
              f"{time.monotonic() - began:.0f} s")
        print("acknowledged    " + ", ".join(f"{n} {name}" for name, n in acknowledged.items()))
        print(f"retried         {retried} unanswered requests; {replayed} had been done before "
              f"the kill, the others were done or refused then; refused {self.refused}")
        print(f"lost            {lost}")
        print(f"doubled         {doubled}")
        print(f"check clean     {clean}/{n}")
        print(f"card agrees     {agree}/{n}")
        claims = [lost == 0, doubled == 0, clean == n, agree == n, ended == 0,
                  grants >= n and (n < 100 or min(acknowledged.values()) > 0) or n < 3]
        if not claims[-1]:
            print("too little was acknowledged for the kills to mean anything")
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
