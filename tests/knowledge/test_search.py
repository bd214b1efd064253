import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import bm25s  # type: ignore[import-untyped]  # it ships no types
import numpy as np
import pytest

from knowledge import keywords
from knowledge.calibrate import Case, Trial, fit, fit_usual, load_cases
from knowledge.clearing import clear
from knowledge.confidence import Calibration, Features, load_calibration
from knowledge.gathering import Question
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.passages import Hit
from knowledge.ranking import Seen, ranked
from knowledge.rows import Shelf
from knowledge.search import MOST_PREPARED, REFRESH_SECONDS, Begun, Search, question_words, words_found
from knowledge.terms import terms
from tests.knowledge.hashed import HashedEncoder

ZH = Shelf("document", "zh")
PRODUCTS = [
    {
        "id": name,
        "name": {"zh": chinese, "en": english},
        "category": "x",
        "variants": [],
        "description": {"zh": f"{chinese}，日常好用。", "en": f"{english} for every day."},
    }
    for name, chinese, english in (
        ("P001", "羊毛大衣", "Wool coat"),
        ("P002", "羊毛毛衣", "Wool sweater"),
        ("P003", "咖啡机", "Coffee machine"),
    )
]


@pytest.fixture
def search(documents: Path, index: Index, encoder: HashedEncoder) -> Search:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in PRODUCTS)
    (documents / "products.jsonl").write_text(lines)
    ingest([documents], index, encoder)
    return Search(index)


def find(search: Search, text: str, language: str = "zh", **options: object) -> list[Hit]:
    return search.find(HashedEncoder().embed_queries([text])[0], text, language=language, **options)  # type: ignore[arg-type]


def test_it_finds_the_passage_with_its_source(search: Search) -> None:
    hit = find(search, "退货运费")[0]
    assert hit.passage.section == "退货运费谁出"
    assert hit.passage.text == "不喜欢而退货，运费由您出，上门取件收 ¥12.00。质量问题，运费我们出。"
    assert (hit.passage.url, hit.passage.source, hit.passage.language) == (
        "/help/returns",
        "zh/returns.md",
        "zh",
    )
    assert {"退货", "货运", "运费"} <= set(words_found("退货运费", hit.passage))
    assert 0 < hit.keyword <= 1
    assert -1 <= hit.dense <= 1


def test_a_question_of_its_section_leads_to_a_passage(search: Search) -> None:
    hit, other = search.explain(
        HashedEncoder().embed_queries(["邮费我掏吗"])[0], "邮费我掏吗", language="zh", limit=2
    )
    assert hit.hit.passage.section == "退货运费谁出"
    assert (hit.features.asked, other.features.asked) == (1.0, 0.0)
    assert hit.features.question == pytest.approx(1, abs=1e-4)
    assert hit.features.said < hit.features.coverage
    assert hit.features.questions < hit.features.question
    assert (other.features.question, other.features.questions) == (0.0, 0.0)
    assert "邮费" not in hit.hit.passage.text
    assert "邮费" not in words_found("邮费我掏吗", hit.hit.passage)
    assert hit.features.coverage == pytest.approx(1, abs=1e-4)


def test_a_listed_question_is_answered_by_its_page_whatever_else_comes_near() -> None:
    listed = Seen("offers#0", ZH, dense=0.3, question=1.0, questions=0.5, asked=True)
    near = Seen("bulk#0", ZH, dense=0.8, keyword=0.9, coverage=1.0, question=0.9, questions=0.9, asked=True)
    weights = load_calibration().ranking
    first, second = ranked([near, listed], weights)
    assert (first.id, second.id) == ("offers#0", "bulk#0")
    assert first.score < second.score
    assert [one.id for one in ranked([near, listed._replace(question=0.95)], weights)] == [
        "bulk#0",
        "offers#0",
    ]


def test_questions_lead_to_topics(search: Search) -> None:
    vector = HashedEncoder().embed_queries(["邮费我掏吗"])[0]
    assert search.nearest_topics(vector, "zh", 1)[0].section == "退货运费谁出"


def test_hidden_documents_do_not_come_up_by_their_questions(search: Search) -> None:
    question = Question(HashedEncoder().embed_queries(["邮费我掏吗"])[0], question_words("邮费我掏吗"), "zh")
    assert search.candidates(question, search.shelves("zh"))
    assert search.candidates(question, search.shelves("zh"), without={"zh/returns.md@zh"}) == []


