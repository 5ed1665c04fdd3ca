// The names that @lading/core exports. A change here is a change for everybody who uses it.
import { expect, test } from 'vitest'
import * as api from '../src/index.ts'

test('the public API', () => {
  expect(Object.keys(api).sort()).toEqual([
    'LadingError',
    'Type',
    'checkMapping',
    'checkRemote',
    'createExporter',
    'createImporter',
    'createJobs',
    'defineConfig',
    'defineResource',
    'delimiterOfFileName',
    'detectFormat',
    'fileStorage',
    'foreignByName',
    'formatNamed',
    'formatOfFileName',
    'importReportOf',
    'isBundle',
    'ladingMigrations',
    'memoryQueue',
    'memoryStorage',
    'migrate',
    'noopMetrics',
    'openRemoteFile',
    'postgresQueue',
    'readBundleSettings',
    'readCaller',
    'readDelimiter',
    'readEncoding',
    'readFilterTexts',
    'readMapping',
    'readSettings',
    'resourceNamed',
    'unknownFormat',
    'waitForDatabase',
  ])
})
