from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.secret import key_for, load_secret


def test_it_is_made_once_and_only_we_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "session.secret"
    secret = load_secret(path)
    assert len(secret) >= 32
    assert load_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["session.secret"], "no draft is left behind"
    assert load_secret(tmp_path / "other" / "session.secret") != secret


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 10])
def test_half_a_secret_signs_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "session.secret").write_bytes(content)
    with pytest.raises(SettingsError, match=r"session\.secret"):
        load_secret(tmp_path / "session.secret")


def test_every_use_has_a_key_of_its_own() -> None:
    keys = {key_for("codes", "s" * 32), key_for("sessions", "s" * 32), key_for("codes", "t" * 32)}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
