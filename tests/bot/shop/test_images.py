from pathlib import Path

import pytest

from bot.shop.images import copy_images
from bot.shop.importer import read_folder
from tests.bot.shop import sample


def test_only_the_pictures_named_are_copied(tmp_path: Path) -> None:
    products = [sample.product(1, image="images/a.png"), sample.product(2, image="https://cdn.example/b.png")]
    folder = sample.write_folder(
        tmp_path / "shop", products=products, orders=[], profile=sample.shop_profile(logo="logo.svg")
    )
    (folder / "images").mkdir()
    for name in ("images/a.png", "images/unused.png", "logo.svg"):
        (folder / name).write_text(name)
    target = tmp_path / "kept"
    assert copy_images(folder, target, read_folder(folder)) == 2
    copied = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert copied == {"images/a.png", "logo.svg"}
    assert (target / "images/a.png").read_text() == "images/a.png"


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = sample.write_folder(tmp_path / "shop", products=[sample.product(image="a.png")], orders=[])
    (folder / "a.png").write_text("picture")
    data = read_folder(folder)
    (folder / "a.png").unlink()
    with pytest.raises(FileNotFoundError):
        copy_images(folder, tmp_path / "kept", data)
    assert list((tmp_path / "kept").iterdir()) == []
