"""Days full of visits: what the compiled search says a day costs is what it costs, and small days are solved to the optimum."""

from itertools import count, islice, pairwise, permutations, product

import numpy as np
import pytest
from days import KINDS, a_day, cost_of, plain_arrays, plain_kernel, plain_tours
from scipy.optimize import linprog

from matcher.solvers import routes
from matcher.solvers.routes import Break, Tours, Tuning, plan_day, search_of
from matcher.solvers.routes_check import judge_tours
from matcher.solvers.routes_tables import APART, IN_ORDER, NEVER, NODE_WIDTH, PERSON, START, TOGETHER, Day
from matcher.solvers.stop import Stop, Timer


def counted(iterations):
    return Timer(Stop(seconds=None, work=iterations / routes.ITERATIONS_PER_WORK))


@pytest.fixture(scope="module")
def kernel():
    """The search without the compiler: the same functions, some thousand times slower."""
    return plain_kernel()


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_costs_what_the_search_says(kind, kernel):
    for seed in range(4):
        day = a_day(kind, seed)
        tours = plain_tours(kernel, day, 40, seed)
        assert tours.value == cost_of(day, tours), seed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_larger_day_costs_what_the_compiled_search_says(kind):
    for seed in range(20):
        day = a_day(kind, seed, visits=20, people=4)
        tours = plan_day(day, counted(1_000), seed)
        assert tours.value == cost_of(day, tours), seed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_equal_seeds_and_counted_limits_give_equal_tours(kind):
    day = a_day(kind, 5, visits=12)
    first, second = (plan_day(day, counted(2_000), 7) for _ in range(2))
    assert first.routes == second.routes
    assert first.breaks == second.breaks
    assert np.array_equal(first.start, second.start)


def test_equal_seeds_give_equal_tours(kernel):
    day = a_day("everything", 5)
    first, second = (plain_tours(kernel, day, 20, 7) for _ in range(2))
    assert (first.value, first.routes, first.breaks) == (second.value, second.routes, second.breaks)
    assert np.array_equal(first.start, second.start)


def test_more_iterations_never_end_dearer_than_the_first_tours(kernel):
    day = a_day("late", 3, visits=15)
    assert plain_tours(kernel, day, 60, 1).value <= plain_tours(kernel, day, 0, 1).value


def test_nobody_able_means_no_tours(kernel):
    day = a_day("late", 0)
    day.able[:, 2] = False
    assert kernel.search(plain_arrays(day, 0), 0, 0.0) == -1


def test_the_first_tours_overlook_no_place(kernel):
    """A service that one person can give, in one place, is given whatever the seed."""
    day = a_day("late", 2, visits=4)
    day.able[1:, 0] = False
    for seed in range(60):
        assert kernel.search(plain_arrays(day, seed), 0, 0.0) == 0


def test_arrays_that_do_not_fit_are_refused():
    day = a_day("late", 0)
    facts = {name: getattr(day, name) for name in Day.__dataclass_fields__}
    with pytest.raises(ValueError, match="lasts has the shape"):
        Day(**facts | {"lasts": day.lasts[:-1]})
    with pytest.raises(ValueError, match="one or two services"):
        Day(**facts | {"visit": np.zeros(len(day.visit), np.int64)})


# ------------------------------------------------------------------------------------------- by brute force


@pytest.mark.parametrize("kind", KINDS[:3])
def test_the_smallest_days_are_solved_to_the_optimum(kind, kernel):
    for day in smallest(kind, 4):
        assert plain_tours(kernel, day, 100).value == cheapest(day)


def test_the_smallest_days_with_everything_are_never_cheaper_than_the_optimum(kernel):
    """Insertions only estimate what setting out later saves, so the optimum may be missed; it is never undercut."""
    gaps = [plain_tours(kernel, day, 100).value - cheapest(day) for day in smallest("everything", 3)]
    assert min(gaps) >= 0
    assert gaps.count(0) >= 2


def smallest(kind, days):
    """So many days of three services."""
    all_days = (a_day(kind, seed, visits=2 + seed % 2, people=2) for seed in count(100))
    return islice((day for day in all_days if len(day.visit) == 3), days)


