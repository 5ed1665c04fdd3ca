// Cases of the HTTP suite: the record errors of an import, by page, by filter, and as a whole file.
import assert from 'node:assert/strict'
import { answerOf, assertProblem, ended, type HttpCases, type HttpHarness, sendRaw } from '../harness.ts'

const header = 'email,name,role,active'

/** Ten records with three broken rules each, one that would be a formula, and one that has too few cells. */
async function broken(harness: HttpHarness) {
  const rows = Array.from({ length: 10 }, (_, index) => `nobody${index},N,king,maybe`)
  const text = [header, ...rows, '"=HYPERLINK(""x"")",N,reader,true', 'one@example.org,N', ''].join('\n')
  return ended(harness, await sendRaw(harness, 'resource=users', text))
}

const errorsOf = (harness: HttpHarness, id: string, query = '', accept?: string) =>
  fetch(
    `${harness.base}/v1/imports/${id}/errors${query}`,
    accept === undefined ? {} : { headers: { accept } },
  )

export const errorCases: HttpCases = {
  'filters by code and by field, each with its own total': async harness => {
    const { job_id: id } = await broken(harness)
    const { errors: all } = await answerOf(errorsOf(harness, id, '?limit=1000'))
    assert.equal(all.length, 32)
    const filters = [
      ['code=INVALID_ROLE', (error: Filtered) => error.error_code === 'INVALID_ROLE'],
      ['field=email', (error: Filtered) => error.field_name === 'email'],
      ['field=', (error: Filtered) => error.field_name === null],
      ['code=INVALID_EMAIL&field=email', (error: Filtered) => error.error_code === 'INVALID_EMAIL'],
      ['code=INVALID_EMAIL&field=role', () => false],
      ['code=NONE', () => false],
    ] as const
    for (const [filter, isWanted] of filters) {
      const wanted = all.filter(isWanted)
      const whole = await answerOf(errorsOf(harness, id, `?limit=1000&${filter}`))
      assert.deepEqual(whole.errors, wanted, filter)
      assert.deepEqual(whole.pagination, { limit: 1000, offset: 0, total_errors: wanted.length })
      const page = await answerOf(errorsOf(harness, id, `?limit=3&offset=4&${filter}`))
      assert.deepEqual(page.errors, wanted.slice(4, 7), filter)
    }
    await assertProblem(await errorsOf(harness, id, '?nonsense=1'), 400, 'OPTION_INVALID')
  },

  'the whole list as NDJSON or CSV, with filters': async harness => {
    const { job_id: id } = await broken(harness)
    const { errors: all } = await answerOf(errorsOf(harness, id, '?limit=1000'))
    const lines = await errorsOf(harness, id, '', 'application/x-ndjson')
    assert.equal(lines.headers.get('content-type'), 'application/x-ndjson')
    assert.equal(lines.headers.get('content-disposition'), 'attachment; filename="users-errors.ndjson"')
    assert.equal(lines.headers.get('x-content-type-options'), 'nosniff')
    const read = (await lines.text())
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    assert.deepEqual(read, all)

    const csv = await errorsOf(harness, id, '', 'text/csv')
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(csv.headers.get('vary'), 'Accept')
    const [names, ...rows] = (await csv.text()).trim().split('\n')
    assert.equal(names, 'row_number,line,field_name,error_code,error_message,field_value,record_identifier')
    assert.equal(rows.length, 32)
    assert.match(rows[1] ?? '', /^2,2,role,INVALID_ROLE,.*,king,nobody0$/)
    // A spreadsheet must not calculate what a file has smuggled into a report.
    assert.match(rows[30] ?? '', /,"'=HYPERLINK\(""x""\)","'=HYPERLINK\(""x""\)"$/)

    const some = await (await errorsOf(harness, id, '?code=INVALID_ROLE', 'application/x-ndjson')).text()
    assert.equal(some.trim().split('\n').length, 10)
    assert.equal(await (await errorsOf(harness, id, '?code=NONE', 'application/x-ndjson')).text(), '')
    await assertProblem(await errorsOf(harness, id, '?limit=5', 'text/csv'), 400, 'OPTION_INVALID')
  },

  'the format that the client prefers is sent, and JSON if it has no preference': async harness => {
    const { job_id: id } = await broken(harness)
    const typeFor = async (accept: string) => {
      const response = await errorsOf(harness, id, '', accept)
      await response.text()
      return response.headers.get('content-type')?.split(';')[0]
    }
    assert.equal(await typeFor('*/*'), 'application/json')
    assert.equal(await typeFor('text/html,application/xhtml+xml,*/*;q=0.8'), 'application/json')
    assert.equal(await typeFor('text/csv;q=0.2, application/json;q=0.1'), 'text/csv')
    assert.equal(await typeFor('text/csv;q=0, application/*'), 'application/json')
    const head = await fetch(`${harness.base}/v1/imports/${id}/errors`, {
      method: 'HEAD',
      headers: { accept: 'text/csv' },
    })
    assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'text/csv; charset=utf-8'])
  },
}

/** The part of a record error that filters look at. */
interface Filtered {
  readonly error_code: string
  readonly field_name: string | null
}
