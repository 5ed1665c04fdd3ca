// Records that an import did not reach, or rolled back with the rest: counted, and returned to be imported unchanged.
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type ByteRange, fileStorage, type Job, type SubmitImport } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

async function imported(submit: Partial<SubmitImport> & Pick<SubmitImport, 'source'>): Promise<Job> {
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', ...submit })
  return harness.ended(id)
}

async function rejectsOf(id: string, unprocessed = false): Promise<string> {
  return text((await harness.jobs.rejects(id, { unprocessed })) as Readable)
}

const users = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `u${from + index}@example.org,U,reader,true\n`).join('')
const header = 'email,name,role,active\n'
const wrong = 'nobody,X,reader,true\n'

test.each([
  ['plain', (text: string) => bytes(text), {}],
  ['compressed', (text: string) => gzipSync(text), { compression: 'gzip' }],
] as const)('after maxErrors of a %s file are counted, and can be imported', async (_, pack, settings) => {
  harness.work()
  const source = pack(`${header}${users(0, 5)}${wrong}${users(5, 7)}${wrong}${users(7, 20)}${wrong}`)
  const job = await imported({ source, maxErrors: 2, ...settings })
  expect(job).toMatchObject({ status: 'failed', errorCode: 'TOO_MANY_ERRORS' })
  expect(job.progress).toMatchObject({
    totalRecords: 23,
    processedRecords: 9,
    insertedRecords: 7,
    failedRecords: 2,
    unprocessedRecords: 14,
  })
  const rest = await rejectsOf(job.id, true)
  expect(rest).toBe(`${header}${users(7, 20)}${wrong}`)
  const again = await imported({ source: bytes(rest) })
  expect(again.progress).toMatchObject({ insertedRecords: 13, failedRecords: 1 })
  expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(20)
})

const objects = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, index) => `{"email":"u${from + index}@example.org","name":"U","role":"reader","active":true}`,
  )

test.each([
  [
    'csv',
    `sep=;\n${header}${users(0, 9)}${wrong}${users(9, 20)}`.replaceAll(',', ';'),
    `sep=;\n${header}${users(9, 20)}`.replaceAll(',', ';'),
  ],
  ['ndjson', [...objects(0, 9), '{}', ...objects(9, 20)].join('\n'), `${objects(9, 20).join('\n')}\n`],
  ['json', `[${[...objects(0, 9), '{}', ...objects(9, 20)]}]`, `[\n${objects(9, 20).join(',\n')}\n]\n`],
])('of a %s file are read from the checkpoint on, and nothing before it', async (format, whole, rest) => {
  harness.work()
  const job = await imported({ format, source: bytes(whole), maxErrors: 1 })
  expect(job).toMatchObject({ errorCode: 'TOO_MANY_ERRORS', progress: { unprocessedRecords: 11 } })
  const { rows } = await harness.database.pool.query('select checkpoint_byte from lading.jobs')
  const ranges: (ByteRange | undefined)[] = []
  const storage = fileStorage(harness.folder)
  const get: typeof storage.get = (key, range) => {
    ranges.push(range)
    return storage.get(key, range)
  }
  const watching = harness.jobsWith({ storage: { ...storage, get } })
  expect(await text((await watching.rejects(job.id, { unprocessed: true })) as Readable)).toBe(rest)
  const checkpoint = Number(rows[0]?.checkpoint_byte)
  expect(checkpoint).toBeGreaterThan(whole.length * 0.4)
  // The first bytes show whether they are the text.
  const others = ranges.filter(range => range?.end === undefined || range.end > 4)
  // All of it is read once, to see that it is what was sent.
  expect(others.shift()).toEqual({})
  expect(others.length).toBeGreaterThan(0)
  for (const range of others) expect(range?.start).toBeGreaterThanOrEqual(checkpoint)
})

test('of an atomic import are all records that were not rejected', async () => {
  harness.work()
  const source = bytes(`${header}${users(0, 5)}${wrong}${users(5, 9)}${wrong}${wrong}${users(9, 12)}`)
  const job = await imported({ source, atomic: true })
  expect(job).toMatchObject({
    status: 'failed',
    errorCode: 'IMPORT_ROLLED_BACK',
    errorsByCode: { INVALID_EMAIL: 3 },
  })
  expect(job.progress).toMatchObject({
    totalRecords: 15,
    processedRecords: 3,
    successfulRecords: 0,
    insertedRecords: 0,
    failedRecords: 3,
    unprocessedRecords: 12,
  })
  expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(0)
  expect(await rejectsOf(job.id, true)).toBe(`${header}${users(0, 12)}`)
  expect((await rejectsOf(job.id)).match(/nobody/g)).toHaveLength(3)
})

test('after a place where the file cannot be read are not counted; a completed import has none', async () => {
  harness.work()
  const broken = await imported({ source: bytes(`${header}${users(0, 2)}a@example.org,"A,reader,true\n`) })
  expect(broken.errorCode).toBe('FILE_PARSE_ERROR')
  expect(broken.progress.unprocessedRecords).toBeNull()
  expect(await rejectsOf(broken.id, true)).toBe(header)
  const complete = await imported({ source: bytes(`${header}${users(2, 4)}${wrong}`) })
  expect(await rejectsOf(complete.id, true)).toBe(header)
})

test('are not available before the import has ended; rejected ones are returned while it runs', async () => {
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(header) })
  await expect(harness.jobs.rejects(id, { unprocessed: true })).rejects.toMatchObject({
    code: 'JOB_NOT_READY',
  })
  expect(await rejectsOf(id)).toBe(`lading_error,${header}`)
})

test('of an atomic import that only the table rejects in the end, the rejected one is rejected and the rest unprocessed', async () => {
  // The shadow table does not have the trigger.
  await harness.database.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin
      if new.name = 'No' then raise exception 'no'; end if; return new; end $$;
    create trigger refusing before insert on users for each row execute function refuse()`)
  harness.work()
  const no = 'no@example.org,No,reader,true\n'
  const job = await imported({ source: bytes(`${header}${users(0, 4)}${no}${users(4, 6)}`), atomic: true })
  expect(job).toMatchObject({ status: 'failed', errorCode: 'IMPORT_ROLLED_BACK' })
  expect(job.progress).toMatchObject({
    processedRecords: 1,
    failedRecords: 1,
    unprocessedRecords: 6,
    totalRecords: 7,
  })
  expect(await rejectsOf(job.id)).toContain(`,${no}`)
  expect(await rejectsOf(job.id, true)).toBe(`${header}${users(0, 6)}`)
})

test.each([
  ['records', undefined],
  ['bytes', 4],
] as const)(
  'a reader that leaves while the storage is silent about %s leaves nothing open',
  async (_, from) => {
    harness.work()
    const rest = users(0, 100_000)
    const job = await imported({ source: bytes(header + wrong + rest), maxErrors: 1 })
    const storage = fileStorage(harness.folder)
    const open = new Set<Readable>()
    const silent = async (): Promise<Readable> => {
      const stream = new Readable({ read: () => undefined })
      open.add(stream.once('close', () => open.delete(stream)))
      return stream
    }
    const get: typeof storage.get = (key, range) =>
      (from === undefined ? range?.end === undefined : Number(range?.end) > from)
        ? silent()
        : storage.get(key, range)
    const file = await harness
      .jobsWith({ storage: { ...storage, get } })
      .rejects(job.id, { unprocessed: true })
    file?.resume()
    await expect.poll(() => open.size).toBe(1)
    file?.destroy()
    await expect.poll(() => open.size).toBe(0)
  },
)
