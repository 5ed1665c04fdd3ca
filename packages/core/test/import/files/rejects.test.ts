// importer.run({ rejects }): the rejected records of a run as a stream of the caller.
import { PassThrough, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, type RunOptions } from '../../../src/index.ts'
import { file } from '../../fixtures/jobs-harness.ts'
import { bytes, resources } from '../../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createReferenceDatabase()
})
afterEach(() => database.empty())
afterAll(() => database.drop())

async function run(options: Omit<RunOptions, 'resource' | 'rejects'>) {
  const rejects = new PassThrough()
  const importer = createImporter({ pool: database.pool, resources, batchRows: 2 })
  const [report, given] = await Promise.allSettled([
    importer.run({ resource: 'users', ...options, rejects }),
    buffer(rejects),
  ])
  return { report, rejects: given.status === 'fulfilled' ? given.value : Buffer.alloc(0) }
}

test('CSV: the header, the reasons and the bytes of each', async () => {
  const { rejects } = await run({ format: 'csv', source: bytes(file.replaceAll('\n', '\r\n')) })
  expect(rejects.toString()).toBe(
    [
      'lading_error,email,name,role,active',
      '"INVALID_EMAIL: ""email"" must be an e-mail address, such as ada@example.org; INVALID_ROLE: ""role"" must be one of admin, author, reader",foo@bar,B,manager,true',
      '"DUPLICATE_EMAIL: The same ""email"" is already in users",A@example.org,D,reader,true',
      '"MISSING_FIELD: ""name"" is required; INVALID_BOOLEAN: ""active"" must be true or false",e@example.org,,reader,maybe',
      '',
    ].join('\n'),
  )
})

const good = '{"email":"a@example.org","name":"A","role":"reader","active":true}'
const bad = '{ "email":"nobody","name":"A","role":"reader","active":true}'

test('NDJSON: the lines, including those that are not text', async () => {
  const noText = Buffer.concat([bytes('{"email":"'), Buffer.of(0xff, 0xfe), bytes('"}\n')])
  const source = Buffer.concat([bytes(`${good}\n${bad}\n`), noText])
  const { rejects } = await run({ format: 'ndjson', source })
  expect(rejects.equals(Buffer.concat([bytes(`${bad}\n`), noText]))).toBe(true)
})

test('a JSON array: an array, an empty one where nothing was rejected', async () => {
  expect((await run({ format: 'json', source: bytes(`[${bad},${good}]`) })).rejects.toString()).toBe(
    `[\n${bad}\n]\n`,
  )
  await database.pool.query('truncate users cascade')
  expect((await run({ format: 'json', source: bytes(`[${good}]`) })).rejects.toString()).toBe('[]\n')
})

test('objects: lines of JSON', async () => {
  const { rejects } = await run({ source: [JSON.parse(good), JSON.parse(bad)] })
  expect(rejects.toString()).toBe(`${JSON.stringify(JSON.parse(bad))}\n`)
})

test('records rejected before a fault are returned, and the stream ends', async () => {
  const { report, rejects } = await run({
    format: 'csv',
    source: bytes(`${file}x@example.org,"X,reader,true\n`),
  })
  expect(report).toMatchObject({ status: 'rejected', reason: { code: 'FILE_PARSE_ERROR' } })
  expect(rejects.toString().split('\n')).toHaveLength(5)
})

test('a run goes no faster than its rejects are read', async () => {
  let taken = 0
  const release: (() => void)[] = []
  const slow = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      taken++
      release.push(done)
    },
  })
  const importer = createImporter({ pool: database.pool, resources, batchRows: 1 })
  const counts: number[] = []
  const running = importer.run({
    resource: 'users',
    format: 'ndjson',
    source: bytes(`${bad}\n`.repeat(5)),
    rejects: slow,
    onProgress: ({ failed }) => counts.push(failed),
  })
  await expect.poll(() => taken).toBe(1)
  expect(counts).toEqual([])
  const letGo = setInterval(() => release.shift()?.(), 1)
  expect((await running).failed).toBe(5)
  clearInterval(letGo)
  // The end of the file is a separate batch.
  expect(counts.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
})

test('a stream that fails ends the run with one sentence', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) })
  const importer = createImporter({ pool: database.pool, resources })
  const running = importer.run({ resource: 'users', format: 'csv', source: bytes(file), rejects: broken })
  await expect(running).rejects.toMatchObject({
    code: 'HOOK_FAILED',
    message: 'Writing to the stream for rejected records failed.',
  })
})