def test_starts_are_settled_nearly_as_a_linear_programme_would(kernel):
    """For the routes, breaks and windows of the tours hardly any other starts cost less: two who gain only together are missed."""
    cost = bound = 0
    for seed in range(8):
        day = a_day("everything", seed, visits=7)
        tours = plain_tours(kernel, day, 20, seed)
        given = [v for route in tours.routes for v in route]
        in_force = {v: [w for w in day.windows[v].tolist() if w[0] <= tours.start[v]][-1] for v in given}
        breaks = [None if rest is None else (rest.after, rest.on_arrival) for rest in tours.breaks]
        left = sum(int(price) for j, price in enumerate(day.left_out) if np.any(tours.start[day.visit == j] < 0))
        least = left + _least(day, tours.routes, breaks, in_force)
        assert least <= tours.value, seed
        cost, bound = cost + tours.value, bound + least
    assert cost <= 1.01 * bound


def cheapest(day):
    """The least cost over all routes, breaks and choices of windows, the starts by linear programming."""
    best = NEVER
    for left in product(*[(False, True) if price else (False,) for price in day.left_out]):
        services = [v for v in range(len(day.visit)) if not left[day.visit[v]]]
        price = sum(int(p) for p, out in zip(day.left_out, left) if out)
        for split in routes_of(day, services):
            for breaks in breaks_of(day, split):
                best = min(best, price + cheapest_starts(day, split, breaks))
    return best


def routes_of(day, services):
    """Every way two people share the services, in every order."""
    seen = set()
    for order in permutations(services):
        for cut in range(len(order) + 1):
            seen.add((order[:cut], order[cut:]))
    for split in sorted(seen):
        who = {v: i for i, route in enumerate(split) for v in route}
        able = all(day.able[i, v] for v, i in who.items())
        apart = all(who[v] != who[v + 1] for v in who if v + 1 in who and day.visit[v] == day.visit[v + 1]
                    and day.link[day.visit[v]] != APART)
        if able and apart:
            yield split


def breaks_of(day, split):
    """Every place of the breaks: after how many services, and whether on arrival; None: missed."""
    own = []
    for i, route in enumerate(split):
        places = [None]
        if day.due_break[i] and route:
            places += [(after, arriving) for after in range(len(route) + 1) for arriving in (True, False)]
        own.append(places)
    return product(*own)


def cheapest_starts(day, split, breaks):
    """The least cost of routes and breaks: one linear programme for each choice of windows."""
    given = sorted(v for route in split for v in route)
    windows = [[w for w in day.windows[v].tolist() if w[0] < NEVER] for v in given]
    return min(_least(day, split, breaks, dict(zip(given, choice))) for choice in product(*windows))


