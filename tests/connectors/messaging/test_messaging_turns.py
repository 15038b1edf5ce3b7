"""A number sends no faster than it can, and answers go before what goes to many."""

import asyncio

from connectors.messaging.turns import Turns


async def test_answers_go_first_and_the_rest_in_order() -> None:
    turns, gone = Turns(per_second=50), list[str]()

    async def take(name: str, *, bulk: bool) -> None:
        await turns.take(1, bulk=bulk)
        gone.append(name)

    # The first second's worth goes at once.
    await asyncio.gather(*(take("early", bulk=True) for _ in range(51)))
    gone.clear()
    bulk = [asyncio.create_task(take(f"bulk {n}", bulk=True)) for n in range(3)]
    await asyncio.sleep(0)
    answers = [asyncio.create_task(take(f"answer {n}", bulk=False)) for n in range(3)]
    await asyncio.gather(*bulk, *answers)
    assert gone == [f"answer {n}" for n in range(3)] + [f"bulk {n}" for n in range(3)]


async def test_segments_cost_time() -> None:
    loop, turns = asyncio.get_running_loop(), Turns(per_second=100)
    began = loop.time()
    for _ in range(12):
        await turns.take(10, bulk=False)
    # 120 segments, of which those of one second and one message more go at once.
    assert loop.time() - began >= 0.09


async def test_who_gives_up_holds_nobody_up() -> None:
    turns = Turns(per_second=20)
    await turns.take(22, bulk=False)
    gone = asyncio.create_task(turns.take(1000, bulk=False))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(10):
        await turns.take(1, bulk=True)
