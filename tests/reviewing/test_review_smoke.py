def test_pages_open(town):
    b = town.browser("Nurgul")
    for path in (
        "/queue",
        "/protection",
        "/search",
        "/watches",
        "/watches/new",
        "/sources",
        "/about",
        f"/posting/{town.ids['hostess']}",
        f"/posting/{town.ids['teens']}",
    ):
        r = b.get(path)
        assert r.status_code == 200, (path, r.text[:3000])
    a = town.browser("Admin")
    for path in ("/people", "/mail", "/audit", "/watches", "/sources"):
        assert a.get(path).status_code == 200
