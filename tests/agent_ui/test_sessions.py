"""Cookies where the console is reached over https."""

from pathlib import Path

from console_house import PASSWORD, open_house, person


async def test_over_https_the_cookie_never_leaves_it(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        open_house(sqlite_url, tmp_path, public_url="https://loket.example") as house,
        person(house) as guest,
    ):
        await house.hire("anna", "Anna")
        fields = {"login": "anna", "password": PASSWORD}
        url = f"{house.origin}/console/sign-in"
        async with guest.http.post(url, data=fields, allow_redirects=False) as response:
            cookie = response.cookies["__Host-loket"]
        assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
        assert cookie["domain"] == ""
