import os
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from knowledge.clearing import clear
from knowledge.encoder import Vectors
from knowledge.errors import DiskFull, EncoderMismatch, IndexBroken, IngestRunning
from knowledge.index import Index
from knowledge.ingest import IngestReport, ingest
from knowledge.lock import exclusive
from knowledge.rows import Shelf, passage_of
from knowledge.search import Search
from tests.knowledge.hashed import HashedEncoder

ZH = Shelf("document", "zh")
ANY = np.full(64, 0.125, dtype=np.float32)


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed


def texts(index: Index, shelf: Shelf = ZH) -> set[str]:
    return {row.text for row in index.texts(shelf)}


def test_only_changes_are_embedded(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    assert counts(ingest([documents], index, encoder)) == (2, 0, 0, 0)
    encoder.embedded.clear()
    assert counts(ingest([documents], index, encoder)) == (0, 0, 2, 0)
    assert encoder.embedded == []
    page = documents / "zh/returns.md"
    page.write_text(page.read_text().replace("¥12.00", "¥15.00"))
    assert counts(ingest([documents], index, encoder)) == (0, 1, 1, 0)
    assert "上门取件收 ¥15.00" in "".join(texts(index))
    assert "¥12.00" not in "".join(texts(index))


def test_a_shorter_document_leaves_nothing_behind(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    (documents / "zh/returns.md").write_text("---\ntitle: 退货\n---\n## 退货运费谁出\n您出。\n")
    ingest([documents], index, encoder)
    assert texts(index) == {"您出。"}


def test_what_is_gone_is_removed_only_beneath_the_folder_given(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    (documents / "zh/returns.md").unlink()
    (documents / "en/shipping.md").unlink()
    assert counts(ingest([documents / "zh"], index, encoder)) == (0, 0, 0, 1)
    assert list(index.entries()) == ["en/shipping.md@en"]
    assert texts(index) == set()


def test_a_part_of_a_folder_keeps_its_names(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    assert counts(ingest([documents / "zh/returns.md"], index, encoder)) == (0, 0, 1, 0)
    assert counts(ingest([documents / "en", documents], index, encoder)) == (0, 0, 2, 0)


def test_a_folder_deleted_takes_its_documents_along(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    (documents / "zh/returns.md").unlink()
    (documents / "zh").rmdir()
    assert counts(ingest([documents / "zh"], index, encoder)) == (0, 0, 0, 1)
    report = ingest([documents / "never"], index, encoder)
    assert [(problem.path.name, problem.reason) for problem in report.failed] == [("never", "does not exist")]


def test_a_moved_folder_is_not_embedded_again(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    encoder.embedded.clear()
    moved = documents.rename(documents.with_name("moved"))
    assert counts(ingest([moved], index, encoder)) == (0, 0, 2, 0)
    assert encoder.embedded == []
    assert {entry.root for entry in index.entries().values()} == {str(moved)}


def test_two_files_of_one_name_are_told(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    other = documents.with_name("other") / "zh" / "returns.md"
    other.parent.mkdir(parents=True)
    other.write_text("别的内容。")
    (problem,) = ingest([other.parent.parent], index, encoder).failed
    assert problem.path == other
    assert "already the name" in problem.reason
    assert "别的内容。" not in texts(index)


def test_unreadable_files_are_named_and_the_rest_goes_on(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    before = texts(index)
    (documents / "zh/returns.md").write_bytes(b"\x89PNG\x00\x01")
    (documents / "new.txt").write_text("Gift cards are valid for three years from the day you buy them.")
    (documents / "empty.md").write_text("")
    (documents / ".hidden.md").write_text("hidden")
    report = ingest([documents], index, encoder)
    assert counts(report) == (1, 0, 1, 0)
    assert {problem.path.name for problem in report.failed} == {"returns.md", "empty.md"}
    assert texts(index) == before, "what was indexed of an unreadable file stays"


def test_links_do_not_lead_out(documents: Path, index: Index, encoder: HashedEncoder, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("A secret that stands outside of the folder given.")
    (documents / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert counts(ingest([documents], index, encoder)) == (2, 0, 0, 0)


def asked(index: Index, shelf: Shelf = ZH) -> dict[str, set[str]]:
    """Passage id to its questions, by the rows that lead to it."""
    index.refresh()
    passages = {passage_of(id_) for id_ in index.nearest(shelf.questions, ANY, 100)}
    rows = {passage: index.fetch(shelf, [passage]) for passage in passages}
    return {id_: set(found[id_].questions) if found else set() for id_, found in rows.items()}


def test_questions_lead_to_their_passage_as_queries(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    assert counts(ingest([documents], index, encoder)) == (2, 0, 0, 0)
    assert asked(index) == {"zh/returns.md@zh#0": {"邮费我掏吗", "寄回去要钱不", "退货运费谁出"}}
    near = index.nearest(ZH.questions, encoder.embed_queries(["邮费我掏吗"])[0], 1)
    assert near == {"zh/returns.md@zh#0?0": pytest.approx(1.0, abs=1e-5)}
    assert not any("邮费" in text for text in encoder.embedded), "questions are no part of a passage's vector"
    assert index.count() == 4
    assert index.shelves == [Shelf("document", "en"), ZH]


def test_questions_follow_their_page(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    page = documents / "zh/returns.md"
    old = page.read_text()
    page.write_text(
        old.replace("# 退货\n", "# 退货\n\n## 新的一节\n先看这里。\n").replace(" | 寄回去要钱不", "")
    )
    assert counts(ingest([documents], index, encoder)) == (0, 1, 1, 0)
    assert asked(index) == {"zh/returns.md@zh#1": {"邮费我掏吗", "退货运费谁出"}}
    page.write_text(old.replace("<!-- asks: 邮费我掏吗 | 寄回去要钱不 -->\n", ""))
    assert counts(ingest([documents], index, encoder)) == (0, 1, 1, 0)
    assert asked(index) == {}
    page.write_text(old)
    ingest([documents], index, encoder)
    page.unlink()
    ingest([documents], index, encoder)
    assert asked(index) == {}


def test_questions_move_with_the_kind_and_the_folder(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    documents = documents.rename(documents.with_name("moved"))
    ingest([documents], index, encoder)
    page = documents / "zh/returns.md"
    page.write_text(page.read_text().replace("title:", "kind: faq\ntitle:"))
    ingest([documents], index, encoder)
    assert asked(index) == {}
    assert set(asked(index, Shelf("faq", "zh"))) == {"zh/returns.md@zh#0"}


def test_clearing_takes_the_questions_along(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    clear(index.location)
    again = Index(index.location, encoder.fingerprint)
    assert (again.shelves, again.count(), again.nearest(ZH.questions, ANY, 5)) == ([], 0, {})


def test_a_kind_that_changes_moves_the_document(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    page = documents / "zh/returns.md"
    page.write_text(page.read_text().replace("title:", "kind: faq\ntitle:"))
    ingest([documents], index, encoder)
    assert index.count(ZH) == 0
    assert index.count(Shelf("faq", "zh")) == 2


def test_progress_counts_passages(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    seen: list[tuple[int, int]] = []
    report = ingest([documents], index, encoder, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (report.passages, report.passages) == (4, 4)


def test_two_ingests_at_once_are_refused(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    with exclusive(index.local), pytest.raises(IngestRunning):
        ingest([documents], index, encoder)
    assert counts(ingest([documents], index, encoder)) == (2, 0, 0, 0)


def test_no_room_changes_nothing(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    before = texts(index)
    page = documents / "zh/returns.md"
    page.write_text(page.read_text().replace("¥12.00", "¥15.00"))
    with pytest.raises(DiskFull, match="Nothing was changed"):
        ingest([documents], index, encoder, reserve=2**62)
    assert texts(index) == before


def test_another_encoder_is_refused_until_the_index_is_made_anew(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    ingest([documents], index, encoder)
    with pytest.raises(EncoderMismatch, match=r"hashed-1.*kefu ingest --rebuild"):
        Index(index.location, "hashed-2")
    clear(index.location)
    other = HashedEncoder("hashed-2", dimension=32)
    assert counts(ingest([documents], Index(index.location, "hashed-2"), other)) == (2, 0, 0, 0)
    with pytest.raises(EncoderMismatch):
        index.refresh()


def test_a_corrupt_index_says_how_to_mend_it(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    (Path(index.location) / "chroma.sqlite3").write_bytes(b"this is no database" * 1000)
    with pytest.raises(IndexBroken, match="kefu ingest --rebuild"):
        Index(index.location, encoder.fingerprint)
    kept = Path(index.location) / "notes.txt"
    kept.write_text("not the index's")
    clear(index.location)
    assert kept.exists()
    assert counts(ingest([documents], Index(index.location, encoder.fingerprint), encoder)) == (2, 0, 0, 0)


SCRIPT = """
import os, sys
from pathlib import Path
from knowledge.index import Index
from knowledge.ingest import ingest
from tests.knowledge.hashed import HashedEncoder

documents, place, kill_at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
calls = 0
def trace(name):
    original = getattr(Index, name)
    def counted(self, *arguments):
        global calls
        calls += 1
        if calls == kill_at:
            os.kill(os.getpid(), 9)
        return original(self, *arguments)
    setattr(Index, name, counted)
for name in ("begin", "put", "put_questions", "delete", "record", "forget", "publish"):
    trace(name)
ingest([documents], Index(place, "hashed-1"), HashedEncoder())
"""


def run(*arguments: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def small_files() -> None:
        if limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    root = Path(__file__).parent.parent.parent
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )


@pytest.mark.parametrize("kill_at", [1, 3, 4, 5, 7, 9, 11])
def test_killed_half_way_it_resumes(documents: Path, place: Path, kill_at: int) -> None:
    encoder = HashedEncoder()
    ingest([documents], Index(place, encoder.fingerprint), encoder)
    (documents / "zh/returns.md").write_text(
        "---\ntitle: 退货\n---\n## 退货运费谁出\n<!-- asks: 我出钱吗 -->\n全都您出。\n"
    )
    (documents / "en/shipping.md").unlink()
    (documents / "en/new.md").write_text("## Gift cards\nThey are valid for three years from purchase.")
    killed = run(str(documents), str(place), str(kill_at))
    assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr

    index = Index(place, encoder.fingerprint)
    ingest([documents], index, encoder)
    assert texts(index) == {"全都您出。"}
    assert texts(index, Shelf("document", "en")) == {"They are valid for three years from purchase."}
    assert asked(index) == {"zh/returns.md@zh#0": {"我出钱吗", "退货运费谁出"}}
    assert index.nearest(ZH.questions, ANY, 10).keys() == {
        f"zh/returns.md@zh#0?{number}" for number in (0, 1)
    }
    for shelf in (ZH, ZH.questions):
        ids, rows = Index(place, encoder.fingerprint).stored()[shelf]
        assert np.array_equal(rows, [index.vectors(shelf, [id_])[id_] for id_ in ids])
        assert set(ids) == index.nearest(shelf, ANY, 10).keys()
    assert counts(ingest([documents], index, encoder)) == (0, 0, 2, 0)
    found = Search(index).find(encoder.embed_queries(["退货运费"])[0], "退货运费", language="zh")
    assert found[0].passage.text == "全都您出。"


def test_whoever_opens_the_index_need_not_build_its_graphs(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    """What Chroma has not written stands in its queue, and everybody who opens it would add it to the graph."""
    ingest([documents], index, encoder)
    with closing(sqlite3.connect(index.local / "chroma.sqlite3")) as database:
        ((waiting,),) = database.execute("SELECT count(*) FROM embeddings_queue")
    assert waiting <= len(index.shelves) * 2 + 1  # the last of each stays


def test_files_of_vectors_are_brought_up_to_date(
    documents: Path, index: Index, encoder: HashedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large shop's are gigabytes of Python's numbers, which are not read again for a page that was changed."""
    (documents / "zh/kept.md").write_text("## 营业时间\n每天九点到二十一点。")
    ingest([documents], index, encoder)
    page = documents / "zh/returns.md"
    page.write_text("## 退货运费谁出\n全都您出。\n")
    (documents / "en/shipping.md").unlink()
    (documents / "en/new.md").write_text("## Gift cards\nThey are valid for three years from purchase.")
    monkeypatch.delattr(Index, "_stored")
    for opened in (index, Index(index.local, encoder.fingerprint)):
        ingest([documents], opened, encoder)
        for shelf, (ids, rows) in opened.stored().items():
            assert set(ids) == opened.nearest(shelf, ANY, 100).keys()
            assert rows.tolist() == [opened.vectors(shelf, [id_])[id_].tolist() for id_ in ids]
        page.write_text("## 退货运费谁出\n又是我们出。\n")


def test_what_another_process_left_half_written_is_written_anew(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    """It was killed after this index was opened, which therefore does not know of it."""
    ingest([documents], index, encoder)
    other = Index(index.local, encoder.fingerprint)
    other.begin()
    other.delete(ZH, index.stored()[ZH][0])
    (documents / "en/new.md").write_text("## Gift cards\nThey are valid for three years.")
    ingest([documents], index, encoder)
    assert index.stored()[ZH][0] == []


def test_room_left_in_the_vectors_is_not_taken_for_damage(
    documents: Path, index: Index, encoder: HashedEncoder
) -> None:
    """Chroma makes room for a hundred, and later for more, without making the file longer."""
    for number in range(97):
        (documents / f"zh/{number}.md").write_text(f"## 第{number}条\n第{number}条的内容。\n")
    ingest([documents], index, encoder)
    for number in range(3):
        (documents / f"zh/{number}.md").write_text(f"## 第{number}条\n第{number}条改过了。\n")
        again = Index(index.local, encoder.fingerprint)
        ingest([documents], again, encoder)
    assert Index(index.local, encoder.fingerprint).count(ZH) == again.count(ZH) == 99


def test_a_disk_that_fills_up_leaves_the_old_index(documents: Path, place: Path) -> None:
    encoder = HashedEncoder()
    ingest([documents], Index(place, encoder.fingerprint), encoder)
    size = (place / "chroma.sqlite3").stat().st_size
    long = "## 新\n" + "很长的一段新内容，占满磁盘。" * 20_000
    (documents / "zh/long.md").write_text(long)
    full = run(str(documents), str(place), "0", limit=size + 100_000)
    assert full.returncode == 1
    assert "DiskFull" in full.stderr
    assert "No room" in full.stderr
    index = Index(place, encoder.fingerprint)
    found = Search(index).find(encoder.embed_queries(["退货运费谁出"])[0], "退货运费谁出", language="zh")
    assert found[0].passage.section == "退货运费谁出"
    (documents / "zh/long.md").unlink()
    ingest([documents], index, encoder)
    assert len(texts(index)) == 2


class FailingEncoder(HashedEncoder):
    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("the model broke")


def test_an_encoder_that_fails_leaves_the_lock_free(documents: Path, index: Index) -> None:
    with pytest.raises(RuntimeError, match="the model broke"):
        ingest([documents], index, FailingEncoder())
    assert counts(ingest([documents], index, HashedEncoder())) == (2, 0, 0, 0)


def test_vectors_are_unit_length(documents: Path, index: Index, encoder: HashedEncoder) -> None:
    ingest([documents], index, encoder)
    vectors = index.vectors(ZH, ["zh/returns.md@zh#0", "zh/returns.md@zh#1"])
    assert [round(float(np.linalg.norm(vector)), 4) for vector in vectors.values()] == [1.0, 1.0]


def test_the_lock_is_a_database_that_nobody_else_needs(index: Index) -> None:
    with exclusive(index.local):
        pass
    with sqlite3.connect(index.local / "ingest.lock") as lock:
        lock.execute("BEGIN EXCLUSIVE")
    lock.close()
