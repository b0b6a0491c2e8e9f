"""Files over the API."""

from __future__ import annotations

import io

from server.domain.ideas import Linked
from server.services import ideas, ideas_read, people
from server.services.house import House
from server.services.ideas import Origin
from tests.web.api.api_house import Caller, Things


async def test_a_file_is_uploaded_attached_and_read_by_those_who_may(ada: Caller, bob: Caller, idea: Things):
    body = b"a,b\n" + b"1,2\n" * 500_000
    file = await ada("POST", "/files?name=table.csv&alt=Measured", status=201, data=io.BytesIO(body))
    assert (file["name"], file["media_type"], file["size"], file["contribution_id"]) == (
        "table.csv", "text/csv", len(body), None
    )  # fmt: skip
    await bob("GET", f"/files/{file['id']}", status=404)
    await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "Mine.", "files": [file["id"]]}, 404)
    reply = await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "See.", "files": [file["id"]]}, 201)
    assert reply["file_count"] == 1
    (listed,) = (await bob("GET", f"/ideas/{reply['id']}/files"))["data"]
    assert (listed["id"], listed["alt"]) == (file["id"], "Measured")
    headers = {"Authorization": f"Bearer {bob.token}"}
    async with bob.client.get(f"/api/v1/files/{file['id']}/bytes", headers=headers) as answer:
        assert await answer.read() == body
    await ada("DELETE", f"/ideas/{reply['id']}", status=204)
    await bob("GET", f"/files/{file['id']}", status=404)


async def test_what_is_no_file_that_we_take_is_refused_by_name(ada: Caller):
    refused = await ada("POST", "/files?name=page.html", status=422, data=io.BytesIO(b"<script>"))
    assert "page.html" in refused["detail"]
    await ada("POST", "/files", status=422, data=io.BytesIO(b"x"))
    await ada("POST", "/files?name=long.txt", status=413, data=io.BytesIO(b"x" * 10_000_001))


async def test_files_that_stay_on_another_server_are_listed_with_their_address(ada: Caller, house: House, idea: Things):
    uri = "https://elsewhere.example/zoe"
    zoe = await people.meet(house, uri, "zoe", "elsewhere.example", "Zoe", uri)
    root = await ideas_read.by_id(house, idea["id"])
    assert root is not None
    linked = (Linked("https://files.example/cat.jpg", "picture", "A cat"),)
    origin = Origin("https://elsewhere.example/1", "https://elsewhere.example/a", "<p>Look.</p>", linked=linked)
    made = await ideas.reply(house, zoe, root, "", origin=origin)
    assert await ada("GET", f"/ideas/{made.id}/files") == {
        "data": [],
        "elsewhere": [{"url": "https://files.example/cat.jpg", "kind": "picture", "alt": "A cat"}],
        "next": None,
    }
    assert (await ada("GET", f"/ideas/{root.id}/files"))["elsewhere"] == []