def test_keywords_find_what_the_vector_misses(search: Search) -> None:
    text = "运费谁出"
    away = HashedEncoder().embed_queries(["宇宙飞船"])[0]
    assert search.find(away, text, language="zh")[0].passage.section == "退货运费谁出"


def test_products_stay_out_of_answers_and_answers_out_of_products(search: Search) -> None:
    assert {hit.passage.kind for hit in find(search, "羊毛大衣")} == {"document"}
    assert find(search, "羊毛大衣", kinds=("product",))[0].passage.metadata["product_id"] == "P001"


def test_products_and_their_like(search: Search) -> None:
    vector = HashedEncoder().embed_queries(["羊毛大衣"])[0]
    assert search.products(vector, "zh", 2)[0][0] == "P001"
    assert [product for product, _ in search.alike("P001", "zh", 2)] == ["P002", "P003"]
    assert search.alike("P001", "fr", 1)[0][0] == "P002"
    assert search.alike("P999", "zh") == []


def test_another_language_helps_out(
    search: Search, documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    own = find(search, "What shipping costs", "en")[0]
    shutil.rmtree(documents / "zh")
    ingest([documents], index, encoder)
    search.warm_up()
    foreign = find(search, "What shipping costs", "zh")[0]
    assert foreign.passage.id == own.passage.id
    assert foreign.confidence < own.confidence


def test_the_own_language_comes_first_when_neither_answers(search: Search) -> None:
    assert [hit.passage.language for hit in find(search, "zzz")][:2] == ["zh", "zh"]


def test_topics_are_sections_once_each(search: Search) -> None:
    vector = HashedEncoder().embed_queries(["退款"])[0]
    topics = search.nearest_topics(vector, "zh", 3)
    assert [topic.section for topic in topics] == ["退款多久到账", "退货运费谁出"]
    assert search.passage(topics[0].passage_id) is not None


def test_what_another_process_deleted_is_not_quoted(
    search: Search, place: Path, encoder: HashedEncoder
) -> None:
    assert find(search, "退货运费")[0].passage.id == "zh/returns.md@zh#0"
    code = (
        "import sys; from knowledge.index import Index; from knowledge.rows import Shelf;"
        "Index(sys.argv[1], 'hashed-1').delete(Shelf('document', 'zh'), ['zh/returns.md@zh#0'])"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(place)], check=True, cwd=Path(__file__).parent.parent.parent
    )
    assert "zh/returns.md@zh#0" not in {hit.passage.id for hit in find(search, "退货运费")}
    assert "zh/returns.md@zh#0" not in {hit.passage.id for hit in find(search, "邮费我掏吗")}
    assert search.passage("zh/returns.md@zh#0") is None


def test_what_another_process_ingested_is_found(search: Search, place: Path, documents: Path) -> None:
    """More than Chroma keeps in its log, so that the reader has to load the vectors anew."""
    find(search, "退货运费")
    for number in range(60):
        sections = "\n".join(
            f"## 第 {number} 页第 {part} 节\n内容是编号 {number * 50 + part}。" for part in range(50)
        )
        (documents / f"zh/page{number}.md").write_text(sections)
    (documents / "zh/robot.md").write_text("## 扫地机器人怎么充电\n放回底座就会自己充电。")
    code = (
        "import sys; from pathlib import Path; from knowledge.index import Index; from knowledge.ingest import ingest;"
        "from tests.knowledge.hashed import HashedEncoder;"
        "ingest([Path(sys.argv[2])], Index(sys.argv[1], 'hashed-1'), HashedEncoder())"
    )
    root = Path(__file__).parent.parent.parent
    subprocess.run([sys.executable, "-c", code, str(place), str(documents)], check=True, cwd=root)
    search.warm_up()
    assert find(search, "扫地机器人怎么充电")[0].passage.text == "放回底座就会自己充电。"
    assert find(search, "退货运费")[0].passage.section == "退货运费谁出"


def test_an_empty_index_finds_nothing(index: Index) -> None:
    search = Search(index)
    assert find(search, "退货运费") == []
    assert search.nearest_topics(np.ones(64, dtype=np.float32), "zh") == []


