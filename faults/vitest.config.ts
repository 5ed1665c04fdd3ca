// `npm run test:faults` and `npm run soak`: not part of `npm test`, because they kill processes for minutes.
import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'

const isSoak = process.env.FAULTS_SOAK === 'true'

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [isSoak ? 'faults/**/*.soak.ts' : 'faults/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test-support/global-setup.ts', 'faults/support/build-worker.ts'],
    reporters: ['default', './test-support/closing-line.ts'],
    maxWorkers: isSoak ? 1 : 2,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    testTimeout: isSoak ? 1_800_000 : 120_000,
    hookTimeout: 120_000,
  },
})
