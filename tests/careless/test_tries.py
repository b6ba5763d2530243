"""A repeat is a repeat in whatever task or thread it is made; a call of somebody else's is none."""

import asyncio
import time
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


def payment(client, url, token, key, timeout=60):
    """Send one payment."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    return client.post(url, json={"amount": 250000, "currency": "EUR"}, headers=headers, timeout=timeout)


def test_the_next_payment_of_the_same_amount_is_no_retry():
    """Once the retry of a payment has succeeded, an equal one under a key of its own is another payment."""

    def pay(client, sandbox, employee):
        for attempt in range(3):
            answer = payment(client, sandbox.base_url + "/v1/payments", sandbox.access_token, f"2026-11/{employee}")
            if answer.is_success:
                return answer.json()
            time.sleep(1 + 2**attempt)
        raise BankError(answer.text)

    with pytest_openbanking.sandbox("aelix", raises=BankError) as sandbox, httpx.Client() as client:
        case = sandbox.fail_with("INTERNAL_SERVER_ERROR", "POST /v1/payments", persistence="once")
        with case.handled():
            pay(client, sandbox, "ann")
            pay(client, sandbox, "bob")


def test_a_payment_that_was_given_up_and_sent_again_takes_effect_twice():
    """A future whose result nobody waited for does not take the payment back."""
    body = {
        "instructedAmount": {"amount": "150.00", "currency": "EUR"},
        "creditorAccount": {"iban": "LT123456789012345678"},
        "creditorName": "Recipient",
    }
    with pytest_openbanking.sandbox("paysera", raises=BankError) as sandbox:
        url, headers = sandbox.base_url + "/v1/payments", {"Authorization": f"Bearer {sandbox.access_token}"}
        for case in sandbox.cases("POST /v1/payments", faults=True):
            if case.error.code not in ("answer-lost", "slow-answer"):
                continue
            blamed = pytest.raises(AssertionError, match="OB304 ")
            with ThreadPoolExecutor(4) as pool, blamed, case.handled():
                for _ in range(3):
                    try:
                        pool.submit(httpx.post, url, json=body, headers=headers, timeout=60).result(timeout=3)
                        break
                    except TimeoutError:
                        continue