def test_an_index_being_made_anew_is_empty_for_a_while(search: Search, place: Path) -> None:
    find(search, "退货运费")
    clear(place)
    assert find(search, "退货运费") == []
    search.warm_up()
    assert find(search, "退货运费") == []


@pytest.mark.parametrize(
    "text", ["", "   ", "？？？", "的吗呢", "\x00\x01", "a" * 100_000, "退" * 100_000, "👍"]
)
def test_odd_questions_are_no_trouble(search: Search, text: str) -> None:
    hits = find(search, text)
    assert all(0 <= hit.confidence <= 1 for hit in hits)


def test_keyword_files_are_used_and_damaged_ones_made_anew(index: Index, search: Search) -> None:
    loaded = keywords.load(index.keywords_folder, index.generation)
    assert loaded is not None
    words = question_words("退货运费")
    built = keywords.build(index)[ZH]
    by_id = dict(zip(built.ids, built.scores(built.weights(words)).tolist(), strict=True))
    assert by_id == dict(
        zip(loaded[ZH].ids, loaded[ZH].scores(loaded[ZH].weights(words)).tolist(), strict=True)
    )
    (folder,) = index.keywords_folder.iterdir()
    (folder / "document_zh" / "ids.json").write_text("[]")
    assert keywords.load(index.keywords_folder, index.generation) is None
    assert keywords.load_or_build(index)[ZH].ids == built.ids


def test_keyword_scores_are_those_of_bm25(index: Index, search: Search) -> None:
    corpus = [
        [*terms(row.text), *terms("\n".join((row.title, row.section, *row.questions)))]
        for row in index.texts(ZH)
    ]
    bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    bm25.index(corpus, show_progress=False)
    found = keywords.load_or_build(index)[ZH]
    weights = found.weights([word for word in question_words("退货运费谁出") if word in bm25.vocab_dict])
    theirs = bm25.get_scores(list(weights)) / sum(weights.values())
    assert len(weights) > 1
    np.testing.assert_allclose(found.scores(weights), theirs, rtol=1e-5)


def test_vectors_are_read_from_files(index: Index, search: Search) -> None:
    (folder,) = (index.local / "vectors").iterdir()
    assert folder.name == index.generation
    ids, rows = index.stored()[ZH]
    moved = rows + 1
    np.save(folder / f"{ZH.name}.npy", moved)
    assert np.array_equal(index.stored()[ZH][1], moved)
    assert index.stored()[ZH][0] == ids


@pytest.mark.parametrize("left", [0, 20, 200])
def test_where_the_files_are_damaged_chroma_is_asked(index: Index, search: Search, left: int) -> None:
    kept = {shelf: dict(zip(ids, rows.copy(), strict=True)) for shelf, (ids, rows) in index.stored().items()}
    scores = keywords.load_or_build(index)[ZH].scores({"退货": 1.0})
    for file in [*index.local.glob("vectors/*/*"), *index.local.glob("keywords/*/*/*")]:
        file.write_bytes(file.read_bytes()[:left])
    for _ in ("from Chroma", "from files written anew"):
        for shelf, (ids, rows) in index.stored().items():
            assert set(ids) == kept[shelf].keys()
            assert all(np.array_equal(kept[shelf][id_], row) for id_, row in zip(ids, rows, strict=True))
    assert np.array_equal(keywords.load_or_build(index)[ZH].scores({"退货": 1.0}), scores)


def test_where_no_files_can_be_written_chroma_is_asked_each_time(index: Index, search: Search) -> None:
    kept = {shelf: set(ids) for shelf, (ids, _) in index.stored().items()}
    shutil.rmtree(index.local / "vectors")
    (index.local / "vectors").write_text("a file where the folder would be")
    for _ in range(2):
        assert {shelf: set(ids) for shelf, (ids, _) in index.stored().items()} == kept


def test_keyword_scores_are_shares(index: Index, search: Search) -> None:
    found = keywords.build(index)[ZH]
    assert 0 < found.scores(found.weights(question_words("退货运费谁出"))).max() < 1
    assert found.scores(found.weights(question_words("xylophone"))).max() == 0
    with_unknown = found.scores(found.weights(question_words("退货运费谁出 xylophone"))).max()
    assert with_unknown < found.scores(found.weights(question_words("退货运费谁出"))).max()


