// Cases of the HTTP suite: malicious parameters are rejected by name, and no query is run.
import assert from 'node:assert/strict'
import { assertProblem, type HttpCases, type HttpHarness, sendJson } from '../harness.ts'
import { hostileBodies, hostileQueries, questions } from '../hostile-queries.ts'

const ask = (harness: HttpHarness, query: string) =>
  fetch(`${harness.base}/v1/exports?resource=people&${query}`)

/** A service whose exports are counted; a job that would be made fails the case. */
function served(harness: HttpHarness): Promise<HttpHarness> {
  const { exporter, resources } = harness.service.discreet.discreet
  return harness.serve({
    exporter,
    resources,
    jobs: {
      ...harness.service.jobs,
      async submitExport(asked) {
        for await (const _chunk of exporter.stream(asked)) break
        return assert.fail('a job was made')
      },
    },
  })
}

export const hostileQueryCases: HttpCases = {
  'every hostile query is rejected by name, without a query of the database': async harness => {
    const { base, ...rest } = await served(harness)
    const before = harness.service.discreet.connections()
    for (const [query, code, name] of hostileQueries) {
      const reported = await assertProblem(await ask({ base, ...rest }, query), 400, code)
      assert.ok(reported.includes(`"${name}"`), `${query} must name "${name}": ${reported}`)
      assert.doesNotMatch(reported.replace(`"${name}"`, ''), /select|syntax|does not exist|\bat \//i, query)
      assert.ok(reported.length < 500, `${query} is too long`)
    }
    assert.equal(harness.service.discreet.connections(), before)
  },

  'every hostile body is rejected by name, without a query of the database': async harness => {
    const own = await served(harness)
    const before = harness.service.discreet.connections()
    for (const [body, code, name] of hostileBodies) {
      const answer = await sendJson(own, '/v1/exports', { resource: 'people', ...body })
      const reported = await assertProblem(answer, 400, code)
      assert.ok(
        reported.includes(`"${name}"`),
        `${JSON.stringify(body).slice(0, 100)} must name "${name}": ${reported}`,
      )
    }
    assert.equal(harness.service.discreet.connections(), before)
  },

  'a hidden field is answered exactly like a field that does not exist': async harness => {
    const hidden = await served(harness)
    const unknown = await harness.serve(harness.service.discreet.ignorant)
    for (const question of questions('role')) {
      const [one, other] = await Promise.all([ask(hidden, question), ask(unknown, question)])
      assert.equal(one.status, 400, question)
      const [reported, toldOther] = [JSON.parse(await one.text()), JSON.parse(await other.text())]
      assert.deepEqual({ ...reported, request_id: '' }, { ...toldOther, request_id: '' }, question)
      assert.doesNotMatch(reported.detail.replace(/^"[^"]*"/, ''), /role/)
    }
  },

  'a masked field can be neither filtered nor sorted by': async harness => {
    const own = await served(harness)
    for (const question of questions('email').filter(one => !one.startsWith('fields='))) {
      const reported = await assertProblem(
        await ask(own, question),
        400,
        question.startsWith('sort=') ? 'OPTION_INVALID' : 'FILTER_INVALID',
      )
      assert.doesNotMatch(reported.slice(reported.indexOf('Known:')), /email/)
    }
  },

  'hidden and masked fields are in no description of the resource': async harness => {
    const own = await served(harness)
    const described = await (await fetch(`${own.base}/v1/resources`)).text()
    assert.doesNotMatch(described, /role/)
    const [people] = JSON.parse(described).resources
    assert.deepEqual(people.filters, ['id', 'name', 'active', 'created_at'])
    assert.deepEqual(people.sort, ['id', 'name', 'active', 'created_at'])
    assert.deepEqual(people.fields.all, ['id', 'email', 'name', 'active', 'created_at'])
  },
}
