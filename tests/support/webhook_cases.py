"""What every connector's webhook must stand: forgery, repetition, size, nonsense, floods.

A connector's tests make a `Door` and run `CASES` on it:

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
    async def test_webhook(case, ...): await case(door)
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import ClientSession

from hub.metrics import Metrics


@dataclass(frozen=True)
class Call:
    """One request. `field`: what is wrong in it, where something is."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    field: str = ""


@dataclass(frozen=True)
class Door:
    """`call()` makes a good request that was never sent before, `resign(body)` one with this body
    and a signature that fits it, `malformed()` a signed one with a field that is wrong.
    `signature`: the header that proves who sends. `kept()`: how many contacts the store has.
    `limit`: bytes that a body may have; `flood`: good requests that come in before it is one."""

    url: str
    signature: str
    call: Callable[[], Call]
    resign: Callable[[bytes], Call]
    malformed: Callable[[], Call]
    kept: Callable[[], Awaitable[int]]
    metrics: Metrics
    channel: str
    limit: int
    flood: int

    async def send(self, call: Call) -> tuple[int, Mapping[str, str], str]:
        async with (
            ClientSession() as http,
            http.post(self.url, data=call.body, headers=call.headers) as response,
        ):
            return response.status, response.headers, await response.text()

    @property
    def forged(self) -> float:
        labels = {"channel": self.channel, "code": "forged"}
        return self.metrics.registry.get_sample_value("loket_refused_total", labels) or 0


async def a_wrong_signature_is_refused_and_counted(door: Door) -> None:
    good = door.call()
    proof = good.headers[door.signature]
    wrong = ["", proof[:-1], proof + proof, proof.swapcase(), "\u00e9" * len(proof)]
    for signature in wrong:
        call = replace(good, headers={**good.headers, door.signature: signature})
        assert (await door.send(call))[0] == 403, signature
    without = {k: v for k, v in good.headers.items() if k != door.signature}
    assert (await door.send(replace(good, headers=without)))[0] == 403
    assert (await door.send(replace(door.call(), headers=good.headers)))[0] == 403
    assert door.forged == len(wrong) + 2
    assert await door.kept() == 0


async def a_replay_is_taken_and_ignored(door: Door) -> None:
    good = door.call()
    statuses = [(await door.send(good))[0] for _ in range(3)]
    assert all(200 <= status < 300 for status in statuses)
    assert await door.kept() == 1


async def a_body_over_the_limit_is_refused(door: Door) -> None:
    large = door.resign(b"x" * (door.limit + 1))
    assert (await door.send(large))[0] == 413
    assert await door.kept() == 0


async def what_is_malformed_is_refused_with_its_field(door: Door) -> None:
    wrong = door.malformed()
    status, _, text = await door.send(wrong)
    assert status == 400
    assert wrong.field in text
    assert await door.kept() == 0


async def nonsense_is_never_an_error_of_ours(door: Door) -> None:
    for body in (b"", b"\0", b"\xff\xfe", b"{", b"a=%", b"&&&=", "é".encode()):
        status, _, _ = await door.send(door.resign(body))
        assert 400 <= status < 500, body
    assert await door.kept() == 0


async def a_flood_is_told_when_to_come_again(door: Door) -> None:
    answers: list[Any] = [await door.send(door.call()) for _ in range(door.flood + 1)]
    assert [status for status, _, _ in answers[:-1]] == [answers[0][0]] * door.flood
    status, headers, _ = answers[-1]
    assert status == 429
    assert int(headers["Retry-After"]) >= 1
    assert await door.kept() == door.flood


CASES = (
    a_wrong_signature_is_refused_and_counted,
    a_replay_is_taken_and_ignored,
    a_body_over_the_limit_is_refused,
    what_is_malformed_is_refused_with_its_field,
    nonsense_is_never_an_error_of_ours,
    a_flood_is_told_when_to_come_again,
)