def test_shelves_too_large_for_memory_answer_alike(
    index: Index, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma picks the nearest and they are compared anew: on a shelf this small, nothing differs."""
    questions = ("退货运费谁出", "几天能送到", "怎么开发票")
    exact = [[(hit.passage.id, round(hit.dense, 3)) for hit in find(search, text)] for text in questions]
    monkeypatch.setattr("knowledge.neighbours.MOST_IN_MEMORY", 0)
    large = Search(index, search.calibration)
    found = [[(hit.passage.id, round(hit.dense, 3)) for hit in find(large, text)] for text in questions]
    assert found == exact
    assert all(found)


def test_confidence_grows_with_its_features() -> None:
    calibration = load_calibration()
    low = Features(
        dense=0.1,
        keyword=0.0,
        coverage=0.0,
        said=0.0,
        question=0.0,
        questions=0.0,
        asked=0.0,
        chance=0.3,
        page=0.4,
        lead=-0.2,
        usual=-0.5,
    )
    high = low._replace(
        dense=0.7, keyword=0.6, coverage=1.0, said=0.8, chance=1.0, page=1.0, lead=0.9, usual=0.5
    )
    asked = high._replace(question=0.8, questions=0.6, asked=1.0)
    far = high._replace(asked=1.0)
    assert calibration.confidence(low) < calibration.threshold < calibration.confidence(high)
    assert calibration.confidence(far) < calibration.confidence(asked)


def test_parameters_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    broken = replace(load_calibration(), weights={"other": 1.0})
    broken.save(tmp_path / "calibration.json")
    with pytest.raises(ValueError, match="do not name the features"):
        load_calibration(tmp_path / "calibration.json")


def test_fit_learns_what_tells_an_answer(search: Search, encoder: HashedEncoder, tmp_path: Path) -> None:
    expected = ("zh/returns.md@zh › 退货运费谁出",)
    cases = [Case(question, "zh", expected) for question in ("退货运费", "退货运费谁出", "运费谁出")]
    cases += [Case(question, "zh") for question in ("今天天气", "宇宙飞船", "写一首诗")]
    calibration = fit([Trial("all", search, tuple(cases))], encoder)
    calibration.save(tmp_path / "c.json")
    assert load_calibration(tmp_path / "c.json") == calibration
    search.calibration = calibration
    assert find(search, "退货运费谁出")[0].confidence > find(search, "宇宙飞船")[0].confidence
    with pytest.raises(ValueError, match="questions that are answered"):
        fit([Trial("all", search, (Case("宇宙飞船", "zh"),))], encoder)


def test_ranking_weights_that_are_missing_are_refused(tmp_path: Path) -> None:
    replace(load_calibration(), ranking={"dense": 1.0}).save(tmp_path / "calibration.json")
    with pytest.raises(ValueError, match="do not name the clues"):
        load_calibration(tmp_path / "calibration.json")


def test_the_cases_name_passages_that_exist() -> None:
    root = Path(__file__).parent.parent.parent / "bot/shop/demo/documents"
    for case in load_cases(Path(__file__).parent / "calibration.yaml"):
        for expected in case.expected:
            document, _, section = expected.partition(" › ")
            page = (root / document.split("@")[0]).read_text(encoding="utf-8")
            heading = f"<h2>{section}</h2>" if document.endswith(".html") else f"## {section}\n"
            assert heading in page or not section, expected


def test_threshold_is_the_calibrations(index: Index) -> None:
    calibration = Calibration({}, dict.fromkeys(Features._fields, 1.0), bias=0.0, threshold=0.7)
    assert Search(index, calibration).threshold == 0.7


def test_strangers_sound_less_usual_than_listed_questions(search: Search, encoder: HashedEncoder) -> None:
    strangers = [Case(text, "zh") for text in ("今天天气", "宇宙飞船", "写一首诗")]
    usual = fit_usual(strangers, [search], encoder)
    calibration = replace(load_calibration(), usual=usual)
    listed, _ = search.listed()[0]
    vectors = encoder.embed_queries([listed, "宇宙飞船"])
    sounds = [calibration.usualness(search.centred(vector, "zh")) for vector in vectors]
    assert sounds[0] > 0 > sounds[1]
    assert load_calibration().usualness(np.zeros(3, dtype=np.float32)) == 0.0
    assert fit_usual([], [search], encoder) == ()


QUESTIONS = ("退货运费谁出", "几天能送到", "退货运费", "完全无关的东西", "the cost of returning")


def settled(index: Index) -> None:
    """As if the last write was an hour ago."""
    file = Path(index.location) / "chroma.sqlite3"
    moment = file.stat().st_mtime_ns - 3600 * 10**9
    os.utime(file, ns=(moment, moment))


def begun(search: Search, text: str) -> Begun | None:
    return search.begin(HashedEncoder().embed_queries([text])[0], text, language="zh")


@pytest.fixture
def at_hand(index: Index, search: Search) -> Search:
    """A search that was asked each of the questions before, while nothing is written."""
    find(search, QUESTIONS[0])  # Chroma tidies up when it is first asked
    settled(index)
    for text in QUESTIONS:
        find(search, text)
    search.look()
    return search


@pytest.mark.parametrize("text", QUESTIONS)
def test_in_two_halves_it_finds_the_same(at_hand: Search, text: str) -> None:
    whole = find(at_hand, text)
    at_hand.prepare(text, "zh")
    half = begun(at_hand, text)
    assert half is not None
    assert at_hand.finish(half) == whole
    assert at_hand.at_once(half) == (whole if whole[0].confidence >= at_hand.threshold else None)


def test_some_questions_are_answered_at_once(at_hand: Search) -> None:
    halves = [begun(at_hand, text) for text in QUESTIONS]
    found = [half is not None and at_hand.at_once(half) is not None for half in halves]
    assert any(found)
    assert not all(found)


def test_what_was_never_read_is_not_found_at_once(index: Index, at_hand: Search) -> None:
    fresh = Search(index, at_hand.calibration)
    fresh.warm_up()
    index._recent.passages().clear()
    fresh.look()
    half = begun(fresh, QUESTIONS[0])
    assert half is not None
    assert fresh.at_once(half) is None
    assert fresh.finish(half) == find(at_hand, QUESTIONS[0])


def test_a_search_does_not_begin_after_a_write(index: Index, at_hand: Search) -> None:
    first = find(at_hand, QUESTIONS[0])[0]
    index.delete(ZH, [first.passage.id])
    at_hand.look()
    assert begun(at_hand, QUESTIONS[0]) is None
    settled(index)
    at_hand.look()
    half = begun(at_hand, QUESTIONS[0])
    assert half is not None
    assert at_hand.at_once(half) is None
    assert first not in at_hand.finish(half)


def test_a_search_begins_soon_after_a_look_only(at_hand: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun(at_hand, QUESTIONS[0]) is not None
    later = time.monotonic() + REFRESH_SECONDS
    monkeypatch.setattr("knowledge.search.time.monotonic", lambda: later)
    assert begun(at_hand, QUESTIONS[0]) is None
    at_hand.look()
    assert begun(at_hand, QUESTIONS[0]) is not None


def test_what_was_just_loaded_anew_wants_another_look(at_hand: Search) -> None:
    at_hand.warm_up()
    assert begun(at_hand, QUESTIONS[0]) is None


def test_what_takes_its_time_does_not_begin(
    index: Index, at_hand: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert begun(at_hand, "退" * 10_000) is None
    monkeypatch.setattr("knowledge.neighbours.MOST_IN_MEMORY", 0)
    large = Search(index, at_hand.calibration)
    large.look()
    assert begun(large, QUESTIONS[0]) is None


def test_words_prepared_for_nobody_are_forgotten(at_hand: Search) -> None:
    for number in range(200):
        at_hand.prepare(f"{QUESTIONS[0]} {number}", "zh")
    assert len(at_hand._prepared) <= MOST_PREPARED


def test_prepared_words_of_an_older_index_are_not_used(
    index: Index, at_hand: Search, documents: Path, encoder: HashedEncoder
) -> None:
    at_hand.prepare(QUESTIONS[0], "zh")
    page = documents / "zh/returns.md"
    page.write_text(page.read_text(encoding="utf-8").replace("¥12.00", "¥15.00"), encoding="utf-8")
    ingest([documents], index, encoder)
    at_hand.warm_up()
    assert find(at_hand, QUESTIONS[0]) == find(Search(index, at_hand.calibration), QUESTIONS[0])
