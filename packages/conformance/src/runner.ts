// What the suites share: the runner they are given, and how they wait and look at faults.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { LadingError } from '@lading/core'

/** The part of a test runner that the suites need; node:test, vitest, jest and bun all have it. */
export interface SuiteRunner {
  describe(name: string, body: () => void): unknown
  readonly test: {
    (name: string, body: () => Promise<void>): unknown
    /** Registers a case that does not apply; the reason is part of its name. */
    skip(name: string, body: () => Promise<void>): unknown
  }
}

/** The work must reject with a `LadingError` of this code. */
export async function fails(work: Promise<unknown>, code: string, about = ''): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof LadingError, `${JSON.stringify(about)}: not a LadingError: ${error}`)
    assert.equal(error.code, code, JSON.stringify(about))
    return true
  })
}

/** Waits for a condition, and fails with `what` if it does not come true in time. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  patienceMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, `waited ${patienceMs} ms in vain: ${what}`)
    await delay(5)
  }
}
