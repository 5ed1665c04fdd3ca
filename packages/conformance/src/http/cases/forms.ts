// Cases of the HTTP suite: a part of a form that cannot be read is refused with the form, and never left out.
import assert from 'node:assert/strict'
import {
  assertProblem,
  boundary,
  ended,
  field,
  file,
  formBody,
  type HttpCases,
  leavesNothing,
  sendForm,
  sendRaw,
  usersCsv,
} from '../harness.ts'

const part = (header: string, value: string) => `--${boundary}\r\n${header}\r\n\r\n${value}\r\n`
const end = `--${boundary}--\r\n`
const dryRun = 'Content-Disposition: form-data; name="dry_run"'
const lines = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: y\r\n`).join('')

/** Ways to send `dry_run` so that a parser may not see it, or may see something else than another one. */
const unreadable = [
  part(`${lines(16)}${dryRun}`, 'true'),
  part(`${dryRun}\r\n${lines(16).trimEnd()}`, 'true'),
  part(`X: ${'x'.repeat(9_000)}\r\n${dryRun}`, 'true'),
  part(`X: no\nline: of its own\r\n${dryRun}`, 'true'),
  part(`no header\r\n${dryRun}`, 'true'),
  part(`: no name\r\n${dryRun}`, 'true'),
  part(dryRun.replace('form-data', 'attachment'), 'true'),
  part(dryRun.replace('; name="dry_run"', ''), 'true'),
  part(dryRun.replace('name="dry_run"', "name*=UTF-8''dry_run%0A"), 'true'),
  part(dryRun.replace('Disposition', 'Position'), 'true'),
  part('', 'true'),
  part(dryRun, 'true').replace('\r\n', '  \r\n'),
  `--${boundary}\r\n${dryRun}\r\n`,
]

export const formCases: HttpCases = {
  'a form with an unreadable part is rejected, since it would be another import without its dry_run':
    async harness => {
      const users = formBody([field('resource', 'users')], '')
      await leavesNothing(harness, async () => {
        for (const strange of unreadable) {
          const csv = formBody([file(usersCsv(1))], '')
          for (const form of [users + strange + csv, users + csv + strange, csv + users + strange]) {
            await assertProblem(await sendForm(harness, form + end), 400, 'BODY_INVALID')
          }
        }
      })
    },

  'a header with the maximum number of lines and bytes is read completely': async harness => {
    const users = formBody([field('resource', 'users')], '')
    const bytes = 8_192 - dryRun.length - 'X: \r\n'.length
    for (const header of [`${lines(15)}${dryRun}`, `X: ${'x'.repeat(bytes)}\r\n${dryRun}`]) {
      const form = users + formBody([file(usersCsv(1))], '') + part(header, 'true') + end
      assert.equal((await ended(harness, await sendForm(harness, form))).dry_run, true)
    }
  },

  'text before the first part and after the last one is ignored': async harness => {
    const form = formBody([field('resource', 'users'), file(usersCsv(2))])
    const around = `by the way\r\n${form}${part(dryRun, 'true')}${end}`
    const job = await ended(harness, await sendForm(harness, around))
    assert.deepEqual([job.dry_run, job.progress.inserted_records], [false, 2])
  },

  'H010: files, parameters and members named like members of Object.prototype are harmless':
    async harness => {
      const headers = { 'content-type': 'application/json' }
      await leavesNothing(harness, async () => {
        for (const name of ['__proto__', 'constructor', 'toString']) {
          const named = formBody([field('resource', 'users'), { ...file(usersCsv(1)), name }])
          await assertProblem(await sendForm(harness, named), 400, 'BODY_INVALID')
          const query = `resource=users&${name}=x`
          await assertProblem(await sendRaw(harness, query, usersCsv(1)), 400, 'OPTION_INVALID')
          const form = formBody([file(usersCsv(1))])
          await assertProblem(await sendForm(harness, form, `/v1/imports?${query}`), 400, 'OPTION_INVALID')
          const body = `{"resource":"users","file_url":"https://example.org/a.csv","${name}":{"dry_run":true}}`
          const answer = await fetch(`${harness.base}/v1/imports`, { method: 'POST', headers, body })
          await assertProblem(answer, 400, 'OPTION_INVALID')
        }
      })
      assert.equal('dry_run' in {}, false)
    },
}
