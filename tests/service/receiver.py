"""A receiver of webhooks that answers as its path says: well, badly, late, in drips, or not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager


class Receiver:
    """What came in, by path, and how often anybody connected. ``moods`` changes how a path answers."""

    def __init__(self):
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.got = []
        self.asked = Counter()
        self.moods = {}
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"

    def bodies(self, path):
        return [body for where, _, body in self.got if where == path]

    def close(self):
        self._over.set()
        self._listening.close()

    def _accept(self):
        while not self._over.is_set():
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def _answer(self, one):
        with one:
            one.settimeout(30)
            try:
                while self._answer_one(one):
                    pass
            except OSError:
                return

    def _answer_one(self, one):
        path, headers, body = _request(one)
        if path is None:
            return False
        self.asked[path] += 1
        mood = self.moods.get(path, path)
        if mood in ("close", "hang", "drip", "endless", "noise"):
            self._misbehave(one, mood)
            return False
        if mood == "slow":
            time.sleep(0.3)
        status = {"500": "500 Oh", "302": "302 Found\r\nLocation: /ok"}.get(mood, "200 OK")
        if status == "200 OK":
            self.got.append((path, headers, body))
        one.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())
        return True

    def _misbehave(self, one, mood):
        if mood == "hang":
            self._over.wait(20)
        if mood == "noise":
            one.sendall(b"\x00\xff nothing known\r\n\r\n")
        if mood == "drip":
            one.sendall(b"HTTP/1.1 200 OK\r\n")
            while not self._over.wait(0.1):
                one.sendall(b"X-Drip: 1\r\n")
        if mood == "endless":
            one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
            while not self._over.is_set():
                one.sendall(b"x" * 65536)


def _request(one):
    data = b""
    while b"\r\n\r\n" not in data:
        more = one.recv(65536)
        if not more:
            return None, {}, b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += one.recv(65536)
    return first.split()[1].lstrip("/"), headers, body


@contextmanager
def receiving():
    made = Receiver()
    try:
        yield made
    finally:
        made.close()
