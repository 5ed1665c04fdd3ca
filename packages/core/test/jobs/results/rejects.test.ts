// Rejected records are returned as a file in the format of the source: corrected, it can be imported.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fileStorage, type Job, type Storage, type SubmitImport } from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness()

type Submit = Partial<SubmitImport> & Pick<SubmitImport, 'source'>

async function imported(submit: Submit): Promise<Job> {
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', ...submit })
  return harness.ended(id)
}

async function rejectsOf(id: string, unprocessed = false): Promise<string> {
  return text((await harness.jobs.rejects(id, { unprocessed })) as Readable)
}

/** Mends what `file` has planted. */
function corrected(rejects: string): string {
  return rejects
    .replace('foo@bar', 'b@example.org')
    .replace('manager', 'admin')
    .replace('A@example.org', 'd@example.org')
    .replace(/e@example.org(.)\1reader(.)maybe/, 'e@example.org$1E$1reader$2false')
}

const first =
  '"INVALID_EMAIL: ""email"" must be an e-mail address, such as ada@example.org; INVALID_ROLE: ""role"" must be one of admin, author, reader"'
const second = '"DUPLICATE_EMAIL: The same ""email"" is already in users"'
const third = '"MISSING_FIELD: ""name"" is required; INVALID_BOOLEAN: ""active"" must be true or false"'

/** `file` with another header, and the start of its rejects. */
const headers: readonly (readonly [what: string, before: string, begin: string])[] = [
  ['as usual', 'email,name,role,active\n', 'lading_error,email,name,role,active\n'],
  ['after a byte order mark', '\ufeffemail,name,role,active\n', 'lading_error,email,name,role,active\n'],
  ['after blank lines', '\n\n email ,name,role,active\n', 'lading_error, email ,name,role,active\n'],
  [
    'in several lines',
    'email,name,role,active,"two\nlines"\n',
    'lading_error,email,name,role,active,"two\nlines"\n',
  ],
  ['after a sep= line', 'sep=,\nEMAIL,name,role,active\n', 'sep=,\nlading_error,EMAIL,name,role,active\n'],
]

describe('rejected records of a CSV file', () => {
  test.each(headers)(
    'with its header %s are returned with their messages, and can be imported after correction',
    async (_, before, begin) => {
      harness.work()
      const width = before.includes('two') ? ',' : ''
      const records = file.split('\n').slice(1, -1).join('\n')
      const source = `${before}${records.replaceAll(/(true|maybe)$/gm, `$1${width}`)}\n`
      const job = await imported({ source: bytes(source) })
      const rejects = await rejectsOf(job.id)
      expect(rejects).toBe(
        [
          `${begin}${first},foo@bar,B,manager,true${width}`,
          `${second},A@example.org,D,reader,true${width}`,
          `${third},e@example.org,,reader,maybe${width}`,
          '',
        ].join('\n'),
      )
      const again = await imported({ source: bytes(corrected(rejects)) })
      expect(again.progress).toMatchObject({ insertedRecords: 3, failedRecords: 0 })
      expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(6)
    },
  )

  test.each([';', '\t', '|'] as const)('are returned with their own delimiter %j', async delimiter => {
    harness.work()
    const job = await imported({ source: bytes(file.replaceAll(',', delimiter)) })
    const rejects = await rejectsOf(job.id)
    expect(rejects.split('\n').slice(0, 2)).toEqual([
      ['lading_error', 'email', 'name', 'role', 'active'].join(delimiter),
      [first, 'foo@bar', 'B', 'manager', 'true'].join(delimiter),
    ])
    const again = await imported({ source: bytes(corrected(rejects)) })
    expect(again.progress).toMatchObject({ insertedRecords: 3, failedRecords: 0 })
  })

  test('with a header of more than 64 KiB, and cells that contain line ends, keep every byte', async () => {
    harness.work()
    const wide = 'x'.repeat(70_000)
    const record = 'nobody,"a\r\nb\rc ""d"" é😀",reader,true,'
    const job = await imported({ source: bytes(`email,name,role,active,${wide}\r\n${record}\r\n`) })
    expect(await rejectsOf(job.id)).toBe(
      `lading_error,email,name,role,active,${wide}\n"INVALID_EMAIL: ""email"" must be an e-mail address, such as ada@example.org",${record}\n`,
    )
  })

  test('with the wrong number of cells are returned unchanged', async () => {
    harness.work()
    const job = await imported({ source: bytes('email,name,role,active\na@example.org,A\n') })
    expect((await rejectsOf(job.id)).split('\n')[1]).toBe(
      'COLUMN_COUNT: The record has 2 cells where the header has 4,a@example.org,A',
    )
  })

  test('beyond the stored errors are returned with their codes', async () => {
    harness.work({ storedErrors: 3 })
    const job = await imported({ source: bytes(file) })
    expect(job.warnings).toEqual([
      {
        code: 'ERRORS_CAPPED',
        detail:
          'Only the first 3 of 5 record errors are listed; the counts and the rejected records are complete',
      },
    ])
    expect(job.progress.failedRecords).toBe(3)
    expect(await harness.jobs.errors(job.id)).toMatchObject({ total: 5, stored: 3, errors: { length: 3 } })
    const lines = (await rejectsOf(job.id)).split('\n')
    expect(lines.slice(2, 4)).toEqual([
      `${second},A@example.org,D,reader,true`,
      'MISSING_FIELD; INVALID_BOOLEAN,e@example.org,,reader,maybe',
    ])
  })
})

