// Remote files by their names, content types and first bytes: the charset of the server, TAB between cells, and files that hold no data.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FileServer, fileServer } from '../../../../conformance/src/http/remote-names.ts'
import { type Job, openRemoteFile } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()
const remote = { allow: ['127.0.0.1:*'], pauseMs: 1 }

interface Sent {
  readonly body: string | Buffer
  readonly type?: string
}

let server: FileServer
let sent: Sent
beforeEach(async () => {
  server = await fileServer((_request, response) => {
    const { body, type } = sent
    response
      .writeHead(200, { 'content-length': body.length, ...(type && { 'content-type': type }) })
      .end(body)
  })
})
afterEach(() => server.stop())

const url = (name: string) => `http://127.0.0.1:${server.port}/${name}`

async function imported(name: string, file: Sent, more = {}): Promise<Job> {
  sent = file
  const { id } = await harness
    .jobsWith({ remote })
    .submitRemoteImport({ resource: 'users', url: url(name), ...more })
  return harness.ended(id)
}

const names = async () =>
  (await harness.database.pool.query('select name from users order by email')).rows.map(row => row.name)

const latin1 = (email: string) =>
  Buffer.from(`email,name,role,active\n${email}@example.org,Zoë,reader,true\n`, 'latin1')

test('A16: the charset of the server is the encoding, unless one was declared', async () => {
  harness.work({ remote })
  const windows = await imported('a.csv', { body: latin1('a'), type: 'text/csv; charset="Windows-1252"' })
  expect([windows.status, windows.options.encoding]).toEqual(['completed', 'windows-1252'])
  const unknown = await imported('a.csv', { body: latin1('b'), type: 'text/csv; charset=koi8-r' })
  expect([unknown.status, unknown.errorCode]).toEqual(['failed', 'FORMAT_UNSUPPORTED'])
  expect(unknown.errorMessage).toBe(
    'The content type names the charset "koi8-r", which is not supported. Send the file in utf-8, utf-16le, utf-16be or windows-1252, and name that as its charset.',
  )
  const said = { encoding: 'windows-1252' }
  const declared = await imported('a.csv', { body: latin1('c'), type: 'text/csv; charset=koi8-r' }, said)
  expect([declared.status, declared.options.encoding]).toEqual(['completed', 'windows-1252'])
  const marked = Buffer.from('\ufeffemail,name,role,active\n')
  const mark = await imported('a.csv', { body: marked, type: 'text/csv; charset=iso-8859-1' })
  expect([mark.status, mark.errorCode]).toEqual(['failed', 'ENCODING_INVALID'])
  expect(await names()).toEqual(['Zoë', 'Zoë'])
})

test('A17: .tsv, .tab and their content type are CSV with TAB', async () => {
  harness.work({ remote })
  const body = (email: string) => `email\tname\trole\tactive\n${email}@example.org\tDoe, A; B\treader\ttrue\n`
  for (const [email, name, type] of [
    ['a', 'users.tsv', 'application/octet-stream'],
    ['b', 'users.tab.gz', 'application/gzip'],
    ['c', 'download?id=7', 'text/tab-separated-values; charset=utf-8'],
  ] as const) {
    const text = body(email)
    const job = await imported(name, { body: name.endsWith('.gz') ? gzipSync(text) : text, type })
    expect([name, job.status, job.format, job.options.delimiter]).toEqual([name, 'completed', 'csv', '\t'])
  }
  const semicolons = body('d').replace('; ', ' ').replaceAll('\t', ';')
  const said = await imported('users.tsv', { body: semicolons }, { delimiter: ';' })
  expect([said.status, said.options.delimiter]).toEqual(['completed', ';'])
  expect(await names()).toEqual(['Doe, A; B', 'Doe, A; B', 'Doe, A; B', 'Doe, A B'])
})

test.each<[name: string, file: Sent, code: string, sentence: RegExp]>([
  [
    'users.xlsx',
    { body: 'PK\x03\x04'.padEnd(64, '\0') },
    'FORMAT_UNSUPPORTED',
    /^The file is an Excel workbook\. Open it/,
  ],
  ['users.csv', { body: Buffer.from('PAR1\x15\x04') }, 'FORMAT_UNSUPPORTED', /^The file is a Parquet file\./],
  ['feed', { body: '<?xml version="1.0"?><users/>' }, 'FORMAT_UNSUPPORTED', /^The file is an XML document\./],
  ['feed', { body: '<?xml version="1.0"?>\n<html></html>' }, 'NOT_A_DATA_FILE', /a web page/],
  ['users.csv', { body: '<table><tr>' }, 'NOT_A_DATA_FILE', /a web page/],
  ['schema.sql', { body: 'create table users ();' }, 'FORMAT_UNSUPPORTED', /^The file is an SQL script\./],
  [
    'users.txt',
    { body: 'email,name\n', type: 'text/plain' },
    'FORMAT_UNSUPPORTED',
    /specify csv, ndjson or json\.$/,
  ],
])('A17: %s of %j is %s', async (name, file, code, sentence) => {
  harness.work({ remote })
  const job = await imported(name, file)
  expect([job.status, job.errorCode]).toEqual(['failed', code])
  expect(job.errorMessage).toMatch(sentence)
})

test('a file that is opened without a job is recognized in the same way', async () => {
  sent = { body: latin1('a'), type: 'text/tab-separated-values; charset=latin1' }
  const { format, delimiter, encoding, source, close } = await openRemoteFile({ url: url('users'), remote })
  expect([format, delimiter, encoding]).toEqual(['csv', '\t', 'windows-1252'])
  expect(await buffer(Readable.from(source))).toEqual(sent.body)
  close()
  sent = { body: latin1('a'), type: 'text/csv; charset=koi8-r' }
  await expect(openRemoteFile({ url: url('users'), remote })).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
  })
  const declared = await openRemoteFile({ url: url('users'), remote, encoding: 'utf-16le' })
  expect(declared.encoding).toBe('utf-16le')
  declared.close()
})
