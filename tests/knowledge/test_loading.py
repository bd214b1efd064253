import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document as new_docx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.chunks import split
from knowledge.errors import Unreadable
from knowledge.loaders.base import clean, decode, web_address
from knowledge.loading import LOADERS, load
from knowledge.passages import Document
from tests.knowledge.pdf import pdf_bytes


def write(folder: Path, name: str, data: bytes | str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def read(folder: Path, name: str, data: bytes | str) -> Document:
    (document,) = load(write(folder, name, data), root=folder)
    return document


def test_markdown_front_matter(tmp_path: Path) -> None:
    text = "---\ntitle: 退货\nlanguage: zh\nurl: /help/returns\nupdated: 2026-10-12\n---\n\n# 退货\n\n## 谁付\n您付 &amp; 我们付。\n"
    document = read(tmp_path, "zh/returns.md", text)
    assert (document.id, document.title, document.language, document.url) == (
        "zh/returns.md@zh",
        "退货",
        "zh",
        "/help/returns",
    )
    assert document.updated_at == datetime(2026, 10, 12, tzinfo=UTC)
    assert document.text.strip() == "## 谁付\n您付 & 我们付。"


def test_markdown_keeps_questions_and_no_other_comment(tmp_path: Path) -> None:
    text = "# 退货 <!-- asks: 怎么退 -->\n\n## 谁付\n<!-- asks: 邮费我掏吗 &amp; 谁掏\n| 要钱不 -->\n<!-- internal -->您付。"
    document = read(tmp_path, "zh/a.md", text)
    assert document.title == "退货"
    assert "internal" not in document.text
    first, second = split(document)[0].questions, split(document)[0].text
    assert first == ("邮费我掏吗 & 谁掏", "要钱不", "怎么退", "谁付")
    assert second == "您付。"


@pytest.mark.parametrize(
    "text",
    [
        "## A\n<!-- asks: 谁付\n您付。",
        "## A\n<!-- asks: 谁付\n## B\n<!-- note -->\nb",
        "<!-- asks: " + "a" * 9000 + "-->",
    ],
)
def test_questions_left_open_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable, match="asks"):
        read(tmp_path, "zh/a.md", text)


def test_html_keeps_questions(tmp_path: Path) -> None:
    page = (
        "<title>Stores</title><main><h2>Hours</h2><!-- asks: when do you\nopen | <b>open</b> now? <!-- -->"
        "<p>Ten <!-- asks: found too --><b>to</b> <!-- x -->six.</p>loose <!-- y -->text</main>"
    )
    passage = split(read(tmp_path, "en/a.html", page))[0]
    assert passage.questions == ("when do you open", "<b>open</b> now?", "found too", "Hours")
    assert passage.text == "Ten to six.\n\nloose text"


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("zh/a.md", "Mostly English words in a Chinese folder", "zh"),
        ("en-GB/a.md", "中文内容", "en"),
        ("a.md", "这是一段中文，里面有 PayPal 和 App。", "zh"),
        ("a.md", "これは日本語の返品ポリシーです。商品は七日以内に返品できます。", "ja"),
        ("a.md", "배송은 보통 3일 정도 걸립니다. 반품은 7일 이내에 가능합니다.", "ko"),
        ("a.md", "You can return most items within seven days of delivery, unworn and with tags.", "en"),
        ("a.md", "Sie können die meisten Artikel innerhalb von sieben Tagen zurückgeben.", "de"),
    ],
)
def test_language(tmp_path: Path, name: str, text: str, language: str) -> None:
    assert read(tmp_path, name, text).language == language


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "退货说明\r\n\r\n七天内可以退货，运费 8 元。\r\n"
    assert read(tmp_path, "a.txt", text.encode(encoding)).text == "七天内可以退货，运费 8 元。"


def test_binary_and_western_bytes_are_not_text() -> None:
    assert decode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00") is None
    assert decode("caf\xe9s et th\xe9s \xe0 Paris".encode("latin-1")) is None


def test_clean_drops_what_nobody_sees() -> None:
    assert clean("a\u200bb\u00a0c\x00d\ufeff\r\ne\u202e") == "ab cd\ne"
    assert clean("👩\u200d🚀") == "👩\u200d🚀"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "https://a b", "data:x", ""])
def test_only_web_addresses_are_links(url: str) -> None:
    assert web_address(url) is None
    assert web_address("https://a.example/b")
    assert web_address("/help")


def test_html(tmp_path: Path) -> None:
    page = """<html lang="en"><head><title>运费</title><link rel="canonical" href="https://s.example/fee">
    <style>x{}</style></head><body><nav>首页</nav><main><h1>运费</h1><p>满 &yen;99 <b>包邮</b>。</p>
    <ul><li>新疆</li><li><p>西藏</p></li></ul><table><tr><th>地区</th><th>运费</th></tr><tr><td>大陆</td><td>¥8</td></tr>
    </table><details><summary>多久到？</summary>三天</details><script>alert(1)</script></main></body></html>"""
    document = read(tmp_path, "fee.html", page)
    assert (document.title, document.language, document.url) == ("运费", "zh", "https://s.example/fee")
    assert document.text == (
        "满 ¥99 包邮。\n\n- 新疆\n- 西藏\n\n| 地区 | 运费 |\n| --- | --- |\n| 大陆 | ¥8 |\n\n#### 多久到？\n\n三天"
    )


