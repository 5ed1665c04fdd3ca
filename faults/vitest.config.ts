// `npm run test:faults` and `npm run soak`: not part of `npm test`, because they kill processes for minutes.
import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** Files that run in place of the tests: `soak`, `outages`, `standby` and `damage` take minutes to hours, each with its own command. */
const kind = process.env.FAULTS_KIND ?? 'test'
const isLong = kind !== 'test'

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [`faults/**/*.${kind}.ts`],
    // All of it, unless `LADING_TESTS=short` asks for what a change must pass.
    exclude: ['**/node_modules/**', ...(process.env.LADING_TESTS === 'short' ? ['**/*.long.test.ts'] : [])],
    globalSetup: ['test-support/global-setup.ts', 'faults/support/build-worker.ts'],
    reporters: ['default', './test-support/closing-line.ts'],
    maxWorkers: isLong ? 1 : 2,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    testTimeout: isLong ? 1_800_000 : 120_000,
    hookTimeout: 120_000,
  },
})
