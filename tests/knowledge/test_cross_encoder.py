"""Question and passage read together: by the real export, and where search asks for it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge import manifest, prepare
from knowledge.confidence import Reading, load_calibration
from knowledge.cross_encoder import LONGEST, CrossEncoder, OnnxCrossEncoder, learnt, open_cross_encoder
from knowledge.encoder import encoder_folder, open_encoder, plain
from knowledge.errors import EncoderMissing
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.passages import Passage
from knowledge.search import Found, Search
from tests.knowledge.hashed import HashedEncoder


def passage(section: str, text: str) -> Passage:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Passage("p@zh#0", "p@zh", 0, "帮助", section, text, "zh", "document", "p.md", "1", now)


@pytest.fixture(scope="module")
def cross(cache: Path) -> OnnxCrossEncoder:
    found = open_cross_encoder(open_encoder(cache))
    assert isinstance(found, OnnxCrossEncoder)
    return found


@pytest.mark.parametrize(
    ("section", "text", "answered", "beside"),
    [
        (
            "Opening hours",
            "The workshop is open Tuesday to Saturday, nine to five. We are closed on public holidays.",
            "are you open on saturday",
            "is there parking at the workshop",
        ),
        (
            "押金退还",
            "租期结束、器材检查无损后，押金三个工作日内原路退回。",
            "押金多久退给我",
            "押金要交多少",
        ),
    ],
)
def test_what_answers_is_told_from_what_is_only_about_it(
    cross: OnnxCrossEncoder, section: str, text: str, answered: str, beside: str
) -> None:
    read = passage(section, text)
    assert cross.score(answered, read) > cross.score(beside, read) + 1


def test_a_pair_is_joined_as_transformers_joins_it(cache: Path, cross: OnnxCrossEncoder) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(prepare.transformer_source(cache, None))
    for question, text in (
        ("多久到货", "三天。"),
        ("when?", "In three days.\nOr four."),
        ("a", "word " * 400),
    ):
        read = passage("发货", text)
        expected = tokenizer(
            f"query: {plain(question)}",
            f"passage: 发货\n{text}",
            truncation="only_second",
            max_length=LONGEST,
        )["input_ids"]
        assert cross.tokens(question, read) == expected


@pytest.mark.parametrize("question", ["", "\x00", "</s>", "word " * 5000, "\ud800", "🙂" * 3000])
def test_any_question_can_be_read(cross: OnnxCrossEncoder, question: str) -> None:
    assert len(cross.tokens(question, passage("发货", "长" * 9000))) <= LONGEST
    assert abs(cross.score(question, passage("", ""))) < 100


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("How do I track a Parcel?", "how do i track a parcel"),
        ("怎么查物流？", "怎么查物流"),
        (" 退款呢 ？？", "退款呢"),
    ],
)
def test_how_a_question_is_typed_tells_nothing(
    cache: Path, cross: OnnxCrossEncoder, typed: str, bare: str
) -> None:
    """Small letters and a missing question mark say nothing of whether there is an answer."""
    read = passage("查物流", "在「我的订单」里点「物流」。")
    assert cross.score(typed, read) == cross.score(bare, read)
    one, other = open_encoder(cache).embed_queries([typed, bare])
    assert (one == other).all()


def test_another_encoder_has_none() -> None:
    assert open_cross_encoder(HashedEncoder()) is None


def test_a_damaged_one_is_named(cache: Path, tmp_path: Path) -> None:
    import shutil

    folder = encoder_folder(tmp_path, None)
    shutil.copytree(encoder_folder(cache, None), folder, ignore=shutil.ignore_patterns("transformer"))
    graph = folder / manifest.CROSS
    graph.write_bytes(bytes(graph.stat().st_size))
    found = open_cross_encoder(open_encoder(tmp_path))
    assert found is not None
    with pytest.raises(EncoderMissing, match="kefu models prepare"):
        found.warm_up()


def test_what_it_learns_changes_no_vector(cache: Path) -> None:
    """An index is not made anew because the cross-encoder has learnt more."""
    found = manifest.read(encoder_folder(cache, None))
    assert found.origin == prepare.origin(None)
    assert found.fingerprint == manifest.fingerprint(
        [prepare.vectors_origin(), "query: ", "passage: ", "512", manifest.QUERIES]
    )


def test_the_confidence_was_fitted_to_what_it_has_learnt() -> None:
    reading = load_calibration().reading
    assert reading is not None
    assert reading.learnt == learnt(), "run `python -m tests.benchmarks.calibration --write`"
    assert reading.unsure < reading.certain
    assert reading.logit > 0


class Says(CrossEncoder):
    """One thing of everything, and remembers what it was asked."""

    def __init__(self, logit: float) -> None:
        self.logit = logit
        self.asked: list[str] = []

    def warm_up(self) -> None:
        pass

    def score(self, question: str, passage: Passage) -> float:
        self.asked.append(question)
        return self.logit


READING = replace(load_calibration().reading or Reading(0, 1, {}, 1, 0, ""), unsure=0.0, certain=1.0)


def explain(index: Index, cross: CrossEncoder, reading: Reading | None, text: str) -> list[Found]:
    calibration = replace(load_calibration(), reading=reading)
    search = Search(index, calibration, cross)
    return search.explain(HashedEncoder().embed_queries([text])[0], text, language="zh", limit=3)


@pytest.fixture
def filled(documents: Path, index: Index, encoder: HashedEncoder) -> Index:
    ingest([documents], index, encoder)
    return index


def test_only_the_first_is_read(filled: Index) -> None:
    plain = explain(filled, Says(0.0), None, "退货运费")
    says = Says(2.0)
    found = explain(filled, says, READING, "退货运费")
    assert says.asked == ["退货运费"]
    assert found[0].logit == 2.0
    assert found[0].hit.confidence > plain[0].hit.confidence
    assert found[1:] == plain[1:]


def test_where_search_is_certain_or_far_off_nothing_is_read(filled: Index) -> None:
    (first, *_) = explain(filled, Says(0.0), None, "退货运费")
    confidence = first.hit.confidence
    for unsure, certain in ((0.0, confidence), (confidence + 1e-6, 1.0)):
        says = Says(2.0)
        found = explain(filled, says, replace(READING, unsure=unsure, certain=certain), "退货运费")
        assert says.asked == []
        assert found[0] == first


def test_words_that_are_not_there_are_not_read(filled: Index) -> None:
    says = Says(2.0)
    explain(filled, says, READING, " ")
    assert says.asked == []
