"""``sharemeal route``: files and standard input in, JSON out, refusals in sentences."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from sharemeal.cli.route import route
from tests.routing.test_classic import LILIM, SOLOMON
from tests.routing.test_vroom import WEEK


def run(*words: str, given: str | bytes | None = None) -> Result:
    """The command with these words, ``given`` on its standard input."""
    return CliRunner().invoke(route, list(words), input=given)


def test_a_problem_from_standard_input() -> None:
    result = run("-", "--seconds", "20", given=json.dumps(WEEK))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["sharemeal"]["status"] == "optimal"


def test_an_answer_into_a_file(tmp_path: Path) -> None:
    question, answer = tmp_path / "question.json", tmp_path / "answer.json"
    question.write_text(json.dumps(WEEK), encoding="utf-8")
    result = run(str(question), "-o", str(answer))
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(answer.read_text(encoding="utf-8"))["code"] == 0


def test_classic_files(tmp_path: Path) -> None:
    for form, text in (("lilim", LILIM), ("solomon", SOLOMON)):
        file = tmp_path / form
        file.write_text(text, encoding="utf-8")
        told = json.loads(run(str(file), "--format", form, "--seconds", "2").stdout)["sharemeal"]
        assert told["vehicles"] == 1


def refused(result: Result) -> str:
    """The sentence of a refusal, which stands on both outputs."""
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["code"] == 2
    assert told["error"] in result.stderr
    return str(told["error"])


def test_refusals_are_sentences_on_both_outputs() -> None:
    assert "「breaks」には対応していません" in refused(
        run("-", given=json.dumps({"vehicles": [{"id": 1, "breaks": []}]}))
    )
    assert "JSONとして読めません" in refused(run("-", given="{"))
    assert "UTF-8" in refused(run("-", given=b"\x89PNG\xff"))
    assert "開けません" in refused(run("no-such-file.json"))
    assert "0秒より長く" in refused(run("-", "--seconds", "-1", given=json.dumps(WEEK)))
    assert "0秒より長く" in refused(run("-", "--seconds", "nan", given=json.dumps(WEEK)))


def test_wrong_usage_is_told_apart() -> None:
    assert run("-", "--format", "xml").exit_code == 2
    assert run().exit_code == 2
