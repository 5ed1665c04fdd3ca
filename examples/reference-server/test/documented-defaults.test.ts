// Compares the defaults in the README and docs/limits.md with the effective ones.
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { defaults } from '../../../packages/core/src/config/defaults.ts'
import { readConfig } from '../src/config.ts'

/** Which default of the library counts where a variable is not set. */
const ofLibrary = {
  IMPORT_BATCH_SIZE: 'batchRows',
  EXPORT_STREAM_BATCH_SIZE: 'exportBatchRows',
  IMPORT_MAX_RECORD_BYTES: 'maxRecordBytes',
  UPLOADS: 'uploads',
  UPLOADS_PER_CALLER: 'uploadsPerCaller',
  STREAMED_EXPORTS: 'streamedExports',
  STREAMED_EXPORTS_PER_CALLER: 'streamedExportsPerCaller',
  DOWNLOADS: 'downloads',
  DOWNLOADS_PER_CALLER: 'downloadsPerCaller',
  ACTIVE_JOBS_PER_CALLER: 'activeJobsPerCaller',
  BODY_SECONDS: 'bodySeconds',
  BODY_BYTES_PER_SECOND: 'bodyBytesPerSecond',
  BODY_RATE_SECONDS: 'bodyRateSeconds',
  STALLED_ANSWER_SECONDS: 'stalledAnswerSeconds',
  ANSWER_BYTES_PER_SECOND: 'answerBytesPerSecond',
  ANSWER_RATE_SECONDS: 'answerRateSeconds',
  FREE_DISK_BYTES: 'freeDiskBytes',
} as const satisfies Record<string, keyof typeof defaults>

/** Numbers that are the server's own. */
const ofServer = {
  APP_PORT: 'port',
  IMPORT_MAX_FILE_SIZE: 'importMaxFileBytes',
  STORED_ERRORS: 'storedErrors',
  WORKER_IMPORT_WORKERS: 'importWorkers',
  WORKER_EXPORT_WORKERS: 'exportWorkers',
  WORKER_FETCH_WORKERS: 'fetchWorkers',
  EXPORT_FILE_EXPIRY_HOURS: 'exportFileExpiryHours',
  IDEMPOTENCY_TTL_HOURS: 'idempotencyTtlHours',
  JOB_RETENTION_DAYS: 'jobRetentionDays',
  OUTAGE_LIMIT_HOURS: 'outageLimitHours',
  HEADERS_SECONDS: 'headersSeconds',
  QUEUE_DEPTH: 'queueDepth',
  MAX_CONNECTIONS: 'maxConnections',
} as const satisfies Record<string, keyof ReturnType<typeof readConfig>>

/** What only docs/limits.md states, by the name of its option. */
const ofOptions = {
  jsonBodyBytes: 'jsonBodyBytes',
  formFields: 'formFields',
  formFieldBytes: 'formFieldBytes',
} as const satisfies Record<string, keyof typeof defaults>

/** Rows of Markdown tables whose default is a number: what they name in code, and the numbers. */
async function stated(path: string, ...columns: readonly [names: number, numbers: number]) {
  const text = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')
  const found = new Map<string, number>()
  for (const [, row = ''] of text.matchAll(/^\|(.*)\|$/gm)) {
    const cells = row.split('|')
    const [names = '', numbers = ''] = columns.map(column => cells[column])
    const values = numbers.match(/\d+/g) ?? []
    for (const [index, [, name = '']] of [...names.matchAll(/`(\w+)`/g)].entries()) {
      if (values[index] !== undefined) found.set(name, Number(values[index]))
    }
  }
  return found
}

const variables = [
  ...Object.entries(ofLibrary).map(([name, key]) => [name, defaults[key]] as const),
  ...Object.entries(ofServer).map(([name, key]) => [name, readConfig({})[key]] as const),
]

test.each(variables)('the README states that %s is %d', async (name, number) => {
  expect((await stated('README.md', 0, 1)).get(name)).toBe(number)
})

test('docs/reliability.md states the defaults of silent connections and of the janitor that verifies', async () => {
  const page = await readFile(new URL('../../../docs/reliability.md', import.meta.url), 'utf8')
  expect(page).toContain(`\`noProgressSeconds\` (${defaults.noProgressSeconds})`)
  expect(page).toContain(`at most ${defaults.verifyBytesPerSecond / 1024 ** 2} MiB a second`)
})

test('docs/hooks.md states the timeout of hooks', async () => {
  const page = await readFile(new URL('../../../docs/hooks.md', import.meta.url), 'utf8')
  const { hookTimeoutSeconds, httpHookTimeoutSeconds } = defaults
  expect(page).toContain(
    `\`hookTimeoutSeconds\` is ${hookTimeoutSeconds} for importers and exporters, and ${httpHookTimeoutSeconds} for \`createHttp\``,
  )
})

describe('docs/limits.md', () => {
  test('describes each of its variables as the README does', async () => {
    const limits = await stated('docs/limits.md', 1, 2)
    const readme = await stated('README.md', 0, 1)
    // A table that could not be read would agree with everything.
    expect(limits.size).toBe(19)
    expect(limits).toEqual(new Map([...limits.keys()].map(name => [name, readme.get(name)])))
  })

  test.each(Object.entries(ofOptions))('states the default of %s', async (option, key) => {
    expect((await stated('docs/limits.md', 0, 2)).get(option)).toBe(defaults[key])
  })
})

test('settings without a variable are left to the library', () => {
  const {
    limits,
    activeJobsPerCaller,
    freeDiskBytes,
    importBatchRows,
    importMaxRecordBytes,
    exportBatchRows,
  } = readConfig({})
  const own = {
    ...limits,
    activeJobsPerCaller,
    freeDiskBytes,
    importBatchRows,
    importMaxRecordBytes,
    exportBatchRows,
  }
  expect(Object.keys(own).sort()).toEqual([
    'activeJobsPerCaller',
    'answerBytesPerSecond',
    'answerRateSeconds',
    'bodyBytesPerSecond',
    'bodyRateSeconds',
    'bodySeconds',
    'downloads',
    'downloadsPerCaller',
    'exportBatchRows',
    'freeDiskBytes',
    'importBatchRows',
    'importMaxRecordBytes',
    'stalledAnswerSeconds',
    'streamedExports',
    'streamedExportsPerCaller',
    'uploads',
    'uploadsPerCaller',
  ])
  expect(Object.values(own).filter(value => value !== undefined)).toEqual([])
})
