"""A network with capacities: a flow on it is raised to a dearest one, and what keeps it from rising is found.

Sinks are nodes that want units and pay for them. What the source can fill at once is a matroid, so a flow is dearest
when no empty sink can take a unit from the source or from a cheaper sink; no costs need be carried along arcs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_NOWHERE = -1


class Network:
    """Arcs sorted by head, and the flow on them. The source is the last node; sinks are the first ones."""

    def __init__(self, nodes: int, sinks: int, tail: Ints, head: Ints, capacity: Ints, flow: Ints) -> None:
        self.sinks = sinks
        self.order = np.argsort(head, kind="stable")
        """The number an arc had when it was handed in, by its own."""
        self.tail = tail[self.order].astype(np.int32)
        self.head = head[self.order].astype(np.int32)
        self.left = (capacity - flow)[self.order].astype(np.int32)
        """What each arc could still carry."""
        self.flow = flow[self.order].astype(np.int32)
        self.first = np.searchsorted(self.head, np.arange(nodes + 1)).astype(np.int64)
        """Where each node's arcs begin."""
        self.source = nodes - 1
        self.group = np.full(nodes, _NOWHERE, dtype=np.int32)
        """The group of starved sinks a node can send units to; such a node has none to spare."""
        self._groups: list[int] = []
        """The group each one has become a part of, or its own number."""
        self._seen = np.zeros(nodes, dtype=bool)
        self._way = np.zeros(nodes, dtype=np.int32)
        """The arc by which a node seen in this search sends a unit on."""
        self._carries = np.zeros(nodes, dtype=bool)
        self._out: dict[int, set[int]] = defaultdict(set)
        """Arcs with a flow that leave a node."""
        for arc in np.flatnonzero(self.flow).tolist():
            self._leaves(int(self.tail[arc]), arc)

    def _leaves(self, node: int, arc: int) -> None:
        self._out[node].add(arc)
        self._carries[node] = True

    # ------------------------------------------------------------------------------------- raising

    def fill(self, wanted: Ints, price: Ints) -> Ints:
        """Give every sink the units it wants as far as possible, dearest first; what each one lacks in the end."""
        lacking = wanted - self.received()
        queue = [(-int(price[sink]), int(sink)) for sink in np.flatnonzero(lacking)]
        heapify(queue)
        while queue:
            sink = queue[0][1]
            if not lacking[sink] or self.group[sink] != _NOWHERE:
                heappop(queue)
                continue
            giver, seen, touched = self._search(sink)
            if giver is None:
                giver = self._cheaper(seen, price, sink)
                if giver is None:
                    self._close(seen, touched)
                    continue
                lacking[giver] += 1
                heappush(queue, (-int(price[giver]), giver))
            self._send(giver, sink)
            lacking[sink] -= 1
            self._seen[seen] = False
        return lacking

    def received(self) -> Ints:
        """Units that reach each sink."""
        total = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.flow, dtype=np.int64)])
        received: Ints = total[self.first[1:self.sinks + 1]] - total[self.first[:self.sinks]]
        return received

    def flow_as_given(self) -> Ints:
        """The flow on the arcs in the order in which they were handed in."""
        flow = np.zeros(len(self.flow), dtype=np.int64)
        flow[self.order] = self.flow
        return flow

    def starved(self) -> list[Ints]:
        """Sinks in groups, each with some that lack units: nobody outside its group can send it any.

        Ordered by their first sink; empty before ``fill``.
        """
        sinks = np.flatnonzero(self.group[:self.sinks] != _NOWHERE)
        groups: dict[int, list[int]] = defaultdict(list)
        for sink in sinks.tolist():
            groups[self._united(int(self.group[sink]))].append(sink)
        return [np.array(own, dtype=np.int64) for own in groups.values()]

    def _search(self, sink: int) -> tuple[int | None, Ints, set[int]]:
        """Breadth first, against the arcs: a node the source can give a unit to, all nodes seen, closed groups met."""
        frontier = np.array([sink], dtype=np.int64)
        self._seen[sink], seen, touched = True, [frontier], set[int]()
        while len(frontier):
            arcs, tails = self._inward(frontier)
            free = np.flatnonzero(tails == self.source)
            if len(free):
                arc = int(arcs[free[0]])
                self.left[arc] -= 1
                self.flow[arc] += 1
                return int(self.head[arc]), np.concatenate(seen), touched
            back = self._backward(frontier)
            arcs, nodes = np.concatenate([arcs, back]), np.concatenate([tails, self.head[back]])
            touched.update(self._groups_of(nodes))
            new = ~self._seen[nodes] & (self.group[nodes] == _NOWHERE)
            arcs, nodes = arcs[new], nodes[new]
            self._way[nodes] = arcs
            # Of several ways to one node the last was kept.
            frontier = nodes[self._way[nodes] == arcs].astype(np.int64)
            self._seen[frontier] = True
            seen.append(frontier)
        return None, np.concatenate(seen), touched

    def _inward(self, nodes: Ints) -> tuple[Ints, NDArray[np.int32]]:
        """Arcs into these nodes that could carry more, and their tails."""
        low, size = self.first[nodes], self.first[nodes + 1] - self.first[nodes]
        ends = np.cumsum(size)
        arcs = np.arange(ends[-1]) + np.repeat(low - ends + size, size)
        arcs = arcs[self.left[arcs] > 0]
        return arcs, self.tail[arcs]

    def _backward(self, nodes: Ints) -> Ints:
        """Arcs out of these nodes whose flow could be taken back."""
        return np.array(
            [arc for node in nodes[self._carries[nodes]].tolist() for arc in sorted(self._out[node])], dtype=np.int64
        )

    def _cheaper(self, seen: Ints, price: Ints, sink: int) -> int | None:
        """The cheapest sink among the nodes seen that has a unit and pays less."""
        sinks = seen[seen < len(price)]
        if not len(sinks):
            return None
        least = sinks[np.lexsort((sinks, price[sinks]))[0]]
        return int(least) if price[least] < price[sink] else None

    def _send(self, giver: int, sink: int) -> None:
        """One unit along the ways found, from where it is to the sink."""
        node = giver
        while node != sink:
            arc = int(self._way[node])
            if self.tail[arc] == node:
                self.flow[arc] += 1
                self.left[arc] -= 1
                self._leaves(node, arc)
                node = int(self.head[arc])
            else:
                node = int(self.tail[arc])
                self.flow[arc] -= 1
                self.left[arc] += 1
                if not self.flow[arc]:
                    self._out[node].discard(arc)
                    self._carries[node] = bool(self._out[node])

    # ------------------------------------------------------------------------------------- groups

    def _groups_of(self, nodes: NDArray[np.int32]) -> Iterable[int]:
        met = self.group[nodes]
        met = met[met != _NOWHERE]
        return np.unique(met).tolist() if len(met) else ()

    def _close(self, seen: Ints, touched: set[int]) -> None:
        """Nothing can be sent to these nodes any more. Groups that share sinks are one."""
        number = len(self._groups)
        self._groups.append(number)
        self._seen[seen] = False
        if touched:
            _, tails = self._inward(seen)
            met = np.unique(np.concatenate([tails, self.head[self._backward(seen)]])).astype(np.int64)
            for other in sorted(touched):
                shared = self._a_sink_behind(met[self.group[met] == other])
                if shared is not None:
                    self._groups[self._united(int(self.group[shared]))] = self._united(number)
        self.group[seen] = number

    def _a_sink_behind(self, frontier: Ints) -> int | None:
        """Some sink that could send a unit to one of these closed nodes. All such sinks are of one group already."""
        looked: list[Ints] = []
        found: int | None = None
        while len(frontier) and found is None:
            self._seen[frontier] = True
            looked.append(frontier)
            _, tails = self._inward(frontier)
            nodes = np.unique(np.concatenate([frontier, tails, self.head[self._backward(frontier)]])).astype(np.int64)
            if nodes[0] < self.sinks:
                found = int(nodes[0])
            frontier = nodes[~self._seen[nodes]]
        for nodes in looked:
            self._seen[nodes] = False
        return found

    def _united(self, group: int) -> int:
        while self._groups[group] != group:
            group = self._groups[group]
        return group
