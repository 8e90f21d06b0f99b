"""生かされた食材: weighed where it was weighed, else so much a meal, and never more than what was rescued."""

from decimal import Decimal

from sharemeal.ledger import KILOGRAMS_PER_MEAL, Rescued, rescued, rescued_of


def test_a_weight_counts_where_it_was_weighed() -> None:
    weighed = rescued_of(uses_surplus=True, surplus_kg=Decimal("2.9"), measured=True, meals=10)
    assert weighed == Rescued(measured_kg=Decimal("2.9"))


def test_else_each_meal_counts_as_an_estimate() -> None:
    for guess in (None, Decimal("2.9")):
        reckoned = rescued_of(uses_surplus=True, surplus_kg=guess, measured=False, meals=10)
        assert reckoned == Rescued(estimated_kg=10 * KILOGRAMS_PER_MEAL)


def test_what_was_not_surplus_or_not_cooked_has_rescued_nothing() -> None:
    assert rescued_of(uses_surplus=False, surplus_kg=Decimal(3), measured=True, meals=10) == Rescued()
    assert rescued_of(uses_surplus=True, surplus_kg=Decimal(3), measured=True, meals=0) == Rescued()


def test_sums_keep_both_apart() -> None:
    total = rescued([Rescued(Decimal("6.8")), Rescued(Decimal(0), Decimal("0.42")), Rescued()])
    assert (total.measured_kg, total.estimated_kg) == (Decimal("6.8"), Decimal("0.42"))
    assert total.total_kg == Decimal("7.22")
    assert rescued([]) == Rescued()
