// Cases of the HTTP suite: files by their names and first bytes. TAB between cells, and files that hold no data.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  sendForm,
  sendRaw,
  usersCsv,
} from '../harness.ts'

/** Names with commas: read with a comma between cells, no record has as many as its header. */
function tabSeparated(count = 2): string {
  const rows = Array.from(
    { length: count },
    () => `${randomUUID()}@example.org\tDoe, Jane; ${randomUUID()}\treader\ttrue\n`,
  )
  return `email\tname\trole\tactive\n${rows.join('')}`
}

async function imports(harness: HttpHarness, response: Response, title: string): Promise<void> {
  const job = await ended(harness, response)
  assert.deepEqual([job.status, job.format, job.progress.inserted_records], ['completed', 'csv', 2], title)
}

const users = field('resource', 'users')
const form = (content: string | Buffer, name: string, ...more: ReturnType<typeof field>[]) =>
  Buffer.from(formBody([users, ...more, file(content.toString('latin1'), name)]), 'latin1')

const workbook =
  'PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x0f\0\0\0xl/workbook.xml<workbook/>'
const save = 'Open it, save the sheet as "CSV UTF-8 (comma delimited)", and import that file.'

export const fileKindCases: HttpCases = {
  'the format is detected by name, by content type, by the first bytes': async harness => {
    const line = () => `{"email":"${randomUUID()}@example.org","name":"A","role":"admin","active":true}\n`
    const formatOf = async (part: Parameters<typeof formBody>[0][number]) =>
      (await ended(harness, await sendForm(harness, formBody([field('resource', 'users'), part])))).format
    assert.equal(await formatOf(file(line(), 'users.jsonl')), 'ndjson')
    assert.equal(await formatOf(file(line(), 'users.json')), 'ndjson')
    assert.equal(await formatOf(file(usersCsv(1), '../../USERS.CSV')), 'csv')
    assert.equal(await formatOf({ name: 'file', value: usersCsv(1), type: 'text/csv' }), 'csv')
    assert.equal(await formatOf({ ...file(line(), 'users'), type: 'application/octet-stream' }), 'ndjson')
    assert.equal(await formatOf(file(`\n  ${line()}`, '')), 'ndjson')
    const unknown = await sendForm(
      harness,
      formBody([field('resource', 'users'), file('email,name\n', 'users.txt')]),
    )
    await assertProblem(unknown, 415, 'FORMAT_UNSUPPORTED')
  },

  'A17: .tsv and .tab are CSV with TAB, also compressed, and in a raw body': async harness => {
    for (const name of ['users.tsv', 'USERS.TAB']) {
      await imports(harness, await sendForm(harness, form(tabSeparated(), name)), name)
    }
    await imports(harness, await sendForm(harness, form(gzipSync(tabSeparated()), 'users.tsv.gz')), 'gzip')
    const late = formBody([file(tabSeparated(), 'users.tsv'), users])
    await imports(harness, await sendForm(harness, late), 'the file before its resource')
    for (const type of ['text/tab-separated-values', 'text/tab-separated-values; charset=us-ascii']) {
      await imports(harness, await sendRaw(harness, 'resource=users', tabSeparated(), type), type)
    }
  },

  'A17: a single column is read with TAB as its delimiter because of the file name': async harness => {
    const content = 'email;name\n'
    const job = await ended(harness, await sendForm(harness, form(content, 'users.tsv')))
    // By its own looks the header would be two columns, divided by semicolons.
    assert.match(job.error_message, /"email"[^.]* (?:is|are) missing/)
  },

  'A17: the option delimiter takes precedence over the name, before and after the file': async harness => {
    const content = tabSeparated().replaceAll(';', ' ').replaceAll('\t', ';')
    const before = form(content, 'users.tsv', field('delimiter', 'semicolon'))
    await imports(harness, await sendForm(harness, before), 'before')
    const after = formBody([
      users,
      file(tabSeparated().replaceAll(';', ' ').replaceAll('\t', ';'), 'users.tab'),
      field('delimiter', ';'),
    ])
    await imports(harness, await sendForm(harness, after), 'behind')
  },

  'A17: rejected records of a file with TAB are returned with TAB, and can be imported again':
    async harness => {
      const good = `${randomUUID()}@example.org`
      const content = `email\tname\trole\tactive\n${good}\tA, B\tking\ttrue\n`
      const job = await ended(harness, await sendForm(harness, form(content, 'users.tsv')))
      const rejects = await (await fetch(harness.origin + job.links.rejects)).text()
      assert.match(rejects, /^lading_error\temail\tname\trole\tactive\n.*\tking\ttrue\n$/s)
      const corrected = rejects.replace('\tking\t', '\treader\t')
      for (const name of ['mended.tsv', 'mended.csv']) {
        const again = await ended(harness, await sendForm(harness, form(corrected, name)))
        const { inserted_records: inserted, processed_records: processed } = again.progress
        assert.deepEqual([inserted, processed], [name === 'mended.tsv' ? 1 : 0, 1], name)
      }
    },

  'A17: a file that holds no data is reported as what it is, with what to do, and nothing is kept':
    async harness => {
      await leavesNothing(harness, async () => {
        for (const [name, content, sentence] of [
          ['users.xlsx', workbook, `The file is an Excel workbook. ${save}`],
          // Whatever its name, and whatever follows it.
          ['users.csv', workbook, `The file is an Excel workbook. ${save}`],
          ['users.zip', 'PK\x05\x06'.padEnd(30, '\0'), /^The file is a ZIP archive\. Unpack it/],
          ['users.pdf', '%PDF-1.7\n', /^The file is a PDF document\. /],
          ['users.parquet', 'PAR1\x15\x04\x15', /^The file is a Parquet file\. Convert it/],
          [
            'users.sql',
            'insert into users values (1);\n',
            /^The file is an SQL script\. Run it with psql\. /,
          ],
          ['users.csv', '<!doctype html><html>', /^The file is a web page\. /],
          ['users.xml', '<?xml version="1.0"?><a/>', /^The file is an XML document\. /],
          [
            'users.xls',
            'email\tname\n',
            /"users\.xls" is that of an Excel workbook, but the file is text.*send format=csv\.$/,
          ],
          ['users.txt', 'email,name\n', /; send format=csv, format=ndjson or format=json\.$/],
          ['users.dat', 'email\0name\n', /it holds zero bytes/],
        ] as const) {
          const answer = await sendForm(harness, form(Buffer.from(content, 'latin1'), name))
          const detail = await assertProblem(answer, 415, 'FORMAT_UNSUPPORTED')
          if (typeof sentence === 'string') assert.equal(detail, sentence, name)
          else assert.match(detail, sentence, name)
        }
        const inGzip = await sendForm(
          harness,
          form(gzipSync(Buffer.from(workbook, 'latin1')), 'users.csv.gz'),
        )
        assert.match(await assertProblem(inGzip, 415, 'FORMAT_UNSUPPORTED'), /an Excel workbook/)
      })
    },

  'A17: the content type of a workbook is reported as what it is, as a body and in a form': async harness => {
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    const raw = await sendRaw(harness, 'resource=users', Buffer.from(workbook, 'latin1'), type)
    const detail = await assertProblem(raw, 415, 'MEDIA_TYPE_UNSUPPORTED')
    assert.match(detail, /^By its content type, the file is an Excel workbook\. Open it, .* text\/csv/)
    const part = { ...file(workbook, 'upload'), type }
    const sent = await sendForm(harness, Buffer.from(formBody([users, part]), 'latin1'))
    assert.match(await assertProblem(sent, 415, 'FORMAT_UNSUPPORTED'), /^The file is an Excel workbook\./)
    // Windows calls every CSV file so on which Excel has its hand; the name knows better.
    const csv = {
      ...file(tabSeparated().replaceAll(',', '').replaceAll('\t', ','), 'users.csv'),
      type: 'application/vnd.ms-excel',
    }
    await imports(harness, await sendForm(harness, formBody([users, csv])), 'CSV')
  },
}
