#!/usr/bin/env python3
"""Durable stamps on a big book, as ratios: 1,000,000 members and 10,000,000 transfers.

  big.py --build build/release [--peer FOLDER] [--members N] [--transfers N] [--rounds N]
         [--seconds S] [--clients 1,16,64,256]

Three books of one making (book_main.c): the big one, one of a hundredth of it, and the big one's
rows written by nothing but our statements, 64 to a COMMIT (raw_main.c): the ceiling of the schema.
The plan has all its rules on (rules.json): the past was lived under them, so cards have lots, levels
and tallies. The books are made once, by the functions that serve, and kept in build/bench until the
schema or the rules change; what is measured is a copy.

In each round everything is measured once, in turn, the order turning about; a ratio is taken within a
round, and its median, lowest and highest are printed. The server has one worker on the first core, wrk
(one thread) the second. `cpu us` is the server's processor time for one stamp; cost per stamp of the
big book over the small one's is the ratio of that.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import run
from ports import free_port  # which run has found the way to

TILLS = 64
MADE = "made"  # a file that says that the book is whole
SMALL = 100  # times smaller
STEP_S = 600  # the four steps of the next measure are others
ENOUGH = 12000  # stamps a second, at most: codes are made for as many
RULES = os.path.join(run.HERE, "rules.json")


def tool(args, name):
    return os.path.join(os.path.abspath(args.build), name)


def making_hash():
    """Of what a kept book depends on: the schema and the plan's rules."""
    text = b""
    for path in (os.path.join(run.HERE, "..", "..", "src", "store", "schema.sql"), RULES):
        with open(path, "rb") as f:
            text += f.read()
    return hashlib.sha256(text).hexdigest()[:12]


def kept(args, members, transfers):
    """The folder of a finished book of that size, made if it is not there."""
    base = os.path.join(os.path.dirname(os.path.abspath(args.build)), "bench")
    folder = os.path.join(base, f"{making_hash()}-{members}-{transfers}")
    if os.path.exists(os.path.join(folder, MADE)):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(base, exist_ok=True)
    print(f"making a book of {members} members and {transfers} transfers ...", flush=True)
    began = time.monotonic()
    subprocess.run([tool(args, "stampd"), "demo-data", "--members", "8", "--dir", folder, "--listen",
                    f"127.0.0.1:{free_port()}", "--sim", f"http://127.0.0.1:{free_port()}"],
                   check=True, capture_output=True)
    os.remove(os.path.join(folder, "stampd.db"))  # the demo's settings, and not its past
    subprocess.run([tool(args, "tests/bench/book_main"), folder, str(members), str(transfers), RULES],
                   check=True, stderr=None if args.verbose else subprocess.DEVNULL)
    with open(os.path.join(folder, MADE), "wb"):
        pass
    took = time.monotonic() - began
    print(f"made in {took:.0f} s: {transfers / took:.0f} transfers a second, "
          f"{os.path.getsize(os.path.join(folder, 'stampd.db')) / 2**20:.0f} MiB", flush=True)
    return folder


class Book:
    """A copy of a kept book, served."""

    def __init__(self, args, work, name, members, transfers):
        self.args, self.name, self.ago_s = args, name, 0
        self.dir, port = os.path.join(work, name), free_port()
        subprocess.run(["cp", "-r", "--reflink=auto", kept(args, members, transfers), self.dir],
                       check=True)
        here = f"127.0.0.1:{port}"
        self.env = {"STAMPD_PEER_RATE": "0", "STAMPD_WORKERS": "1", "STAMPD_LOG_LEVEL": "info",
                    "STAMPD_DATA_DIR": self.dir, "STAMPD_LISTEN": here,
                    "STAMPD_PUBLIC_URL": "http://" + here, **dict(args.set)}
        said = subprocess.run([tool(args, "tests/bench/book_main"), self.dir, "tills", str(TILLS)],
                              check=True, capture_output=True, text=True).stdout
        self.tills = [line.split() for line in said.splitlines()]
        self.server = run.Server(name, self.words("serve"), port, "/healthz", self.env)

    def words(self, *words):
        return [tool(self.args, "stampd"), "--config", os.path.join(self.dir, "stampd.conf"), *words]

    def command(self, *words):
        said = subprocess.run(self.words(*words), env=dict(os.environ, **self.env),
                              capture_output=True, text=True)
        if said.returncode:
            raise RuntimeError(f"stampd {' '.join(words)}: {said.stdout[-400:]}{said.stderr}")
        return said

    def stamps(self):
        said = subprocess.run([tool(self.args, "tests/bench/book_main"), self.dir, "codes",
                               str(ENOUGH * self.args.seconds), str(self.ago_s * 1000)],
                              capture_output=True, text=True, check=True).stdout.split("\n")
        self.ago_s += STEP_S
        out = []
        for code, at in (line.split() for line in said if line):
            till, staff = random.choice(self.tills)
            body = f'{{"code":"{code}","scanned_at":{at},"stamps":1}}'.encode()
            out.append(run.request("POST", "/api/till/grants", self.server.port, [
                f"Cookie: __Host-till={till}; __Host-staff={staff}", "Content-Type: application/json",
                "Sec-Fetch-Site: same-origin", f"Idempotency-Key: {random.getrandbits(128):032x}"],
                body))
        return out


