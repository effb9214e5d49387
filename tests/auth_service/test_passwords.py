"""Hashing and verifying passwords."""

import asyncio

import pytest
from tests.auth_service.visitor import cheap_passwords

from auth_service.passwords import Busy, Passwords


async def test_the_costs_are_those_of_the_recommendation() -> None:
    assert (await Passwords().hash("correct horse battery")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_password_fits_its_own_hash_alone() -> None:
    passwords = cheap_passwords()
    hashed = await passwords.hash("correct horse battery")

    assert await passwords.hash("correct horse battery") != hashed
    assert await passwords.verify("correct horse battery", hashed) == (True, None)
    assert await passwords.verify("correct horse batterz", hashed) == (False, None)
    assert await passwords.verify("nobody has this password", None) == (False, None)


async def test_composed_and_decomposed_letters_are_one_password() -> None:
    passwords = cheap_passwords()

    assert await passwords.verify("caf\u00e9 \ufb01ne", await passwords.hash("cafe\u0301 fine")) == (True, None)


async def test_a_hash_of_another_cost_is_renewed_when_the_password_is_right() -> None:
    yesterday, today = cheap_passwords(), cheap_passwords(memory_kib=128)
    hashed = await yesterday.hash("correct horse battery")

    is_right, renewed = await today.verify("correct horse battery", hashed)

    assert is_right
    assert renewed is not None
    assert await today.verify("correct horse battery", renewed) == (True, None)
    assert await today.verify("wrong", hashed) == (False, None)


async def test_too_many_at_once_are_told_to_come_back() -> None:
    """F: overload; a place is free again when the work has ended, whoever still waits for it."""
    passwords = Passwords(rounds=1, threads=1, waiting=2)
    tasks = [asyncio.create_task(passwords.hash("correct horse battery")) for _ in range(8)]

    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert sum(isinstance(result, str) for result in results) == 3
    assert sum(isinstance(result, Busy) for result in results) == 5
    assert await passwords.hash("correct horse battery")


async def test_whoever_stops_waiting_leaves_a_free_place() -> None:
    passwords = Passwords(rounds=1, threads=1, waiting=2)
    for _ in range(3):
        tasks = [asyncio.create_task(passwords.hash("correct horse battery")) for _ in range(3)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(10):
        while True:
            try:
                assert await passwords.hash("correct horse battery")
                break
            except Busy:
                await asyncio.sleep(0.01)


async def test_the_event_loop_is_free_while_passwords_are_hashed() -> None:
    passwords = Passwords(threads=2)
    work = asyncio.gather(*(passwords.hash("correct horse battery") for _ in range(6)))
    beats = 0
    while not work.done():
        await asyncio.sleep(0.001)
        beats += 1
    await work

    assert beats > 10


async def test_a_closed_pool_refuses_politely() -> None:
    passwords = cheap_passwords()
    passwords.close()

    with pytest.raises(Busy):
        await passwords.hash("correct horse battery")
