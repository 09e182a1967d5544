"""Questions answered where they are asked, without a process of their own: quicker, and otherwise the same."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import asdict

from matcher.service.asking.asks import Answerer, Ask


class AnswersHere:
    """In place of ``Askers``."""

    def __init__(self, database):
        self._answerer = Answerer(database)

    def ask(self, ask, *, slow=False, seconds=30.0):
        told = json.loads(json.dumps(asdict(ask)))
        future = Future()
        try:
            asked = Ask(**told | {"rosters": tuple(told["rosters"]), "given": tuple(told["given"])})
            future.set_result(json.loads(json.dumps(self._answerer.answer(asked))))
        except Exception as error:
            future.set_exception(error)
        return future