def ratio(rows, base, of):
    q = [of(a) / of(b) for a, b in zip(rows, base) if of(b)]
    return f"{statistics.median(q):.2f} [{min(q):.2f}-{max(q):.2f}]" if q else "-"


def raw_of(args, work):
    """The ceiling, on a copy that is worth nothing afterwards."""
    folder = os.path.join(work, "raw")
    subprocess.run(["cp", "-r", "--reflink=auto", kept(args, args.members, args.transfers), folder],
                   check=True)

    def measure(_):
        out = subprocess.run(run.on_core(0, tool(args, "tests/bench/raw_main"),
                                         os.path.join(folder, "stampd.db"), str(args.seconds), "rules"),
                             capture_output=True, text=True, check=True).stdout
        return {"rate": float(out), "cpu": 0.0, "p99": 0.0, "refused": 0, "failed": 0}
    return measure


def stamp_measure(server, stamps, work, seconds):
    def measure(clients):
        path = run.write_requests(os.path.join(work, "requests"), stamps())
        return run.wrk(server, path, False, seconds, clients)
    return measure


def measure_all(args, work, servers):
    books = {}
    for name, parts in (("small", SMALL), ("big", 1)):
        books[name] = Book(args, work, name, args.members // parts, args.transfers // parts)
        servers.append(books[name].server)
    todo = {name: stamp_measure(b.server, b.stamps, work, args.seconds) for name, b in books.items()}
    todo["raw"] = raw_of(args, work)
    if args.peer:
        peers = argparse.Namespace(peer=args.peer, build=args.build, members=args.peer_members)
        for peer in run.peers_start(peers, work):
            servers.append(peer.server)
            todo[peer.server.name] = stamp_measure(peer.server, peer.stamps, work, args.seconds)
    os.sync()  # the copies are on the disk before anything is measured
    results = {}
    for i in range(args.rounds):
        for clients in args.clients:
            for name in list(todo)[::1 if i % 2 == 0 else -1]:
                row = todo[name](clients)
                results.setdefault((name, clients), []).append(row)
    return books, list(todo), results


def show(args, names, results):
    bad, why = 0, ("refused", "failed")
    print(f"{args.members} members, {args.transfers} transfers ({SMALL} times fewer in the small book); "
          f"{args.rounds} rounds of {args.seconds} s, one worker, all rules on")
    for clients in args.clients:
        rows = {name: results[name, clients] for name in names}
        for name in names:
            rate = [r["rate"] for r in rows[name]]
            text = f"{clients:4d} clients  {name:8s} {statistics.median(rate):7.0f}/s [{min(rate):.0f}-{max(rate):.0f}]"
            if rows[name][0]["cpu"]:
                text += (f"  cpu {statistics.median(r['cpu'] for r in rows[name]):6.1f} us"
                         f"  p99 {statistics.median(r['p99'] for r in rows[name]):6.2f} ms")
            if name == "big":
                text += "".join(f"  = {ratio(rows['big'], rows[o], lambda r: r['rate'])} x {o}"
                                for o in names if o != "big")
                text += f"; cost per stamp {ratio(rows['big'], rows['small'], lambda r: r['cpu'])} x small"
            failed = [sum(r[w] for r in rows[name]) for w in why]
            bad += sum(failed) if name in ("big", "small") else 0
            print(text + "".join(f"  {n} {w}" for n, w in zip(failed, why) if n), flush=True)
    return bad


def check(book, server):
    """stampd check of the whole book, with its rate."""
    server.stop()
    said = book.command("check", "--progress")
    print(f"stampd check, {book.name}: {said.stdout.strip().splitlines()[-1]}; "
          f"{said.stderr.strip().splitlines()[-1]}", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build/release")
    p.add_argument("--peer")
    p.add_argument("--peer-members", type=int, default=100000)
    p.add_argument("--members", type=int, default=1000000)
    p.add_argument("--transfers", type=int, default=10000000)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--clients", type=lambda t: [int(n) for n in t.split(",")], default=[1, 16, 64, 256])
    p.add_argument("--verbose", action="store_true", help="tell how far the making of a book is")
    p.add_argument("--set", action="append", default=[], type=lambda t: t.split("=", 1),
                   help="a setting of the server more: STAMPD_WRITER_CACHE_KIB=8192")
    args = p.parse_args()
    kept(args, args.members // SMALL, args.transfers // SMALL)
    kept(args, args.members, args.transfers)
    work = tempfile.mkdtemp(prefix="stampd-big-", dir=os.path.join(os.path.dirname(os.path.abspath(args.build)), "bench"))
    servers = []
    try:
        books, names, results = measure_all(args, work, servers)
        bad = show(args, names, results)
        check(books["big"], books["big"].server)
        return 1 if bad else 0
    finally:
        for s in servers:
            s.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
