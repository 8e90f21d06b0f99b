"""Ways to solve a routing problem, one method a file; the only rooms of routing that know OR-Tools."""