def _least(day, split, breaks, window):
    """One linear programme. Lateness is against the chosen window, so the least over all choices is what counts."""
    prices = day.prices
    model = Model()
    start = {v: model.variable(window[v][0]) for v in window}
    late = {v: model.variable(0, prices.late) for v in window}
    worst, idle = model.variable(0, prices.worst_late), model.variable(0, prices.idle)
    fixed, busy = 0, []
    for v, (_, due) in window.items():
        model.at_least([(late[v], 1), (start[v], -1)], -due)
        model.at_least([(worst, 1), (late[v], -1)], 0)
        if v + 1 in window and day.visit[v] == day.visit[v + 1] and day.link[day.visit[v]] != APART:
            least, most = (0, 0) if day.link[day.visit[v]] == TOGETHER else day.lag[day.visit[v]]
            model.at_least([(start[v + 1], 1), (start[v], -1)], least)
            model.at_least([(start[v], 1), (start[v + 1], -1)], -most)
    for i, route in enumerate(split):
        begin, end = (int(x) for x in day.shift[i])
        work = sum(int(day.lasts[v]) for v in route)
        way = _way(day, i, route)
        busy.append(work + way)
        fixed += prices.travel * way + sum(int(day.seat_price[i, v]) for v in route)
        fixed += prices.missed_break * (bool(day.due_break[i]) and breaks[i] is None)
        if not route:
            model.at_least([(idle, 1)], end - begin if prices.idle else 0)
            continue
        rest = model.variable(day.break_window[0]) if breaks[i] else None
        if rest is not None:
            model.at_least([(rest, -1)], -day.break_window[1])
        leave, home, over = model.variable(begin), model.variable(0), model.variable(0, prices.overtime)
        _chain(model, day, i, route, start, breaks[i], rest, leave, home)
        model.at_least([(over, 1), (home, -1)], -end)
        pause = day.break_window[2] if breaks[i] else 0
        if prices.idle:
            # Idle is shift and overtime less busy, whenever one leaves.
            model.at_least([(idle, 1), (over, -1)], end - begin - work - way - pause)
        if day.leave_at_start:
            # Home less the shift's start is travel, service and waiting.
            model.price(home, prices.waiting)
            fixed -= prices.waiting * (begin + work + way)
        else:
            first_way = int(day.travel[day.home[i, 0], day.place[route[0]]])
            opening = breaks[i] is not None and breaks[i][0] == 0
            model.price(home, prices.waiting)
            model.price(start[route[0]], -prices.waiting)
            fixed -= prices.waiting * (work + way - first_way + (0 if opening else pause))
    apart = sum(-(-abs(len(busy) * x - sum(busy)) // len(busy)) for x in busy)
    return NEVER if (least := model.least()) is None else round(least) + fixed + prices.balance * apart


def _way(day, i, route):
    places = [int(day.home[i, 0]), *(int(day.place[v]) for v in route), int(day.home[i, 1])]
    return sum(int(day.travel[a, b]) for a, b in pairwise(places)) if route else 0


def _chain(model, day, i, route, start, where, rest, leave, home):
    """Each stop after the one before, the break between two of them at the place of the one or the other."""
    stops = [(leave, 0, int(day.home[i, 0]))]
    stops += [(start[v], int(day.lasts[v]), int(day.place[v])) for v in route]
    stops.append((home, 0, int(day.home[i, 1])))
    for x, ((a, lasts, here), (b, _, there)) in enumerate(pairwise(stops)):
        way = int(day.travel[here, there])
        if where is None or where[0] != x:
            model.at_least([(b, 1), (a, -1)], lasts + way)
            continue
        before, after = (way, 0) if where[1] else (0, way)
        model.at_least([(rest, 1), (a, -1)], lasts + before)
        model.at_least([(b, 1), (rest, -1)], day.break_window[2] + after)


class Model:
    """A linear programme, least cost."""

    def __init__(self):
        self.costs, self.lower, self.rows = [], [], []

    def variable(self, lower, cost=0):
        self.costs.append(cost)
        self.lower.append(lower)
        return len(self.costs) - 1

    def price(self, variable, cost):
        self.costs[variable] += cost

    def at_least(self, terms, bound):
        self.rows.append((terms, bound))

    def least(self):
        a = np.zeros((len(self.rows), len(self.costs)))
        for x, (terms, _) in enumerate(self.rows):
            for variable, factor in terms:
                a[x, variable] = -factor
        answer = linprog(self.costs, a, [-bound for _, bound in self.rows], bounds=[(low, None) for low in self.lower])
        return answer.fun if answer.success else None


# ------------------------------------------------------------------------- the same functions, not compiled


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_compiled_search_is_the_plain_one(kind, kernel):
    day = a_day(kind, 1, visits=6)
    plain, compiled = plain_arrays(day, 3), search_of(day, 3, Tuning())
    from matcher.solvers.routes_kernel import search

    for iterations in (0, 30):
        kernel.search(plain, iterations, 20.0)
        search(compiled.addresses, iterations, 20.0)
    assert np.array_equal(plain.node, compiled.node)
    assert plain.total.tolist() == compiled.total.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_tried_leaves_nothing_behind(kind, kernel):
    day = a_day(kind, 2)
    arrays = plain_arrays(day, 1)
    kernel.search(arrays, 0, 0.0)
    kernel._remove(arrays, 3)
    kernel._earliest_starts(arrays)
    kernel._take_stock(arrays)
    before, person = arrays.node.copy(), arrays.person.copy()
    v = int(np.flatnonzero(day.visit == 3)[0])
    places = kernel._gaps(arrays, v, 0, 1 << 40, True)
    assert places > 0
    for x in range(places):
        kernel._try_one(arrays, v, int(arrays.gap[3 * x]), int(arrays.gap[3 * x + 1]), 1 << 40)
    # The service itself is on nobody's route: what its row says of neighbours and start means nothing.
    after, before = (np.delete(rows.reshape(-1, NODE_WIDTH), v, axis=0) for rows in (arrays.node, before))
    assert np.array_equal(after, before)
    assert arrays.node[NODE_WIDTH * v + PERSON] == -1
    assert np.array_equal(arrays.person, person)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_before_a_trial_is_no_more_than_what_the_trial_finds(kind, kernel):
    """Else a place that is best would not be tried. Only whom an insertion pushes from one soft window into the next may become cheaper."""
    tried = dearer = 0
    for seed in range(8):
        day = a_day(kind, seed)
        arrays = plain_arrays(day, seed)
        kernel.search(arrays, 0, 0.0)
        kernel._remove(arrays, seed)
        kernel._earliest_starts(arrays)
        kernel._take_stock(arrays)
        for v in np.flatnonzero(day.visit == seed).tolist():
            places = kernel._gaps(arrays, v, 0, 1 << 40, True)
            gaps = [(int(arrays.gap_cost[x]), int(arrays.gap[3 * x]), int(arrays.gap[3 * x + 1])) for x in range(places)]
            for least, u, start in gaps:
                dearer += least > kernel._try_one(arrays, v, u, start, 1 << 40)
                tried += 1
    assert tried > 20
    assert dearer <= (0.02 * tried if kind == "everything" else 0)


def test_small_days_cool_several_times_and_later_coolings_begin_less_hot():
    tuning = Tuning(hot=2.0, cold=0.02, again=0.5)
    # Three coolings: at their begins, and just before the last one's end.
    assert [routes._temperature(tuning, cooled) for cooled in (0.0, 1.0, 2.0)] == [2.0, 1.0, 1.0]
    assert routes._temperature(tuning, 2.999) == pytest.approx(0.02, rel=0.01)


def test_where_ways_have_no_price_temperatures_follow_waiting_and_balance():
    day = a_day("balanced", 0)
    mean = day.travel[day.travel > 0].mean()
    # A tenth of the price of waiting (1) and, on both sides of the mean, balance (1).
    assert routes._scale(day) == pytest.approx(max(1.0, 0.1 * 3 * mean))


def test_every_broken_rule_of_tours_is_named():
    """Two services of three: one too early, by somebody who cannot, and before its window; a visit left out that must be served."""
    day = a_day("late", 8, visits=3)
    day.able[0, 0] = False
    start = np.full(len(day.visit), -1)
    start[0] = 0
    tours = Tours(0, ((0,), (), ()), start, (Break(0, 0, True), None, None), 0)
    faults = " ".join(judge_tours(day, tours).faults)
    for words in ("cannot give", "before its first window", "break at 0 that is none", "sets out", "lacks a service"):
        assert words in faults


def test_starts_raised_by_insertions_are_the_earliest_there_are(kernel):
    """What propagation leaves is what a recomputation from nothing finds."""
    day = a_day("late", 4, visits=10)
    plain = plain_arrays(day, 1)
    kernel.search(plain, 0, 0.0)
    rows = plain.node.reshape(-1, NODE_WIDTH)
    raised = rows[: len(day.visit), START].copy()
    assert np.all(rows[: len(day.visit), PERSON] >= 0)
    assert kernel._earliest_starts(plain)
    assert np.array_equal(rows[: len(day.visit), START], raised)


def test_services_in_order_are_given_by_two_people(kernel):
    day = a_day("late", 8, visits=6)
    tours = plain_tours(kernel, day, 20)
    who = {v: i for i, route in enumerate(tours.routes) for v in route}
    linked = [v for v in range(len(day.visit) - 1) if day.visit[v] == day.visit[v + 1] and day.link[day.visit[v]] == IN_ORDER]
    assert linked
    assert all(who[v] != who[v + 1] for v in linked)
