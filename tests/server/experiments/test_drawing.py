"""Parallel coordinates over HTTP: the page as it is, for our own frames only."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from tests.server.experiments.conftest import Api
from tests.server.experiments.making import Made


def test_the_page_holds_all_runs_and_keeps_its_policy(api: Api, made: Made) -> None:
    name = "</title><script>alert(1)</script>"
    for number in range(3):
        made.run(f"</script>{number}", {"rate": number}, {"loss": [number]}, experiment=name)
    answer = api.client.get("/api/experiments/parallel", params={"experiment": name})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert "alert(1)</script>" not in answer.text
    [script] = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    told = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{told}'" in answer.text
    [data] = re.findall(r'<script id="data" type="application/json">(.*?)</script>', answer.text, re.DOTALL)
    assert json.loads(data)["names"] == ["</script>0", "</script>1", "</script>2"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy and "connect-src" not in policy


def test_the_page_is_saved_under_the_experiment_s_name(api: Api, made: Made) -> None:
    made.run("a", experiment="poses/é")
    answer = api.client.get("/api/experiments/parallel", params={"experiment": "poses/é", "download": 1})
    assert 'filename="poses__.html"' in answer.headers["content-disposition"]
    shown = api.client.get("/api/experiments/parallel", params={"experiment": "poses/é"})
    assert "content-disposition" not in shown.headers and "poses/é" in shown.text


def test_what_is_not_there_is_not_drawn(api: Api, made: Made) -> None:
    assert api.refused("/parallel", experiment="poses")[0] == 404
    status, said = api.refused("/parallel", experiment="Default")
    assert status == 409 and "no runs to draw" in said
    assert api.get("/runs", experiment="Default")["rows"] == []


def test_our_pages_may_frame_our_pages(api: Api) -> None:
    assert "frame-src 'self';" in api.client.get("/api/experiments").headers["content-security-policy"]