const encoded: readonly (readonly [what: string, source: Buffer, settings: Partial<SubmitImport>])[] = [
  ['compressed', gzipSync(file), { compression: 'gzip' }],
  ['UTF-16 with a mark', Buffer.from(`\ufeff${file}`, 'utf16le'), {}],
  ['UTF-16 as declared', Buffer.from(file, 'utf16le').swap16(), { encoding: 'utf-16be' }],
  [
    'Windows-1252',
    Buffer.from(file.replace('B,manager', 'Bä,manager'), 'latin1'),
    { encoding: 'windows-1252' },
  ],
]

test.each(encoded)(
  'a file that is %s is returned as plain UTF-8, and can be imported after correction',
  async (what, source, settings) => {
    harness.work()
    const job = await imported({ source, ...settings })
    expect(job.progress.percentage).toBe(100)
    const rejects = await rejectsOf(job.id)
    expect(rejects).toContain(`${first},foo@bar,${what === 'Windows-1252' ? 'Bä' : 'B'},manager,true\n`)
    const again = await imported({ source: bytes(corrected(rejects)) })
    expect(again.progress).toMatchObject({ insertedRecords: 3, failedRecords: 0 })
    expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(6)
  },
)

const good = '{"email":"a@example.org","name":"A","role":"reader","active":true}'
const bad = '{ "email" : "nobody", "name":"\\u0042", "role":"reader","active":true }'

test('NDJSON lines are returned byte by byte, including those that are not text or too long', async () => {
  harness.work()
  const noText = Buffer.concat([bytes('{"email":"'), Buffer.of(0xff, 0xfe), bytes('"}')])
  const long = bytes(`{"email":"${'x'.repeat(1_200_000)}"}`)
  const source = Buffer.concat([
    bytes(`${good}\n\n${bad}\r\n`),
    noText,
    bytes('\n'),
    long,
    bytes(`\n{oops\n${bad}`),
  ])
  const job = await imported({ format: 'ndjson', source })
  expect(job.errorsByCode).toMatchObject({ INVALID_ENCODING: 1, RECORD_TOO_LARGE: 1, FILE_PARSE_ERROR: 1 })
  const rejects = await buffer((await harness.jobs.rejects(job.id)) as Readable)
  const wanted = [bytes(`${bad}\r\n`), noText, bytes('\n'), long, bytes(`\n{oops\n${bad}\n`)]
  expect(rejects.equals(Buffer.concat(wanted))).toBe(true)
})

test.each([
  ['plain', (text: string) => bytes(text), {}],
  ['compressed', (text: string) => gzipSync(text), { compression: 'gzip' }],
] as const)('elements of a %s JSON array are returned as an array', async (_, pack, settings) => {
  harness.work()
  const job = await imported({ format: 'json', source: pack(`[${bad}, ${good},\n${bad}]`), ...settings })
  const rejects = await rejectsOf(job.id)
  expect(rejects).toBe(`[\n${bad},\n${bad}\n]\n`)
  let count = 0
  const again = await imported({
    format: 'json',
    source: bytes(rejects.replaceAll('nobody', () => `n${count++}@example.org`)),
  })
  expect(again.progress).toMatchObject({ insertedRecords: 2, failedRecords: 0 })
})

test('nothing is returned of a file that is no longer kept', async () => {
  harness.work()
  const job = await imported({ source: bytes(file) })
  await harness.forgetFiles()
  await expect(harness.jobs.rejects(job.id)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
})

test.each([
  ['plain', (text: string) => bytes(text), {}],
  ['compressed', (text: string) => gzipSync(text), { compression: 'gzip' }],
] as const)('a reader of a %s file that stops early leaves nothing open', async (_, pack, settings) => {
  const storage = fileStorage(harness.folder)
  const open = new Set<Readable>()
  const get: Storage['get'] = async (key, range) => {
    const stream = await storage.get(key, range)
    open.add(stream)
    stream.once('close', () => open.delete(stream))
    return stream
  }
  harness.work({ storage: { ...storage, get } })
  // Incompressible enough to be read in more than one piece.
  const name = () => Array.from({ length: 300 }, () => randomUUID()).join('')
  const records = Array.from({ length: 200 }, () => `nobody,${name()},reader,true\n`).join('')
  const job = await imported({ source: pack(`email,name,role,active\n${records}`), ...settings })
  expect(job.progress.failedRecords).toBe(200)
  const { pool } = harness.database
  const borrowed = () => pool.totalCount - pool.idleCount
  const before = borrowed()
  for (const unprocessed of [false, true]) {
    const file = (await harness.jobs.rejects(job.id, { unprocessed })) as Readable
    await once(file, 'readable')
    file.read()
    file.destroy()
    await expect.poll(() => open.size).toBe(0)
    await expect.poll(borrowed).toBeLessThanOrEqual(before)
  }
})
