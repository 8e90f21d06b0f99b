"""How OR-Tools searches: parallel insertion, then guided local search."""

from __future__ import annotations

from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

NEVER, ALWAYS = 2, 3
"""OptionalBoolean's BOOL_FALSE and BOOL_TRUE."""


def search_parameters(seconds: float, solutions: int | None, *, equal_vehicles_stall: bool) -> Any:
    """Parameters for one search of at most ``seconds`` and, if given, so many ``solutions``.

    Among many pairs on equal vehicles guided local search stalls on equal moves; then subtrip moves are left
    out and large neighbourhoods used instead.
    """
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    if solutions is not None:
        parameters.solution_limit = solutions
    if equal_vehicles_stall:
        operators = parameters.local_search_operators
        operators.use_relocate_subtrip = NEVER
        operators.use_exchange_subtrip = NEVER
        operators.use_path_lns = ALWAYS
        operators.use_inactive_lns = ALWAYS
    return parameters
