// Cases of the HTTP suite: what belongs to one tenant is not there for any other.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Asking, aboutJobs, as, ask, byTenant, newTenant, recorded } from './access-bed.ts'
import { answerOf, assertProblem, type HttpCases, type HttpSite, usersCsv } from './http-site.ts'
import { until } from './runner.ts'

/** Two of the three records are rejected, with two errors. */
const someBad = () => `${usersCsv(1)}no-address,Bob,reader,true\n${randomUUID()}@example.org,Cy,king,true\n`

const sends = (csv: string, query = '', headers: Readonly<Record<string, string>> = {}): Asking => ({
  line: `POST /v1/imports?resource=users${query}`,
  headers: { 'content-type': 'text/csv', ...headers },
  body: csv,
})

const exportsUsers: Asking = {
  line: 'POST /v1/exports',
  headers: { 'content-type': 'application/json' },
  body: '{"resource":"users","format":"csv","limit":1}',
}

/** The id of a job of a tenant, once it has ended. */
async function done(site: HttpSite, tenant: string, asking: Asking): Promise<string> {
  const { job_id: id, links } = await answerOf(ask(site, asking, as(tenant)))
  await until('the job ends', async () => {
    const { status } = await answerOf(fetch(site.origin + links.self, { headers: as(tenant) }))
    return ['completed', 'failed'].includes(status)
  })
  return id
}

/** All of an answer but the moment at which it was given; both ask under the same request id. */
async function wholeAnswer(response: Response): Promise<object> {
  const { date: _moment, ...headers } = Object.fromEntries(response.headers)
  return { status: response.status, headers, body: await response.text() }
}

const jobsOf = async (site: HttpSite, tenant: string, query = ''): Promise<readonly string[]> => {
  const { jobs } = await answerOf(fetch(`${site.base}/v1/imports?limit=100${query}`, { headers: as(tenant) }))
  return jobs.map(({ job_id }: { job_id: string }) => job_id)
}

