// Cases of the HTTP suite: the charset of a content type is the encoding of the file, of a body and of a part of a form.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  assertProblem,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  type HttpHarness,
  leavesNothing,
  overSocket,
  requestHead,
  sendForm,
  sendRaw,
} from '../harness.ts'

const newEmail = () => `${randomUUID()}@example.org`

/** A file in Latin-1, in which each of the letters of the name is one byte. */
const latin1 = (email: string) =>
  Buffer.from(`email,name,role,active\n${email},Zoë Ñ,reader,true\n`, 'latin1')

/** The content of the table, as an export returns it. */
async function nameOf(harness: HttpHarness, email: string): Promise<unknown> {
  const query = `resource=users&format=ndjson&fields=name&email=${encodeURIComponent(email)}`
  return JSON.parse(await (await fetch(`${harness.base}/v1/exports?${query}`)).text()).name
}

async function importsIt(
  harness: HttpHarness,
  email: string,
  response: Response,
  title: string,
): Promise<void> {
  const job = await ended(harness, response)
  assert.deepEqual([job.status, job.progress.inserted_records], ['completed', 1], title)
  assert.equal(await nameOf(harness, email), 'Zoë Ñ', title)
}

/** A form with one file, whose part has this content type. */
function form(email: string, type: string, ...more: ReturnType<typeof field>[]): Buffer {
  const part = { ...file(latin1(email).toString('latin1'), 'users.csv'), type }
  return Buffer.from(formBody([field('resource', 'users'), part, ...more]), 'latin1')
}

export const charsetCases: HttpCases = {
  'A16: a raw body is read in the charset of its content type': async harness => {
    for (const type of [
      'text/csv; charset=windows-1252',
      'text/csv;charset="ISO-8859-1"',
      'text/csv; header=present; Charset=CP1252',
      'application/csv; charset=latin1; charset=windows-1252',
    ]) {
      const email = newEmail()
      await importsIt(harness, email, await sendRaw(harness, 'resource=users', latin1(email), type), type)
    }
    const email = newEmail()
    const line = JSON.stringify({ email, name: 'Zoë Ñ', role: 'reader', active: true })
    const utf16 = Buffer.from(`${line}\n`, 'utf16le')
    const lines = await sendRaw(harness, 'resource=users', utf16, 'application/x-ndjson; charset=utf-16le')
    await importsIt(harness, email, lines, 'NDJSON in UTF-16')
  },

  'A16: a file of a form is read in the charset of its part': async harness => {
    for (const type of ['text/csv; charset=windows-1252', 'TEXT/CSV;\r\n\tcharset="iso-8859-1"']) {
      const email = newEmail()
      await importsIt(harness, email, await sendForm(harness, form(email, type)), type)
    }
    // The other order, in which the file is kept until its resource has come.
    const email = newEmail()
    const part = { ...file(latin1(email).toString('latin1')), type: 'text/csv; charset=windows-1252' }
    const body = Buffer.from(formBody([part, field('resource', 'users')]), 'latin1')
    await importsIt(harness, email, await sendForm(harness, body), 'the file first')
  },

  'A16: the option encoding takes precedence over the charset': async harness => {
    const wrong = ['text/csv; charset=utf-8', 'text/csv; charset=koi8-r']
    for (const type of wrong) {
      const [one, two, three] = [newEmail(), newEmail(), newEmail()]
      const query = 'resource=users&encoding=windows-1252'
      await importsIt(harness, one, await sendRaw(harness, query, latin1(one), type), type)
      await importsIt(
        harness,
        two,
        await sendForm(harness, form(two, type), '/v1/imports?encoding=windows-1252'),
        type,
      )
      const after = form(three, type, field('encoding', 'windows-1252'))
      await importsIt(harness, three, await sendForm(harness, after), type)
    }
  },

  'A16: an unsupported charset is 415 with the supported ones, and nothing is kept': async harness => {
    await leavesNothing(harness, async () => {
      for (const type of ['text/csv; charset=koi8-r', 'text/csv; charset=utf-8; charset=latin1']) {
        const answers = [
          await sendRaw(harness, 'resource=users', latin1(newEmail()), type),
          await sendForm(harness, form(newEmail(), type)),
        ]
        for (const answer of answers) {
          const sentence = await assertProblem(answer, 415, 'FORMAT_UNSUPPORTED')
          assert.match(sentence, /koi8-r.*utf-8, utf-16le, utf-16be or windows-1252|two charsets/)
        }
      }
      const half = await sendRaw(harness, 'resource=users', latin1(newEmail()), 'text/csv; charset=utf-16')
      assert.match(await assertProblem(half, 415, 'FORMAT_UNSUPPORTED'), /no byte order mark/)
    })
  },

  'A16: a byte order mark that contradicts the charset, and a file that is not in it, fail as with the option':
    async harness => {
      const marked = Buffer.concat([Buffer.from('\ufeff'), latin1(newEmail())])
      for (const [bytes, type] of [
        [marked, 'text/csv; charset=windows-1252'],
        [latin1(newEmail()), 'text/csv; charset=utf-8'],
      ] as const) {
        const job = await ended(harness, await sendRaw(harness, 'resource=users', bytes, type))
        assert.deepEqual([job.status, job.error_code], ['failed', 'ENCODING_INVALID'], type)
      }
    },

  'A16: a JSON request body is read as UTF-8': async harness => {
    // A body parser of the host that comes first answers with its own message.
    for (const path of ['/v1/imports', '/v1/exports']) {
      const body = '{"resource":"users"}'
      const type = 'application/json; charset=iso-8859-2'
      const headers = { 'Content-Type': type, 'Content-Length': body.length, Connection: 'close' }
      const answer = await overSocket(harness, requestHead(harness, `POST ${path}`, headers) + body)
      assert.match(answer, /^HTTP\/1\.1 415 /, path)
    }
  },
}
