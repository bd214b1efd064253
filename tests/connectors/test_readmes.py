"""The set-up steps that each channel's README gives: they fit the code."""

import re
from importlib import import_module
from textwrap import dedent

import pytest
import yaml

from connectors.registry import CONNECTORS
from tests.conftest import ROOT

_TESTS_ONLY = {"api", "content_api", "photo_hosts"}
"""Platforms' own addresses; a shop has no reason to change them."""
_VALUES = {
    "WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "WECHAT_AES_KEY": "k" * 43,
    "WECOM_AES_KEY": "k" * 43,
}


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_newcomer_can_follow(name: str) -> None:
    text = (ROOT / "connectors" / name / "README.md").read_text()
    model = import_module(f"connectors.{name}").Config
    missing = {field for field in model.model_fields if not re.search(rf"\b{field}\b", text)}
    assert missing <= _TESTS_ONLY
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    filled = re.sub(r"\$\{(\w+)\}", lambda match: _VALUES.get(match[1], "k" * 24), dedent(found[1]))
    section = yaml.safe_load(filled.replace("5f6c…", "5f6c" * 16))
    model.model_validate(section[name])
    assert name == "email" or f"https://kefu.shop.example/channels/{name}" in text


def test_the_overview_names_every_channel() -> None:
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text().lower()
        told = {
            "wechat": ("公众号",),
            "wecom": ("微信客服",),
            "dingtalk": ("钉钉",),
            "feishu": ("飞书",),
            "email": ("e-mail", "邮件"),
        }
        for name in CONNECTORS:
            assert any(word in text for word in told.get(name, (name,))), (readme, name)
