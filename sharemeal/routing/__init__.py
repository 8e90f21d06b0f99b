"""Routing: the question (problem), the answer (plan) and the one door between them (solve)."""