def test_html_nested_without_end(tmp_path: Path) -> None:
    assert "deep" in read(tmp_path, "a.html", "<div>" * 5000 + "deep").text


def test_docx(tmp_path: Path) -> None:
    word = new_docx()
    word.core_properties.title = "Warranty"
    word.add_heading("How long", level=2)
    word.add_paragraph("Electronics are covered for one year, everything else for ninety days.")
    word.add_paragraph("keep the receipt", style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ("Item", "Years", "Mug", "1"), strict=True
    ):
        cell.text = text
    data = io.BytesIO()
    word.save(data)
    document = read(tmp_path, "warranty.docx", data.getvalue())
    assert (document.title, document.language) == ("Warranty", "en")
    assert "## How long" in document.text
    assert "- keep the receipt" in document.text
    assert "| Item | Years |\n| --- | --- |\n| Mug | 1 |" in document.text


def test_docx_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (201 * 2**20))
    with pytest.raises(Unreadable, match="unpacks to more"):
        load(write(tmp_path, "bomb.docx", data.getvalue()), root=tmp_path)


def test_pdf(tmp_path: Path) -> None:
    pages = [
        ["Shiguang help", "You can return most items within", "seven days of delivery.", "Page 1 of 3"],
        ["Shiguang help", "Refunds take three days.", "Page 2 of 3"],
        ["Shiguang help", "Write to us for anything else.", "Page 3 of 3"],
    ]
    document = read(tmp_path, "help.pdf", pdf_bytes(pages))
    assert document.text == (
        "You can return most items within seven days of delivery.\n\n"
        "Refunds take three days.\n\nWrite to us for anything else."
    )
    assert document.language == "en"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", pdf_bytes([["text"]])[:200], "not a PDF"),
        ("a.pdf", b"", "not a PDF"),
        ("a.pdf", pdf_bytes([[]]), "no text"),
        ("a.docx", b"PK\x03\x04 broken", "not a DOCX"),
        ("a.md", b"\xff\x00\xfe\x01", "not text"),
        ("a.md", b"---\ntitle: [\n---\ntext", "front matter"),
        ("a.md", b"---\nkind: other\n---\ntext", "kind is one of"),
        ("a.md", b"  \n ", "no text"),
        ("a.html", b"<html><script>x</script></html>", "no text"),
        ("a.csv", b"name,price\nMug,3\n", "row 2 has no id"),
        ("a.jsonl", b'{"id": "C1", "name": "Li Lei", "emails": ["a@b.cn"]}', "line 1 is not a product"),
        ("a.jsonl", b'{"id": ', "line 1 is not a product"),
        ("a.jsonl", b"[" * 200_000, "line 1 is not a product"),
        ("a.exe", b"MZ", "no loader reads .exe"),
    ],
)
def test_unreadable_files_say_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    file = write(tmp_path, name, data)
    with pytest.raises(Unreadable, match=reason) as caught:
        load(file, root=tmp_path)
    assert caught.value.path == file


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "")
    with file.open("wb") as stream:
        stream.truncate(11 * 2**20)
    with pytest.raises(Unreadable, match="11 MB, more than the 10 MB"):
        load(file, root=tmp_path)


PRODUCT = {
    "id": "P001",
    "name": {"zh": "羊毛大衣", "en": "Wool coat"},
    "category": "clothing",
    "variants": [{"sku": "P001-S", "price": 89900, "stock": 3}],
    "description": {"zh": "很暖。", "en": "Warm."},
    "options": [
        {
            "name": "color",
            "label": {"zh": "颜色", "en": "Colour"},
            "values": [{"value": "b", "label": {"zh": "黑", "en": "black"}}],
        }
    ],
    "attributes": [
        {"name": "m", "label": {"zh": "材质", "en": "Material"}, "value": {"zh": "羊毛", "en": "wool"}}
    ],
    "aliases": ["呢子大衣"],
}


def test_products(tmp_path: Path) -> None:
    hidden = PRODUCT | {"id": "P002", "active": False}
    file = write(
        tmp_path,
        "products.jsonl",
        "\n".join(json.dumps(row, ensure_ascii=False) for row in (PRODUCT, hidden)),
    )
    english, chinese = load(file, root=tmp_path)
    assert chinese.id == "products.jsonl/P001@zh"
    assert (chinese.kind, chinese.title, chinese.metadata["product_id"]) == ("product", "羊毛大衣", "P001")
    assert chinese.text == "很暖。\n\n- 类别：clothing\n- 颜色：黑\n- 材质：羊毛\n- 也叫：呢子大衣"
    assert english.text.startswith("Warm.\n\n- Category: clothing\n- Colour: black")
    assert "899" not in chinese.text + english.text


def test_csv_groups_variants(tmp_path: Path) -> None:
    text = 'id;item_group_id;title;description;color\n1;g;Enamel mug;"<b>Keeps</b> coffee warm &amp; you happy.";red\n2;g;Enamel mug;x;blue\n'
    document = read(tmp_path, "feed.csv", text)
    assert document.metadata["product_id"] == "g"
    assert "Keeps coffee warm & you happy." in document.text
    assert "- color: red, blue" in document.text


@pytest.mark.parametrize("suffix", sorted(LOADERS))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_random_bytes_are_read_or_refused(tmp_path: Path, suffix: str, data: bytes) -> None:
    file = write(tmp_path, f"x{suffix}", data)
    try:
        documents = load(file, root=tmp_path)
    except Unreadable:
        return
    assert all(document.text.strip() or document.kind == "product" for document in documents)
