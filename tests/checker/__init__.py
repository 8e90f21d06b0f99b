"""A second opinion on plans and routes, written from the published rules alone.

Nothing here imports the product: a rule that the product misunderstands is not misunderstood here in the
same way. Each check returns findings, sentences about what is wrong; no findings means all right.
"""

from tests.checker.exhaustive import best_level, check_best
from tests.checker.meals import max_portions
from tests.checker.routes import check_routes
from tests.checker.week import check_week

__all__ = ["best_level", "check_best", "check_routes", "check_week", "max_portions"]
