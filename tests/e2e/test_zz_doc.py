import json
from tests.e2e.test_rest_search import bring_in
async def test_doc(client):
    c = await bring_in(client)
    page = await client.get("/messages/search", q="dog", limit=1)
    page = await client.get("/messages/search", q="dog", limit=1, before=page["nextCursor"])
    print("DOC1", json.dumps(page, ensure_ascii=False, indent=2))
    k = await client.converse()
    await client.say(k, "I am so happy to see you!")
    print("DOC2", json.dumps(await client.get(f"/conversations/{k}/analytics", bucket="week"), ensure_ascii=False, indent=2))
    import httpx
    for params in [{"q":"dog","before":__import__("backend.gateway.rest.paging",fromlist=["x"]).encode_cursor("2024-05-02T00:00:00", "0199a1b2-0000-7000-8000-0000000000ff")},{"q":"dog","before":__import__("backend.gateway.rest.paging",fromlist=["x"]).encode_cursor("0001-01-01T00:00:00+14:00", "0199a1b2-0000-7000-8000-0000000000ff")},{"q":"dog","mode":"semantic","before":__import__("backend.gateway.rest.paging",fromlist=["x"]).encode_cursor("nan", "0199a1b2-0000-7000-8000-0000000000ff")},{"q":"dog","from":"9999-12-31T23:59:59-14:00"},{"q":"dog","to":"0001-01-01T00:00:00+14:00"},{"q":"\x00"},{"q":"x","from":"1e400"}]:
        a = await client.http.get("/messages/search", params=params); print("EDGE", params, a.status_code, a.text[:150])
    for params in [{"from":"0001-01-01T00:00:00+14:00"},{"to":"9999-12-31T23:59:59-14:00"},{"from":"2030-01-01T00:00:00Z","to":"2020-01-01T00:00:00Z"},{"bucket":"year"},{"from":"0001-01-01T00:00:00Z","to":"9999-12-31T00:00:00Z","bucket":"week"}]:
        a = await client.http.get("/users/me/analytics", params=params); print("EDGE", params, a.status_code, a.text[:150], len(a.content))
