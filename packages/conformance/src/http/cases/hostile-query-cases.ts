// Cases of the HTTP suite: what somebody asks who means harm is refused by name, and no query is run.
import assert from 'node:assert/strict'
import { hostileBodies, hostileQueries, questions } from '../hostile-queries.ts'
import { assertProblem, type HttpCases, type HttpHarness, sendJson } from '../harness.ts'

const ask = (site: HttpHarness, query: string) => fetch(`${site.base}/v1/exports?resource=people&${query}`)

/** A service whose exports are counted; a job that would be made fails the case. */
function served(site: HttpHarness): Promise<HttpHarness> {
  const { exporter, resources } = site.service.discreet.discreet
  return site.serve({
    exporter,
    resources,
    jobs: {
      ...site.service.jobs,
      async submitExport(asked) {
        for await (const _chunk of exporter.stream(asked)) break
        return assert.fail('a job was made')
      },
    },
  })
}

export const hostileQueryCases: HttpCases = {
  'every hostile query is refused by name, and asks nothing of the database': async site => {
    const { base, ...rest } = await served(site)
    const before = site.service.discreet.connections()
    for (const [query, code, name] of hostileQueries) {
      const told = await assertProblem(await ask({ base, ...rest }, query), 400, code)
      assert.ok(told.includes(`"${name}"`), `${query} must name "${name}": ${told}`)
      assert.doesNotMatch(told.replace(`"${name}"`, ''), /select|syntax|does not exist|\bat \//i, query)
      assert.ok(told.length < 500, `${query} is told at length`)
    }
    assert.equal(site.service.discreet.connections(), before)
  },

  'so is every hostile body': async site => {
    const own = await served(site)
    const before = site.service.discreet.connections()
    for (const [body, code, name] of hostileBodies) {
      const answer = await sendJson(own, '/v1/exports', { resource: 'people', ...body })
      const told = await assertProblem(answer, 400, code)
      assert.ok(
        told.includes(`"${name}"`),
        `${JSON.stringify(body).slice(0, 100)} must name "${name}": ${told}`,
      )
    }
    assert.equal(site.service.discreet.connections(), before)
  },

  'what is hidden is answered word for word as what does not exist': async site => {
    const hidden = await served(site)
    const unknown = await site.serve(site.service.discreet.ignorant)
    for (const question of questions('role')) {
      const [one, other] = await Promise.all([ask(hidden, question), ask(unknown, question)])
      assert.equal(one.status, 400, question)
      const [told, toldOther] = [JSON.parse(await one.text()), JSON.parse(await other.text())]
      assert.deepEqual({ ...told, request_id: '' }, { ...toldOther, request_id: '' }, question)
      assert.doesNotMatch(told.detail.replace(/^"[^"]*"/, ''), /role/)
    }
  },

  'what is masked can neither be filtered nor sorted by': async site => {
    const own = await served(site)
    for (const question of questions('email').filter(one => !one.startsWith('fields='))) {
      const told = await assertProblem(
        await ask(own, question),
        400,
        question.startsWith('sort=') ? 'OPTION_INVALID' : 'FILTER_INVALID',
      )
      assert.doesNotMatch(told.slice(told.indexOf('Known:')), /email/)
    }
  },

  'what is hidden or masked is in no description of the resource': async site => {
    const own = await served(site)
    const described = await (await fetch(`${own.base}/v1/resources`)).text()
    assert.doesNotMatch(described, /role/)
    const [people] = JSON.parse(described).resources
    assert.deepEqual(people.filters, ['id', 'name', 'active', 'created_at'])
    assert.deepEqual(people.sort, ['id', 'name', 'active', 'created_at'])
    assert.deepEqual(people.fields.all, ['id', 'email', 'name', 'active', 'created_at'])
  },
}
