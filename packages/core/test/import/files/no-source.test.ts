// A value that is not a source is rejected at once, by the types and at run time, with a sentence that states what to pass.
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  type Importer,
  type Jobs,
  memoryQueue,
  memoryStorage,
  type OpenBundleOptions,
  type RunOptions,
  type SubmitBundleImport,
  type SubmitImport,
} from '../../../src/index.ts'
import { resources, rowsOf } from '../../support.ts'

const path = import.meta.filename

let database: TestDatabase
let importer: Importer
let jobs: Jobs
beforeAll(async () => {
  database = await createReferenceDatabase()
  const { pool } = database
  importer = createImporter({ pool, resources })
  jobs = createJobs({
    importer,
    exporter: createExporter({ pool, resources }),
    queue: memoryQueue(),
    storage: memoryStorage(),
  })
})
afterAll(() => database.drop())

const handle = await open(path)
afterAll(() => handle.close())

const sources: readonly (readonly [name: string, source: unknown, says: string])[] = [
  ['the name of a file', 'users.csv', 'createReadStream("users.csv")'],
  ['a text that is the file', 'email,name\na@x,A\n', 'Buffer.from(text)'],
  ['an empty text', '', 'Buffer.from(text)'],

  ['a text as an object', Object('users.csv'), 'createReadStream("users.csv")'],
  ['a list of names', ['users.csv', 'more.csv'], 'one file after the other'],
  ['the URL of a file', pathToFileURL(path), 'createReadStream(url)'],
  ['the URL of a page', new URL('https://example.org/users.csv'), 'submitRemoteImport'],
  ['a response', new Response('email\n'), 'pass its body'],
  ['a Blob', new Blob(['email\n']), 'pass its stream()'],
  ['a handle of a file', handle, 'handle.createReadStream()'],
  ['a descriptor of a file', 3, '{ fd }'],
  ['a promise', readFile(path), 'await it first'],
  ['a function', () => createReadStream(path), 'pass what it returns'],
  ['an ArrayBuffer', new ArrayBuffer(8), 'new Uint8Array(buffer)'],
  ['numbers', new Uint16Array(8), 'a Uint8Array of their buffer'],
  ['lines', createInterface({ input: Readable.from([]) }), 'lines without their line endings'],
  ['a stream to write to', new Writable(), 'cannot be iterated'],
  ['an object', { data: [{ email: 'a@x' }] }, 'a list of objects'],
  ['null', null, 'missing'],
  ['nothing', undefined, 'missing'],
]

describe.each(sources)('%s', (_, source, says) => {
  // What JavaScript passes, and TypeScript would not.
  const given = source as RunOptions['source'] & SubmitImport['source']
  const refused = { code: 'OPTION_INVALID', message: expect.stringContaining(says) }

  test('is rejected as the source of an import, a job or a bundle', async () => {
    const run = importer.run({ resource: 'users', format: 'csv', source: given })
    await expect(run).rejects.toMatchObject(refused)
    await expect(
      jobs.submitImport({ resource: 'users', format: 'csv', source: given }),
    ).rejects.toMatchObject(refused)
    await expect(jobs.submitBundleImport({ source: given })).rejects.toMatchObject(refused)
    await expect(importer.openBundle({ source: given })).rejects.toMatchObject(refused)
    expect(await rowsOf(database.pool, 'users')).toEqual([])
  })
})

test.each(sources.filter(([name]) => !['a list of names', 'lines'].includes(name)))(
  '%s is rejected as a source of objects too',
  async (_, source, says) => {
    const run = importer.run({ resource: 'users', source: source as RunOptions['source'] })
    await expect(run).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(says),
    })
  },
)

test('bytes without a format are not accepted as objects', async () => {
  await expect(importer.run({ resource: 'users', source: Buffer.from('email\n') })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('no format is given'),
  })
})

test('chunks of text are still accepted as a file', async () => {
  const source = ['email,name,role,active\n', 'a@example.org,A,reader,true']
  expect(await importer.run({ resource: 'users', format: 'csv', source, dryRun: true })).toMatchObject({
    inserted: 1,
  })
})

test('the types refuse a text wherever there is a source', () => {
  type Taken<Source> = 'users.csv' extends Source ? 'taken' : 'refused'
  const run: Taken<RunOptions['source']> = 'refused'
  const submit: Taken<SubmitImport['source']> = 'refused'
  const bundle: Taken<SubmitBundleImport['source']> = 'refused'
  const opened: Taken<OpenBundleOptions['source']> = 'refused'
  expect([run, submit, bundle, opened]).toEqual(Array(4).fill('refused'))
})
