"""Background jobs end with the service, also those on whose way a cancellation gets lost."""

import asyncio

from service_kit.app import background


async def test_a_job_that_loses_a_cancellation_is_told_again() -> None:
    heard = 0

    async def forgetful() -> None:
        nonlocal heard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1
                if heard > 1:
                    raise

    async with asyncio.timeout(30):
        async with background(forgetful()):
            # One round of the loop, in which the job begins.
            await asyncio.sleep(0)
    assert heard == 2


async def test_a_job_that_crashed_does_not_keep_the_others_from_ending() -> None:
    async def crashing() -> None:
        raise RuntimeError("as it happens")

    ended = asyncio.Event()

    async def patient() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background(crashing(), patient()):
        await asyncio.sleep(0)
    assert ended.is_set()
