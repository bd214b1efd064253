from datetime import UTC, datetime

import pytest

from bot.evaluation.cases import Place, RetrievalCase
from bot.evaluation.measures import grouped
from bot.evaluation.retrieval import Retrieved, retrieval_failures, retrieval_figures
from knowledge.passages import Hit, Passage

FEES, TIMES = Place(document="shipping", section="Fees"), Place(document="shipping", section="Times")


def hit(section: str, confidence: float, source: str = "en/shipping.md") -> Hit:
    passage = Passage(
        id=f"{source}@en#{section}",
        document_id=f"{source}@en",
        position=0,
        title="Shipping",
        section=section,
        text="…",
        language="en",
        kind="document",
        source=source,
        version="1",
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Hit(passage, confidence, 0.8, 0.1)


def asked(
    expect: tuple[Place, ...], *hits: Hit, language: str = "en", part: str = "tune", id_: str = "a"
) -> Retrieved:
    case = RetrievalCase(id=id_, language=language, part=part, question="how much", expect=expect)
    return Retrieved(case, hits, threshold=0.5, sure=0.85)


def test_a_passage_answers_by_document_and_nearest_heading() -> None:
    assert asked((FEES,), hit("Times", 0.9), hit("Delivery › Fees", 0.2)).rank == 2
    assert asked((Place(document="en/shipping.md", section="Fees"),), hit("Fees", 0.9)).rank == 1
    assert asked((Place(document="shipping"),), hit("Times", 0.9)).rank == 1
    assert asked((FEES,), hit("Fees", 0.9, source="en/returns.md")).rank is None
    assert asked((FEES,)).rank is None


def test_figures() -> None:
    figures = retrieval_figures(
        [
            asked((FEES,), hit("Fees", 0.9)),
            asked((FEES,), hit("Times", 0.8), hit("Fees", 0.7)),
            asked((FEES, TIMES), hit("Times", 0.3)),
            asked((FEES,), hit("Else", 0.1)),
            asked((), hit("Fees", 0.6)),
            asked((), hit("Fees", 0.2)),
        ]
    )
    assert figures == {
        "answerable": 4,
        "unanswerable": 2,
        "top_1": 0.5,
        "top_3": 0.75,
        "mrr": (1 + 0.5 + 1) / 4,
        "answered_right": 0.25,
        "answered_wrong": 0.25,
        "hedged_right": 0,
        "hedged_wrong": 0.25,
        "refused": 0.5,
        "refused_but_offered": 0.25,
        "unanswerable_answered": 0.5,
        "unanswerable_hedged": 0.5,
        # 0.9 stands above both strangers, 0.3 above one of them.
        "separation": 0.75,
        "answered_at_5_percent": 0.5,
    }


def test_figures_without_strangers_or_answers() -> None:
    assert "unanswerable_answered" not in retrieval_figures([asked((FEES,), hit("Fees", 0.9))])
    assert retrieval_figures([asked((), hit("Fees", 0.2))]) == {
        "answerable": 0,
        "unanswerable": 1,
        "unanswerable_answered": 0,
        "unanswerable_hedged": 0,
    }


def test_failures_say_what_went_wrong() -> None:
    found = retrieval_failures(
        [
            asked((FEES,), hit("Fees", 0.9), id_="fine"),
            asked((), hit("Fees", 0.1), id_="silent"),
            asked((), hit("Fees", 0.6), id_="talks"),
            asked((FEES,), hit("Times", 0.8), hit("Fees", 0.7), id_="other"),
            asked((FEES,), hit("Fees", 0.3), id_="shy"),
            asked((FEES,), hit("Times", 0.3), id_="lost"),
        ]
    )
    assert [(one.id, one.what) for one in found] == [
        ("talks", "answered"),
        ("other", "another passage answered"),
        ("shy", "refused"),
        ("lost", "not in the first three"),
    ]
    assert (found[1].expected, found[1].got) == ("shipping › Fees", "shipping › Times")


@pytest.mark.parametrize(
    ("languages", "groups"),
    [
        (["en"] * 20, ["all cases", "held_back", "tune"]),
        (
            ["en"] * 20 + ["fr"] * 2,
            ["all cases", "en", "other languages", "held_back", "en held_back", "tune", "en tune"],
        ),
    ],
)
def test_figures_by_language_and_part(languages: list[str], groups: list[str]) -> None:
    outcomes = [
        asked((FEES,), hit("Fees", 0.9), language=language, part=("tune", "held_back")[number % 2])
        for number, language in enumerate(languages)
    ]
    found = grouped(outcomes, retrieval_figures)
    assert list(found) == groups
    assert found["all cases"]["answerable"] == len(languages)
    assert found["tune"]["answerable"] == len(languages) / 2
