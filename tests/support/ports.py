"""A port for a program that has to know its own address before it listens."""
import random
import socket

EACH = random.SystemRandom()  # a run's own seed has nothing to do with it


def free_port():
    """One that is free now, below those that the system gives away by itself (from 32768)."""
    while True:
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", 20000 + EACH.randrange(12000)))
            except OSError:
                continue
            return s.getsockname()[1]
