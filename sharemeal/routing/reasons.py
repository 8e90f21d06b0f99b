"""One plain sentence for each stop (why this person) and each door left out (what stands in the way).

Nothing is guessed: a task left out is tried alone on every vehicle, then in every gap of every round, and
the sentence names what forbade it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sharemeal.routing.model import Model, Order, Routes
from sharemeal.routing.problem import Job, Kind, Problem, Shipment
from sharemeal.routing.schedule import Limit, begins, insertions
from sharemeal.sentences import Sentence, listing

MOST_TRIALS = 5_000
"""How many rounds are tried for all reasons together; beyond (a city) they are told without trying."""
NOT_FOUND = Sentence("まだ入る組み合わせが見つかっていません。計算時間を延ばして、もう一度計算してください")

NOBODY = {
    Limit.VEHICLE: Sentence("届けるための条件（資格・固定）に合う人がいません"),
    Limit.LOAD: Sentence("量が多く、だれの荷物にも入りません"),
    Limit.TASKS: Sentence("だれも、これ以上の立ち寄りを引き受けられません"),
    Limit.TRAVEL: Sentence("だれが行っても、移動時間の上限を超えます"),
    Limit.DISTANCE: Sentence("だれが行っても、移動距離の上限を超えます"),
    Limit.WINDOW: Sentence("だれが行っても、時間帯に間に合いません"),
    Limit.RIDE: Sentence("だれが行っても、受け取ってからお届けまでの時間の限りを超えます"),
    Limit.SHIFT: Sentence("だれが行っても、活動時間のうちに終わりません"),
}
CAUSES = {
    Limit.LOAD: Sentence("荷物に入らない"),
    Limit.TASKS: Sentence("立ち寄りの数の上限"),
    Limit.TRAVEL: Sentence("移動時間の上限"),
    Limit.DISTANCE: Sentence("移動距離の上限"),
    Limit.WINDOW: Sentence("時間帯に間に合わない"),
    Limit.RIDE: Sentence("お届けまでの時間の限り"),
    Limit.SHIFT: Sentence("活動時間が足りない"),
}
LATE = {Limit.WINDOW, Limit.SHIFT, Limit.RIDE}


def unserved_reasons(problem: Problem, model: Model, routes: Routes) -> dict[tuple[Kind, int], Sentence]:
    """Why each task that the routes leave out is left out."""
    done = {model.nodes[n].order for nodes in routes.values() for n in nodes}
    questions = _questions(problem)
    trials = iter(range(MOST_TRIALS))
    reasons = {}
    for o, order in enumerate(model.orders):
        if o in done:
            continue
        keys = [(model.nodes[n].kind, model.nodes[n].id) for n in order.nodes]
        why = _why_unserved(problem, model, routes, order, questions[keys[-1]], trials)
        reasons.update(dict.fromkeys(keys, why))
    return reasons


def step_reasons(problem: Problem, model: Model, routes: Routes) -> dict[int, Sentence]:
    """Why the vehicle of each open stop goes there, by node."""
    questions = _questions(problem)
    few = len(model.orders) * len(model.vans) <= MOST_TRIALS
    why = {}
    for v, nodes in routes.items():
        for n in nodes:
            order, node = model.orders[model.nodes[n].order], model.nodes[n]
            if node.kind is Kind.PICKUP:
                why[n] = Sentence("このあと届ける分を受け取ります")
                continue
            wishes = questions[node.kind, node.id].wishes
            vehicle_id = problem.vehicles[v].id
            if wishes.pinned_vehicle is not None:
                why[n] = Sentence("この人に固定されています")
            elif order.pickup is None and node.kind is Kind.DELIVERY:
                why[n] = Sentence("もう受け取ってあるので、同じ人が届けます")
            elif few and (only := _only_one(model, order, v)) is not None:
                why[n] = only
            elif (wishes.familiarity or {}).get(vehicle_id, 0) > 0:
                why[n] = Sentence("顔なじみです")
            elif wishes.previous_vehicle == vehicle_id:
                why[n] = Sentence("これまでと同じ人です")
            else:
                why[n] = Sentence("見つかった中で、全体の負担がいちばん小さい組み合わせです")
    return why


def _questions(problem: Problem) -> dict[tuple[Kind, int], Job | Shipment]:
    asked: dict[tuple[Kind, int], Job | Shipment] = {(Kind.JOB, job.task.id): job for job in problem.jobs}
    asked.update({(Kind.DELIVERY, each.delivery.id): each for each in problem.shipments})
    return asked


def _alone(model: Model, order: Order, v: int) -> Limit | None:
    answer = begins(model, v, order.nodes)
    return answer if isinstance(answer, Limit) else None


def _only_one(model: Model, order: Order, v: int) -> Sentence | None:
    others = [_alone(model, order, other) for other in range(len(model.vans)) if other != v]
    if not others or None in others:
        return None
    if all(limit in LATE for limit in others):
        return Sentence("ほかの人なら時間帯に間に合いません")
    if all(limit is Limit.LOAD for limit in others):
        return Sentence("ほかの人の荷物には入りません")
    return Sentence("届けられるのはこの人だけです")


def _why_unserved(
    problem: Problem,
    model: Model,
    routes: Routes,
    order: Order,
    asked: Job | Shipment,
    trials: Iterator[int],
) -> Sentence:
    pinned = asked.wishes.pinned_vehicle
    if pinned is not None and all(vehicle.id != pinned for vehicle in problem.vehicles):
        return Sentence("固定された人（{vehicle}）が、きょうはいません", vehicle=pinned)
    if not any(asked.skills <= vehicle.skills for vehicle in problem.vehicles):
        return Sentence("必要な資格（{skills}）のある人がいません", skills=_listed(asked.skills))
    if not order.vehicles:
        return Sentence("固定された人（{vehicle}）に必要な資格がありません", vehicle=pinned)
    if any(not model.nodes[n].windows for n in order.nodes):
        return Sentence("時間帯がもう過ぎています")
    limits = set()
    for v in order.vehicles:
        if next(trials, None) is None:
            return NOT_FOUND
        limit = _alone(model, order, v)
        if limit is None:
            return _why_not_beside_others(model, routes, order, trials)
        limits.add(limit)
    if pinned is not None:
        return Sentence(
            "固定された人（{vehicle}）では届けられません：{causes}", vehicle=pinned, causes=_causes(limits)
        )
    if len(limits) == 1 and len(order.vehicles) == len(model.vans):
        return NOBODY[limits.pop()]
    return Sentence("引き受けられる人のだれでも届けられません：{causes}", causes=_causes(limits))


def _why_not_beside_others(model: Model, routes: Routes, order: Order, trials: Iterator[int]) -> Sentence:
    """It could be done alone: is there a gap in some round, and if not, what fills the rounds?"""
    limits: set[Limit] = set()
    for v in order.vehicles:
        for longer in insertions(routes.get(v, ()), order.nodes):
            if next(trials, None) is None:
                return NOT_FOUND
            answer = begins(model, v, longer)
            if not isinstance(answer, Limit):
                return NOT_FOUND
            limits.add(answer)
    return Sentence(
        "全員の予定がいっぱいです：{causes}", causes=_causes(limits - {Limit.ORDER, Limit.VEHICLE})
    )


def _causes(limits: set[Limit]) -> Sentence:
    known = [CAUSES[limit] for limit in Limit if limit in limits and limit in CAUSES]
    return listing(known) if known else Sentence("条件に合わない")


def _listed(numbers: frozenset[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))
