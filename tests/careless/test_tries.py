"""A repeat is a repeat in whatever task or thread it is made; a call of somebody else's is none."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import pytest_openbanking


class BankError(Exception):
    """What the client promises."""


def check(answer):
    if answer.status_code >= 400:
        raise BankError(answer.text)
    return answer.json()


async def call(client, url, token):
    return check(await client.get(url, headers={"Authorization": f"Bearer {token}"}))


async def one_try(client, url, token):
    return await asyncio.create_task(call(client, url, token))


async def careless(client, url, token, gate=None):
    """Try three times, each in a task of its own, whatever the error."""
    for attempt in range(3):
        try:
            if gate is None:
                return await one_try(client, url, token)
            async with gate:
                return await one_try(client, url, token)
        except BankError:
            if attempt == 2:
                raise
            await asyncio.sleep(1)
    return None


async def careful(client, url, token, gate=None):
    """Try once, in a task of its own."""
    if gate is None:
        return await one_try(client, url, token)
    async with gate:
        return await one_try(client, url, token)


async def several(call_one, sandbox, count, limit):
    gate = asyncio.Semaphore(limit) if limit else None
    async with httpx.AsyncClient() as client:
        url = sandbox.base_url + "/v1/accounts"
        calls = [call_one(client, url, sandbox.access_token, gate) for _ in range(count)]
        results = await asyncio.gather(*calls, return_exceptions=True)
    raise next(result for result in results if isinstance(result, BankError))


@pytest.mark.parametrize("limit", [None, 1, 2])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_tries_in_tasks_of_their_own(count, limit):
    """Each caller's tries are told apart from those of others that run beside it or after it."""
    with pytest_openbanking.sandbox("paysera", raises=BankError) as sandbox:
        case = sandbox.fail_with("CERTIFICATE_INVALID", "GET /v1/accounts")
        with case.handled():
            asyncio.run(several(careful, sandbox, count, limit))
        with pytest.raises(AssertionError, match="OB101 "), case.handled():
            asyncio.run(several(careless, sandbox, count, limit))


@pytest.mark.parametrize("workers", [1, 4])
def test_tries_in_threads(workers):
    """A pool's jobs each call once: no repeat, however few the workers."""
    with pytest_openbanking.sandbox("paysera", raises=BankError) as sandbox:
        url, headers = sandbox.base_url + "/v1/accounts", {"Authorization": f"Bearer {sandbox.access_token}"}
        case = sandbox.fail_with("CERTIFICATE_INVALID", "GET /v1/accounts")
        with httpx.Client() as client, ThreadPoolExecutor(workers) as pool, case.handled():
            jobs = [pool.submit(lambda: check(client.get(url, headers=headers))) for _ in range(6)]
            [job.exception() for job in jobs]
            jobs[0].result()
        blamed = pytest.raises(AssertionError, match="OB101 ")
        with httpx.Client() as client, ThreadPoolExecutor(workers) as pool, blamed, case.handled():
            one_after_the_other(pool, lambda: check(client.get(url, headers=headers)))


def one_after_the_other(pool, call):
    tries = 3
    while True:
        tries -= 1
        try:
            return pool.submit(call).result()
        except BankError:
            if not tries:
                raise
