// A vitest reporter that ends the run with one plain line: `N passed, N failed, N skipped`. To sum up several runs, it
// also appends the line to the file LADING_COUNTS, after the first line of each failure.
import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'

/** What vitest knows of an error outside of a test: where it was thrown, and what ran then. */
interface UnhandledError {
  readonly message: string
  readonly stack?: string
  readonly VITEST_TEST_PATH?: unknown
  readonly VITEST_TEST_NAME?: unknown
}

export default class ClosingLine implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly UnhandledError[],
    reason: TestRunEndReason,
  ): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    const failures = unhandledErrors.map(unhandledFailure)
    for (const module of modules) {
      // A module that failed before its first test would otherwise not be counted.
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) {
        count.failed++
        failures.push(failure(module.relativeModuleId, module.errors()))
      }
      for (const test of module.children.allTests()) {
        count[test.result().state]++
        if (test.result().state === 'failed') failures.push(failure(nameOf(test), test.result().errors ?? []))
      }
    }
    // A run that failed before its first test counts as failed too.
    if (reason !== 'passed' && count.failed === 0) count.failed = 1
    // The default reporter prints its summary in the same event, so ours waits for its turn.
    setImmediate(() => {
      const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`
      process.stdout.write(line)
      if (process.env.LADING_COUNTS) appendFileSync(process.env.LADING_COUNTS, failures.join('') + line)
    })
  }
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`
}

function unhandledFailure(error: UnhandledError): string {
  const { VITEST_TEST_PATH: file, VITEST_TEST_NAME: test } = error
  const during = [file && relative(process.cwd(), String(file)), test].filter(Boolean).join(' > ')
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  return failure(`unhandled during ${during}`, [
    { message: [error.message, ...frames.slice(0, 6)].join(' ').replaceAll(/\s+/g, ' ') },
  ])
}

function failure(name: string, errors: readonly { readonly message: string }[]): string {
  const [first = 'no error was reported'] = (errors[0]?.message ?? '').split('\n').filter(Boolean)
  return `FAILED ${name}: ${first}\n`
}
