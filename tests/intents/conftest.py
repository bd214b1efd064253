from pathlib import Path

import pytest
import yaml

from intents.classifier import IntentClassifier
from intents.examples import Examples, load_examples
from intents.training import Trained, train
from tests.intents.hashed import hashed

_WORDS = {
    "track_parcel": ("where is my {}", ["parcel", "order", "box", "delivery", "stuff", "package", "shipment"], "{}到哪了", "快递 包裹 物流 订单 货 件 单子"),
    "return_item": ("I want to return the {}", ["mug", "shirt", "shoes", "bag", "lamp", "hat", "pen"], "我要退{}", "杯子 衬衫 鞋子 包 台灯 帽子 笔"),
    "exchange_item": ("exchange this {} please", ["mug", "shirt", "shoes", "bag", "lamp", "hat", "pen"], "{}能换货吗", "杯子 衬衫 鞋子 包 台灯 帽子 笔"),
    "cancel_order": ("cancel my {}", ["order", "purchase", "last order", "order now", "order 104233", "stuff", "coffee order"], "取消{}", "订单 这单 昨天的单 上一单 104233 购买 那个单"),
    "out_of_scope": ("tell me about {} news", ["football", "weather", "politics", "stocks", "music", "film", "travel"], "{}新闻说说", "足球 天气 政治 股票 音乐 电影 旅行"),
}  # fmt: skip


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    content = {
        intent: {"about": f"About {intent}.", "en": [english.format(word) for word in words], "zh": [chinese.format(word) for word in others.split()]}
        for intent, (english, words, chinese, others) in _WORDS.items()
    }  # fmt: skip
    (folder / "few.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def examples(data: Path) -> Examples:
    return load_examples(data)


@pytest.fixture(scope="session")
def trained(examples: Examples) -> Trained:
    return train(examples, hashed([row.text for row in examples.rows]), "hashed-1")


@pytest.fixture
def classifier(trained: Trained) -> IntentClassifier:
    return trained.classifier
