// All kinds of sources: streams of both kinds, bytes, chunks, and objects.
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, type Importer } from '../../../src/index.ts'
import { resources, rowsOf } from '../../support.ts'

const text =
  'email,name,role,active\nä@example.org,Ä,reader,true\nb@example.org,"B\n😀",admin,false\n'.replace(
    'ä@',
    'a@',
  )

let database: TestDatabase
let importer: Importer
beforeAll(async () => {
  database = await createReferenceDatabase()
  importer = createImporter({ pool: database.pool, resources })
})
beforeEach(async () => {
  await database.pool.query('truncate users cascade')
})
afterAll(() => database.drop())

const names = async () =>
  (await rowsOf(database.pool, 'users', 'email')).map(
    row => /,("(?:[^"]|"")*"|[^,]*),(?:admin|reader)/.exec(row)?.[1],
  )

test.each([
  ['a Node stream', () => Readable.from([Buffer.from(text)])],
  ['a Web stream', () => new Blob([text]).stream()],
  ['bytes', () => Buffer.from(text)],
  ['a Uint8Array', () => new TextEncoder().encode(text)],
  ['single bytes', () => [...Buffer.from(text)].map(byte => Buffer.from([byte]))],
  [
    'an async iterable of text',
    async function* () {
      yield text.slice(0, 40)
      yield text.slice(40)
    },
  ],
])('a file as %s', async (_, source) => {
  const report = await importer.run({ resource: 'users', format: 'csv', source: source() })
  expect(report).toMatchObject({ processed: 2, successful: 2, bytes: Buffer.byteLength(text) })
  expect(await names()).toEqual(['Ä', '"B\n😀"'])
})

test('objects, with JavaScript dates', async () => {
  async function* objects() {
    yield {
      email: 'a@example.org',
      name: 'A',
      role: 'reader',
      active: true,
      created_at: new Date('2024-01-02T03:04:05.678Z'),
    }
    yield { email: 'b@example.org', name: 'B', role: 'boss', active: true }
  }
  const report = await importer.run({ resource: 'users', source: objects() })
  expect(report).toMatchObject({ processed: 2, successful: 1, failed: 1, errorsByCode: { INVALID_ROLE: 1 } })
  expect(report.errors[0]).toMatchObject({ rowNumber: 2, field: 'role', value: 'boss' })
  const { rows } = await database.pool.query('select created_at from users')
  expect(rows).toEqual([{ created_at: new Date('2024-01-02T03:04:05.678Z') }])
})

test('bytes without a format are rejected with one sentence', async () => {
  const running = importer.run({ resource: 'users', source: Readable.from([Buffer.from(text)]) })
  await expect(running).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: 'The source yields bytes or text, not objects; name their format.',
  })
})

test('an unknown format names the known ones', async () => {
  const running = importer.run({ resource: 'users', format: 'fwf', source: Buffer.from(text) })
  await expect(running).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
    message: 'Unknown format "fwf"; known: csv, ndjson, json.',
  })
})
