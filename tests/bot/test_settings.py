from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"KEFU_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_defaults_are_closed() -> None:
    settings = read_settings()
    assert settings.host == "127.0.0.1"
    assert (settings.origins, settings.trusted_proxies, settings.api_keys) == ((), (), ())
    assert settings.demo is False
    assert settings.database == "sqlite+aiosqlite:///data/kefu.db"


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_ORIGINS", " https://a.example, https://b.example ,")
    assert read_settings().origins == ("https://a.example", "https://b.example")


def test_what_is_given_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_PORT", "1234")
    assert read_settings(port=4321, host=None).port == 4321
    assert read_settings().port == 1234


@pytest.mark.parametrize("name", ["KEFU_PROT", "KEFU_", "KEFU_DATABASE", "KEFU_LOG"])
def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"Unknown setting {name}\\b"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "eight"),
        ("port", "65536"),
        ("port", ""),
        ("threads", "0"),
        ("max_chars", "99"),
        ("secret", "short"),
        ("shopper_secret", "short"),
        ("log_level", "loud"),
        ("demo", "perhaps"),
        ("handover_minutes", "1.5"),
        ("verify_by", "order_contact, password"),
    ],
)
def test_a_value_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"KEFU_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"KEFU_{name.upper()}") as refused:
        read_settings()
    if "secret" in name:
        assert value not in str(refused.value).replace("shopper_secret", "")


def test_a_file_of_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kefu.env").write_text("KEFU_PORT=1234\nKEFU_MAX_CHARS=500\n")
    monkeypatch.setenv("KEFU_ENV_FILE", "kefu.env")
    monkeypatch.setenv("KEFU_PORT", "4321")
    settings = read_settings()
    assert (settings.port, settings.max_chars) == (4321, 500), "the environment wins"


def test_an_unknown_setting_in_the_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kefu.env").write_text("KEFU_PROT=1234\n")
    monkeypatch.setenv("KEFU_ENV_FILE", "kefu.env")
    with pytest.raises(SettingsError, match="KEFU_PROT"):
        read_settings()


def test_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_ENV_FILE", "missing.env")
    with pytest.raises(SettingsError, match="KEFU_ENV_FILE"):
        read_settings()


def test_a_file_nearby_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEFU_PORT=1234\n")
    assert read_settings().port == 8765


def test_every_setting_says_what_it_is_for() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_the_ways_to_prove_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().verify_by == ("order_contact",)
    monkeypatch.setenv("KEFU_VERIFY_BY", "")
    assert read_settings().verify_by == ()
    monkeypatch.setenv("KEFU_VERIFY_BY", "email_code, order_contact")
    with pytest.raises(SettingsError, match="KEFU_VERIFY_BY: email_code needs KEFU_SMTP_URL"):
        read_settings(smtp_url="smtp://localhost")
    settings = read_settings(smtp_url="smtps://u:topsecret@localhost", mail_from="help@shop.example")
    assert settings.verify_by == ("email_code", "order_contact")
    assert "topsecret" not in repr(settings)
