"""A network's flow is raised to the dearest there is, from any flow it begins with."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow

from matcher.solvers.network import Network


def arcs(*rows: tuple[int, int, int]) -> list[np.ndarray]:
    """Columns of (tail, head, capacity)."""
    return [np.array(column, dtype=np.int64) for column in zip(*rows)]


def lacking(sinks: int, nodes: int, rows, flow, wanted, price) -> tuple[Network, list[int]]:
    network = Network(nodes, sinks, *arcs(*rows), np.array(flow, dtype=np.int64))
    return network, network.fill(np.array(wanted), np.array(price)).tolist()


def test_a_cheap_sink_gives_its_unit_to_a_dear_one():
    # Source 3 gives one unit through node 2, which sink 1 (price 5) has; sink 0 pays 7.
    _, left = lacking(2, 4, [(2, 0, 1), (2, 1, 1), (3, 2, 1)], [0, 1, 1], [1, 1], [7, 5])
    assert left == [0, 1]


def test_a_unit_already_given_goes_another_way_for_a_second_one():
    # Sink 0 is fed by node 2, which alone can feed sink 1; node 3 can feed sink 0 instead.
    _, left = lacking(2, 5, [(2, 0, 1), (3, 0, 1), (2, 1, 1), (4, 2, 1), (4, 3, 1)], [1, 0, 0, 1, 0], [1, 1], [1, 1])
    assert left == [0, 0]


def test_starved_sinks_are_grouped_by_the_sinks_that_could_give_to_them():
    # Sinks 0 and 1 share node 3, sink 2 has nobody.
    network, left = lacking(3, 5, [(3, 0, 1), (3, 1, 1), (4, 3, 1)], [0, 0, 0], [1, 1, 1], [2, 2, 9])
    assert sum(left) == 2
    assert [group.tolist() for group in network.starved()] == [[0, 1], [2]]


def test_groups_that_share_only_an_exhausted_node_are_two():
    # Node 2 has nothing to give: it starves sinks 0 and 1, but neither could give to the other.
    network, left = lacking(2, 4, [(2, 0, 1), (2, 1, 1), (3, 2, 0)], [0, 0, 0], [1, 1], [1, 1])
    assert left == [1, 1]
    assert [group.tolist() for group in network.starved()] == [[0], [1]]


@pytest.mark.parametrize("seed", range(60))
def test_the_value_is_that_of_a_min_cost_flow(seed):
    dice = np.random.default_rng(seed)
    sinks, middle, upper = 6, 8, 5
    nodes = sinks + middle + upper + 1
    source = nodes - 1
    rows = [
        *((sinks + node, sink, int(dice.integers(0, 3))) for node in range(middle) for sink in range(sinks)
          if dice.random() < 0.3),
        *((sinks + middle + top, sinks + node, int(dice.integers(0, 3))) for top in range(upper)
          for node in range(middle) if dice.random() < 0.4),
        *((source, sinks + middle + top, int(dice.integers(0, 4))) for top in range(upper)),
    ]
    wanted, price = dice.integers(1, 4, sinks), dice.integers(1, 9, sinks)
    network, left = lacking(sinks, nodes, rows, [0] * len(rows), wanted, price)
    assert sum(np.array(left) * price) == least_lacking(nodes, rows, wanted, price)
    # Every sink that lacks a unit is in a group, and no group can be sent more than it gets.
    starved = network.starved()
    assert {int(sink) for sink in np.flatnonzero(left)} <= {int(sink) for group in starved for sink in group}
    # Arcs keep within their capacity, and what enters an inner node leaves it.
    flow = network.flow_as_given()
    tail, head, capacity = arcs(*rows)
    assert ((flow >= 0) & (flow <= capacity)).all()
    for node in range(sinks, source):
        assert flow[head == node].sum() == flow[tail == node].sum()


def least_lacking(nodes: int, rows, wanted, price) -> int:
    """The least price of lacking units, by another solver."""
    solver = min_cost_flow.SimpleMinCostFlow()
    for tail, head, capacity in rows:
        solver.add_arc_with_capacity_and_unit_cost(tail, head, capacity, 0)
    for sink, (most, points) in enumerate(zip(wanted.tolist(), price.tolist())):
        solver.add_arc_with_capacity_and_unit_cost(sink, nodes, most, -points)
    total = int(wanted.sum())
    solver.add_arc_with_capacity_and_unit_cost(nodes - 1, nodes, total, 0)
    solver.set_node_supply(nodes - 1, total)
    solver.set_node_supply(nodes, -total)
    assert solver.solve() == solver.OPTIMAL
    return int((wanted * price).sum()) + solver.optimal_cost()