export const tenantCases: HttpCases = {
  'a job of another tenant is answered as one that there never was, byte for byte, on every verb':
    async site => {
      const { calls, ...parts } = recorded(site)
      const served = await site.serve({ ...parts, authorize: byTenant })
      const owner = newTenant()
      const importId = await done(served, owner, sends(someBad()))
      const exportId = await done(served, owner, exportsUsers)
      const failedId = await done(served, owner, sends(someBad(), '&max_errors=1'))
      const absent = randomUUID()
      const stateOf = async () => {
        const read = (path: string) => ask(served, { line: `GET ${path}` }, as(owner)).then(one => one.text())
        return [
          await read(`/v1/imports/${importId}`),
          await read(`/v1/imports/${failedId}`),
          await read(`/v1/exports/${exportId}`),
          await read(`/v1/exports/${exportId}/download`),
        ]
      }
      const before = await stateOf()

      const foreign = [...aboutJobs(importId, exportId), ...aboutJobs(failedId, exportId)]
      const unknown = aboutJobs(absent, absent)
      for (const stranger of [newTenant(), 'nobody', owner.toUpperCase(), `${owner}x`, owner.slice(0, -1)]) {
        for (const [index, asking] of foreign.entries()) {
          const more = { ...as(stranger), 'x-request-id': 'the-same' }
          calls.length = 0
          const theirs = await wholeAnswer(await ask(served, asking, more))
          assert.deepEqual(calls, ['jobs.get'], asking.line)
          const nowhere = await wholeAnswer(
            await ask(served, unknown[index % unknown.length] ?? asking, more),
          )
          assert.deepEqual(theirs, nowhere, asking.line)
          assert.equal('status' in theirs && theirs.status, 404, asking.line)
        }
      }
      assert.deepEqual(await stateOf(), before)

      const own: readonly number[] = [
        200, 200, 200, 200, 200, 200, 200, 200, 409, 409, 200, 200, 200, 200, 206, 304, 204,
      ]
      const statuses = []
      for (const asking of aboutJobs(importId, exportId)) {
        const response = await ask(served, asking, as(owner))
        await response.arrayBuffer()
        statuses.push(response.status)
      }
      assert.deepEqual(statuses, own)
      assert.equal((await ask(served, { line: `POST /v1/imports/${failedId}/retry` }, as(owner))).status, 202)
    },

  'an import is no export, and the other way round, for its owner too': async site => {
    const served = await site.serve({ authorize: byTenant })
    const owner = newTenant()
    const importId = await done(served, owner, sends(usersCsv(1)))
    const exportId = await done(served, owner, exportsUsers)
    for (const asking of aboutJobs(exportId, importId)) {
      const response = await ask(served, asking, as(owner))
      await response.arrayBuffer()
      assert.equal(response.status, 404, asking.line)
    }
  },

  'a list is the tenant’s own, whoever’s cursor it begins at': async site => {
    const served = await site.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const ids: Record<string, string[]> = { [one]: [], [other]: [] }
    for (const tenant of [one, other, one, other, one, other]) {
      ids[tenant]?.unshift(await done(served, tenant, sends(usersCsv(1))))
    }
    for (const tenant of [one, other]) {
      for (const query of ['', '&status=completed', '&resource=users', '&resource=users&status=completed']) {
        assert.deepEqual(await jobsOf(served, tenant, query), ids[tenant], query)
      }
      for (const query of ['&status=failed', '&resource=articles']) {
        assert.deepEqual(await jobsOf(served, tenant, query), [], query)
      }
    }
    const first = await answerOf(fetch(`${served.base}/v1/imports?limit=2`, { headers: as(one) }))
    assert.match(first.next_cursor, /^\d+$/)
    assert.deepEqual(await jobsOf(served, one, `&cursor=${first.next_cursor}`), ids[one]?.slice(2))
    assert.deepEqual(await jobsOf(served, other, `&cursor=${first.next_cursor}`), ids[other]?.slice(2))
    assert.deepEqual(await jobsOf(served, newTenant(), `&cursor=${first.next_cursor}`), [])
    const nobodys = await jobsOf(served, 'nobody')
    assert.ok(![...(ids[one] ?? []), ...(ids[other] ?? [])].some(id => nobodys.includes(id)))
  },

  'an import follows jobs of its own tenant only': async site => {
    const served = await site.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const id = await done(served, one, sends(usersCsv(1)))
    const answers = []
    for (const after of [id, randomUUID()]) {
      const response = await ask(served, sends(usersCsv(1), `&after=${after}`), {
        ...as(other),
        'x-request-id': 'the-same',
      })
      answers.push(await wholeAnswer(response.clone()))
      await assertProblem(response, 400, 'OPTION_INVALID')
    }
    assert.deepEqual(answers[0], answers[1])
    await done(served, one, sends(usersCsv(1), `&after=${id}`))
  },

  'an idempotency key is the tenant’s own, used or in use': async site => {
    const served = await site.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const key = { 'idempotency-key': randomUUID() }
    const send = async (tenant: string, asking: Asking) => {
      const response = await ask(served, asking, { ...key, ...as(tenant) })
      const { job_id: id } = await answerOf(response.clone())
      return { id, status: response.status, replayed: response.headers.get('idempotency-replayed') }
    }
    const csv = usersCsv(1)
    const first = await send(one, sends(csv))
    assert.deepEqual([first.status, first.replayed], [202, null])
    assert.deepEqual(await send(one, sends(csv)), { ...first, replayed: 'true' })
    const second = await send(other, sends(csv))
    assert.deepEqual([second.status, second.replayed], [202, null])
    assert.notEqual(second.id, first.id)
    assert.deepEqual(await send(other, sends(csv)), { ...second, replayed: 'true' })
    assert.equal((await send(one, sends(usersCsv(2)))).status, 422)
    assert.equal((await send(one, exportsUsers)).status, 422)
    assert.equal((await send('nobody', sends(usersCsv(2)))).status, 202)
    assert.equal((await send(newTenant(), exportsUsers)).status, 202)

    const used = randomUUID()
    const claim = await site.service.jobs.claimKey(used, 'import', { tenant: one })
    try {
      const inUse = { 'idempotency-key': used }
      const busy = await ask(served, sends(csv), { ...inUse, ...as(one) })
      await assertProblem(busy, 409, 'IDEMPOTENCY_IN_PROGRESS')
      const free = await ask(served, sends(usersCsv(1)), { ...inUse, ...as(other) })
      assert.equal(free.status, 202, await free.text())
    } finally {
      await claim.giveUp()
    }
  },

  'files lie in a folder of their tenant, which does not tell its name': async site => {
    const served = await site.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const folders = []
    for (const tenant of [one, one, other, 'nobody']) {
      await done(served, tenant, sends(usersCsv(1)))
      const id = await done(served, tenant, exportsUsers)
      const key = (await site.service.files()).find(file => file.includes(id)) ?? ''
      assert.ok(!key.includes(tenant), key)
      folders.push(/^exports\/(t-[0-9a-f]{32}\/|)[0-9a-f-]{36}\/\d+\.csv$/.exec(key)?.[1])
    }
    const [own, , others] = folders
    assert.notEqual(own, others)
    assert.deepEqual(folders, [own, own, others, ''])
    const uploads = async (folder = '') =>
      (await site.service.files()).filter(key => key.startsWith(`imports/${folder}`)).length
    assert.deepEqual([await uploads(own), await uploads(others)], [2, 1])
  },
}
