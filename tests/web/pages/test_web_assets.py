from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest

from web.assets import STATIC, Assets

from_vendor = json.loads((STATIC / "vendor" / "vendor.json").read_text("utf-8"))["packages"]


@pytest.mark.parametrize("package", from_vendor, ids=lambda package: package["package"])
def test_vendored_files_are_the_very_ones_that_were_recorded(package: dict[str, object]) -> None:
    files = package["files"]
    assert isinstance(files, dict)
    for name, digest in files.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name
    assert str(package["integrity"]).startswith("sha512-")
    assert any("LICENSE" in name for name in files)
    assert package["licence"] in {"0BSD", "MIT", "ISC", "OFL-1.1"}


def test_no_vendored_file_is_unrecorded() -> None:
    recorded = {name for package in from_vendor for name in package["files"]}
    assert {path.name for path in (STATIC / "vendor").iterdir()} == recorded | {"vendor.json"}


def test_the_own_style_sheet_stays_small() -> None:
    assert len((STATIC / "marmalade.css").read_bytes()) < 25 * 1024


def test_the_style_sheet_points_at_hashed_files() -> None:
    assets = Assets.load()
    css = assets.body("marmalade.css").decode()
    assert re.findall(r'url\("([^"]+)"\)', css) == [assets.url("vendor/inter-latin.woff2")]


def test_a_name_that_is_not_there_is_a_mistake_at_once() -> None:
    with pytest.raises(KeyError):
        Assets.load().url("missing.css")


async def test_a_hashed_file_may_be_kept_for_ever_and_comes_compressed(site: Any) -> None:
    browser = await site.browser()
    url = Assets.load().url("marmalade.css")
    answer = await browser.client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(await answer.read()) == len((STATIC / "marmalade.css").read_bytes()) + (
        len(Assets.load().url("vendor/inter-latin.woff2")) - len("vendor/inter-latin.woff2")
    )


@pytest.mark.parametrize("path", ["/static/marmalade.css", "/static/../setup.py", "/static/vendor/vendor.json"])
async def test_files_answer_under_their_hashed_names_only(site: Any, path: str) -> None:
    browser = await site.browser()
    answer, _ = await browser.get(path)
    assert answer.status in (303, 404)
