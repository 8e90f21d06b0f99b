"""One leader at a time, on both databases; who goes lets the next one lead."""

from pathlib import Path

import pytest

from sharemeal.store.base import Store
from sharemeal.store.leader import FileLeader, leader_of


def test_only_one_leads_and_the_next_follows(store: Store) -> None:
    first, second = leader_of(store), leader_of(store)
    try:
        assert first.try_to_lead()
        assert first.try_to_lead()
        assert first.still_leads()
        assert not second.try_to_lead()
        assert not second.still_leads()
        first.release()
        assert not first.still_leads()
        assert second.try_to_lead()
        assert not first.try_to_lead()
    finally:
        first.release()
        second.release()


def test_another_database_has_a_leader_of_its_own(tmp_path: Path) -> None:
    one, other = FileLeader(tmp_path / "a.leader"), FileLeader(tmp_path / "b.leader")
    assert one.try_to_lead()
    assert other.try_to_lead()
    one.release()
    other.release()


@pytest.mark.parametrize("again", [False, True])
def test_who_holds_a_file_that_others_no_longer_see_does_not_lead(tmp_path: Path, again: bool) -> None:
    path = tmp_path / "a.leader"
    leader = FileLeader(path)
    assert leader.try_to_lead()
    path.unlink()
    if again:
        path.touch()
    assert not leader.still_leads()
    assert leader.try_to_lead()
    leader.release()


def test_a_folder_that_cannot_be_written_to_raises(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileLeader(tmp_path / "missing" / "a.leader").try_to_lead()
