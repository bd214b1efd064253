"""How long a search takes among 100,000 passages, with a question listed for each, without the encoder.

    python -m tests.benchmarks.search_100k [passages] [folder]

Vectors are random, which is the hard case for the graph; the texts are put together from the words
of a shop in Chinese and English, so that keyword search meets lists as long as real ones.
"""

import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from knowledge import keywords
from knowledge.index import Index
from knowledge.passages import Passage
from knowledge.rows import Entry, Shelf
from knowledge.search import Search

DIMENSION = 384
_CHINESE = (
    "退货 运费 质量问题 七天无理由 签收 订单 快递 包裹 地址 优惠券 会员 积分 发票 保修 维修 尺码 颜色 材质 羊毛 咖啡机 "
    "保温杯 帐篷 耳机 充电宝 礼品卡 付款 退款 到账 工作日 仓库 偏远地区 新疆 包邮 客服 申请 售后 照片 配件 赠品 包装 换货 "
    "差价 预售 现货 发货 物流 上门取件 微信 支付宝 银行卡 密码 账户 手机号 验证码 清洗 保养 鞋码 脚长 身高 体重 刻字"
)
CHINESE = _CHINESE.split()
CHINESE_FILL = (
    "的话可以请在内会后前不再就是都也和或如果一般最多至少需要收到选择之后为了由于以及其中全部其他这个那个"
)
_ENGLISH = (
    "return shipping fee quality order parcel address coupon member points invoice warranty repair size colour wool "
    "coffee machine bottle tent earbuds charger gift card payment refund days warehouse remote free delivery customer "
    "service request photo part wrapping exchange price difference stock courier pickup account password phone code "
    "washing care shoe foot height weight engraving label tags unworn carrier status tracking receipt"
)
ENGLISH = _ENGLISH.split()
_ENGLISH_FILL = (
    "the a you can within after before if your we will be not and or for with to of in on at least most once"
)
ENGLISH_FILL = _ENGLISH_FILL.split()


@dataclass(frozen=True, slots=True)
class Figures:
    passages: int
    insert_per_second: float
    keywords_build_s: float
    keywords_load_s: float
    vectors_save_s: float
    search_p50_ms: float
    search_p95_ms: float
    search_p99_ms: float


def measure(count: int, folder: Path, questions: int = 400) -> Figures:
    """Build an index of `count` passages, half of them Chinese, and ask it."""
    shuffle = random.Random(7)
    index = Index(folder, "benchmark")
    started = time.perf_counter()
    _fill(index, count, shuffle)
    inserted = time.perf_counter()
    built = keywords.build(index)
    keywords.save(built, index.keywords_folder, index.generation)
    saved = time.perf_counter()
    keywords.load(index.keywords_folder, index.generation)
    loaded = time.perf_counter()
    index.settle(index.generation)
    settled = time.perf_counter()
    search = Search(index)
    search.warm_up()
    times = _ask(search, questions, shuffle)
    return Figures(
        passages=count,
        insert_per_second=round(count / (inserted - started)),
        keywords_build_s=round(saved - inserted, 2),
        keywords_load_s=round(loaded - saved, 2),
        vectors_save_s=round(settled - loaded, 2),
        search_p50_ms=round(float(np.percentile(times, 50)), 2),
        search_p95_ms=round(float(np.percentile(times, 95)), 2),
        search_p99_ms=round(float(np.percentile(times, 99)), 2),
    )


def _fill(index: Index, count: int, shuffle: random.Random) -> None:
    numbers = np.random.default_rng(7)
    for start in range(0, count, 2000):
        size = min(2000, count - start)
        vectors = numbers.normal(size=(size, DIMENSION)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        passages = [_passage(start + offset, shuffle) for offset in range(size)]
        index.put(passages, vectors)
        near = vectors + numbers.normal(scale=0.02, size=vectors.shape).astype(np.float32)
        index.put_questions(passages, near / np.linalg.norm(near, axis=1, keepdims=True))
    shelf = Shelf("document", "zh")
    index.record([Entry("benchmark", "1", count, shelf, str(index.local), str(index.local))])


def _passage(number: int, shuffle: random.Random) -> Passage:
    language = "zh" if number % 2 else "en"
    document = f"{number}.md@{language}"
    return Passage(
        id=f"{document}#0",
        document_id=document,
        position=0,
        title=_sentence(language, 2, shuffle),
        section=_sentence(language, 3, shuffle),
        text=" ".join(_sentence(language, 14, shuffle) for _ in range(3)),
        language=language,
        kind="document",
        source=document,
        version="1",
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        questions=(_sentence(language, 3, shuffle),),
    )


def _sentence(language: str, words: int, shuffle: random.Random) -> str:
    if language == "zh":
        return "".join(shuffle.choice(CHINESE) + shuffle.choice(CHINESE_FILL) for _ in range(words)) + "。"
    return " ".join(shuffle.choice(ENGLISH) + " " + shuffle.choice(ENGLISH_FILL) for _ in range(words)) + "."


def _ask(search: Search, questions: int, shuffle: random.Random) -> list[float]:
    """Milliseconds of each search; random vectors never clear the bar, so both languages are searched each time."""
    numbers = np.random.default_rng(8)
    times = []
    for number in range(questions):
        language = "zh" if number % 2 else "en"
        vector = numbers.normal(size=DIMENSION).astype(np.float32)
        vector /= np.linalg.norm(vector)
        text = _sentence(language, shuffle.randint(2, 5), shuffle)
        started = time.perf_counter()
        found = search.find(vector, text, language=language)
        times.append(1000 * (time.perf_counter() - started))
        assert len(found) == 5
    return times


if __name__ == "__main__":
    passages = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary)
        for name, value in asdict(measure(passages, place)).items():
            print(f"{name:20} {value:>10}")
