// The names that @lading/core exports. A change here is a change for every user.
import { expect, test } from 'vitest'
import * as api from '../../src/index.ts'

test('the public API', () => {
  expect(Object.keys(api).sort()).toEqual([
    'LadingError',
    'Type',
    'createExporter',
    'createImporter',
    'createJobs',
    'createLading',
    'defineConfig',
    'defineResource',
    'fileStorage',
    'importReportOf',
    'ladingMigrations',
    'memoryQueue',
    'memoryStorage',
    'migrate',
    'noopMetrics',
    'openRemoteFile',
    'postgresQueue',
    'waitForDatabase',
  ])
})
