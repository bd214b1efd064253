from pathlib import Path

import pytest

from bot.errors import CasesError
from bot.evaluation.cases import Place, load_intent_cases, load_retrieval_cases

KNOWN = {
    Place(document="returns", section="How to start a return"),
    Place(document="returns", section="Where to send a return"),
}


def write(folder: Path, text: str) -> Path:
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_retrieval_cases_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
- {id: a, language: en, question: how do i send it back, expect: [{document: returns, section: How to start a return}]}
- {id: b, language: zh, part: tune, question: 能讲价吗, expect: []}
- {id: c, language: en, question: anything on returns, expect: [{document: returns}]}
""",
    )
    first, second, third = load_retrieval_cases(path, KNOWN)
    assert (first.part, first.expect) == (
        None,
        (Place(document="returns", section="How to start a return"),),
    )
    assert (second.part, second.expect) == ("tune", ())
    assert third.expect[0].section is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "{id: a, language: en, question: hi, expect: [{document: refunds}]}",
            "a: there is no document 'refunds'",
        ),
        (
            "{id: a, language: en, question: hi, expect: [{document: returns, section: Fees}]}",
            "a: the document 'returns' has no section 'Fees'",
        ),
        ("{id: a, language: english, question: hi, expect: []}", "a: language"),
        ("{id: a, language: en, question: '  ', expect: []}", "a: question"),
        (
            "{id: a, language: en, question: yes, expect: []}",
            "a: question: Input should be a valid string (quote it)",
        ),
        ("{language: en, question: hi, expect: []}", "case 1: id: Field required"),
        ("{id: a, language: en, question: hi}", "a: expect: Field required"),
        ("{id: a, language: en, question: hi, expect: [], colour: red}", "a: colour"),
        ("{id: a, part: en, language: en, question: hi, expect: []}", "a: part"),
        ("just words", "case 1: "),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, row: str, problem: str) -> None:
    with pytest.raises(CasesError) as caught:
        load_retrieval_cases(write(tmp_path, f"- {row}\n"), KNOWN)
    assert any(one.startswith(problem) for one in caught.value.problems), caught.value.problems
    assert "cases.yaml" in str(caught.value)


@pytest.mark.parametrize("text", ["", "a: 1", "- [", "\x00"])
def test_a_file_without_cases_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CasesError):
        load_retrieval_cases(write(tmp_path, text), KNOWN)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="cannot be read"):
        load_retrieval_cases(tmp_path / "none.yaml", KNOWN)


def test_ids_are_unique(tmp_path: Path) -> None:
    row = "- {id: a, language: en, question: hi, expect: []}\n"
    with pytest.raises(CasesError, match="a: this id is there 2 times"):
        load_retrieval_cases(write(tmp_path, row + row), KNOWN)


def test_many_problems_are_cut_short(tmp_path: Path) -> None:
    rows = "".join(f"- {{id: c{number}, language: en, question: hi}}\n" for number in range(30))
    with pytest.raises(CasesError) as caught:
        load_retrieval_cases(write(tmp_path, rows), KNOWN)
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "… and 10 more"


def test_unknown_intents_are_named(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "- {id: a, language: en, message: hi, intents: [greet]}\n"
        "- {id: b, language: en, message: no parrots, intents: [], negated: [parrot]}\n",
    )
    with pytest.raises(CasesError) as caught:
        load_intent_cases(path, {"greet"})
    assert caught.value.problems == ["b: there is no intent 'parrot'"]
