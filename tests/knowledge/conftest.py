import os
from pathlib import Path

import pytest

from knowledge.index import Index
from knowledge.prepare import prepare
from tests.knowledge.hashed import HashedEncoder

RETURNS = """---
title: 退货
language: zh
url: /help/returns
updated: 2026-10-12
---

# 退货

## 退货运费谁出
<!-- asks: 邮费我掏吗 | 寄回去要钱不 -->
不喜欢而退货，运费由您出，上门取件收 ¥12.00。质量问题，运费我们出。

## 退款多久到账
验收后 1–3 个工作日退回原来的付款方式。
"""
SHIPPING = """---
title: Shipping
language: en
---
## What shipping costs
Free from ¥99, otherwise ¥8.00.

## How long delivery takes
Between 1 and 3 days on the mainland.
"""


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where the real encoder is, prepared once on a fresh machine (half a minute)."""
    folder = Path(os.environ.get("KEFU_CACHE", Path.home() / ".cache" / "kefu"))
    prepare(folder, None, print)
    return folder


@pytest.fixture
def encoder() -> HashedEncoder:
    return HashedEncoder()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder with one Chinese and one English page."""
    folder = tmp_path / "documents"
    for name, text in (("zh/returns.md", RETURNS), ("en/shipping.md", SHIPPING)):
        file = folder / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def index(place: Path, encoder: HashedEncoder) -> Index:
    return Index(place, encoder.fingerprint)
