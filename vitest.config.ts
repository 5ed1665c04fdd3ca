import { defineConfig } from 'vitest/config'
import LongestFirst from './test-support/longest-first.ts'

// Tests run on sources, across packages, never on a build that may be stale.
const onSources = { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } }

/**
 * `npm test` leaves out what takes longest (`*.long.test.ts`), so that it can be run often; `npm run test:long` is that
 * rest. `LADING_TESTS=all` is for everything in one run.
 */
const { LADING_TESTS: wanted = 'short' } = process.env
const long = '**/*.long.test.ts'
/** `faults` has a configuration of its own. */
const folders = ['packages', 'testdata', 'examples']

export default defineConfig({
  environments: { ssr: onSources, __vitest__: onSources },
  ssr: onSources,
  test: {
    include: folders.map(folder => `${folder}/${wanted === 'long' ? long : '**/*.test.ts'}`),
    exclude: ['**/node_modules/**', '**/dist/**', ...(wanted === 'short' ? [long] : [])],
    globalSetup: ['test-support/global-setup.ts'],
    // See `npm run test:strict`.
    setupFiles: process.env.LADING_STRICT ? ['test-support/strict-setup.ts'] : [],
    reporters: ['default', './test-support/closing-line.ts'],
    // On two cores 219 s in place of 257 s with two: half of the time a test waits for PostgreSQL or for a process of its own.
    maxWorkers: 3,
    // Loading the library anew for each file took a quarter of the time; no test relies on a fresh copy of it.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Of a busy machine nothing is promised: who waits for a condition says so only if it is to come sooner.
    expect: { poll: { timeout: 10_000, interval: 20 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A test that leaves something running is a test that failed.
    dangerouslyIgnoreUnhandledErrors: false,
  },
})
