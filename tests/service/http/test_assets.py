import json
import re
from pathlib import Path

import httpx
import pytest

from service.http.pages import assets

LOCK = assets.WEB / "package-lock.json"


async def test_the_styles_are_served_without_what_is_licensed_for_gov_uk(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/assets/govuk.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert len(answer.text) > 50_000
    for licensed in ("GDS Transport", "@font-face", "crest", "woff"):
        assert licensed not in answer.text


async def test_only_listed_files_are_served(stranger: httpx.AsyncClient) -> None:
    for name in ("package.json", "..%2fpackage.json", "%2e%2e/package.json", "govuk-frontend.min.js", "govuk.css%00"):
        assert (await stranger.get(f"/assets/{name}")).status_code in {404, 422}


async def test_every_file_that_a_page_asks_for_is_served(stranger: httpx.AsyncClient) -> None:
    page = (await stranger.get("/sign-in")).text
    asked = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', page))
    assert len(asked) == 3
    for path in asked:
        assert (await stranger.get(path)).status_code == 200


def test_without_the_styles_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "GOVUK", tmp_path / "absent.css")
    with pytest.raises(assets.AssetsMissing, match="make assets"):
        assets.read_assets()


def test_the_lock_names_exact_versions_and_no_address() -> None:
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    wanted = json.loads((assets.WEB / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert "resolved" not in LOCK.read_text(encoding="utf-8")
    assert "//" not in LOCK.read_text(encoding="utf-8")


def test_no_template_holds_a_script_or_a_style() -> None:
    for template in (assets.WEB / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|\|\s*safe", text), template.name
