"""Pictures of a shop: named by a path inside its folder, or by an https address of the shop's own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bot.shop.domain import Product, ShopData, ShopProfile

SUFFIXES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
MAX_BYTES = 10 << 20


def is_address(image: str) -> bool:
    return image.lower().startswith("https://")


def image_url(image: str | None) -> str | None:
    """Where a browser fetches a picture: the shop's own https address, or our /media/."""
    return image if image is None or is_address(image) else f"/media/{image}"


def product_images(product: Product) -> Iterator[tuple[str, str]]:
    """(Field, image) of every picture the product names."""
    if product.image is not None:
        yield "image", product.image
    for index, variant in enumerate(product.variants):
        if variant.image is not None:
            yield f"variants[{index}].image", variant.image


def profile_images(profile: ShopProfile) -> Iterator[tuple[str, str]]:
    if profile.logo is not None:
        yield "logo", profile.logo


def image_problem(folder: Path, image: str) -> str | None:
    """Why this picture cannot be used, or None."""
    if is_address(image):
        return None
    path = PurePosixPath(image)
    if path.is_absolute() or ".." in path.parts or "\\" in image or ":" in image or "\0" in image:
        return "is neither a path inside the folder nor an https address"
    if path.suffix.lower() not in SUFFIXES:
        return f"is no picture; known endings are {' '.join(SUFFIXES)}"
    file = folder / path
    try:
        if not file.resolve().is_relative_to(folder.resolve()):
            return "leads out of the folder"
        if not file.is_file():
            return "does not exist"
        return f"is larger than {MAX_BYTES >> 20} MiB" if file.stat().st_size > MAX_BYTES else None
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def copy_images(source: Path, target: Path, data: ShopData) -> int:
    """Copy the pictures that `data` names, each whole or not at all; returns how many files that were.

    Nothing is deleted: the shop being replaced may still be shown while this one is imported.
    """
    named = [image for product in data.products for _, image in product_images(product)]
    named += [image for _, image in profile_images(data.profile)]
    files = sorted({image for image in named if not is_address(image)})
    for image in files:
        _copy(source / image, target / image)
    return len(files)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
