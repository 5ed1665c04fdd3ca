// Cases of the HTTP suite: what belongs to one tenant is not there for any other.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Asking, aboutJobs, as, ask, byTenant, newTenant, recorded } from '../access-fixture.ts'
import { answerOf, type HttpCases, type HttpHarness, usersCsv } from '../harness.ts'
import { done, exportsUsers, sends, wholeAnswer } from '../tenant-fixture.ts'

/** Two of the three records are rejected, with two errors. */
const someBad = () => `${usersCsv(1)}no-address,Bob,reader,true\n${randomUUID()}@example.org,Cy,king,true\n`

const jobsOf = async (harness: HttpHarness, tenant: string, query = ''): Promise<readonly string[]> => {
  const { jobs } = await answerOf(
    fetch(`${harness.base}/v1/imports?limit=100${query}`, { headers: as(tenant) }),
  )
  return jobs.map(({ job_id }: { job_id: string }) => job_id)
}

/** Enough for callers that differ from the owner by their names only. */
const isPlain = ({ line, headers }: Asking) => /^GET [^?]*$/.test(line) && headers === undefined

export const tenantCases: HttpCases = {
  'a job of another tenant is answered exactly like an unknown one, for every method': async harness => {
    const { calls, ...parts } = recorded(harness)
    const served = await harness.serve({ ...parts, authorize: byTenant })
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
    const similar = ['nobody', owner.toUpperCase(), `${owner}x`, owner.slice(0, -1)]
    for (const otherTenant of [newTenant(), ...similar]) {
      for (const [index, asking] of foreign.entries()) {
        if (similar.includes(otherTenant) && !isPlain(asking)) continue
        const more = { ...as(otherTenant), 'x-request-id': 'the-same' }
        calls.length = 0
        const theirs = await wholeAnswer(await ask(served, asking, more))
        assert.deepEqual(calls, ['jobs.get'], asking.line)
        const nowhere = await wholeAnswer(await ask(served, unknown[index % unknown.length] ?? asking, more))
        assert.deepEqual(theirs, nowhere, asking.line)
        assert.equal('status' in theirs && theirs.status, 404, asking.line)
      }
    }
    assert.deepEqual(await stateOf(), before)

    const statusesFor = async (tenant: string) => {
      const statuses = []
      for (const asking of aboutJobs(importId, exportId)) {
        const response = await ask(served, asking, as(tenant))
        await response.arrayBuffer()
        statuses.push(response.status)
      }
      return statuses
    }
    const ofImport = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 409, 409]
    const ofExport = [200, 200, 200, 200, 206, 206, 200, 304, 204]
    assert.deepEqual(await statusesFor(owner), [...ofImport, ...ofExport])
    // Its file is deleted by now, which is the owner's business only.
    const ofDeleted = [200, 200, 410, 410, 410, 410, 410, 410, 204]
    assert.deepEqual(await statusesFor(owner), [...ofImport, ...ofDeleted])
    assert.deepEqual(new Set(await statusesFor(newTenant())), new Set([404]))
    assert.equal((await ask(served, { line: `POST /v1/imports/${failedId}/retry` }, as(owner))).status, 202)
  },

  'an import is not found as an export, nor an export as an import, even by its owner': async harness => {
    const served = await harness.serve({ authorize: byTenant })
    const owner = newTenant()
    const importId = await done(served, owner, sends(usersCsv(1)))
    const exportId = await done(served, owner, exportsUsers)
    for (const asking of aboutJobs(exportId, importId)) {
      const response = await ask(served, asking, as(owner))
      await response.arrayBuffer()
      assert.equal(response.status, 404, asking.line)
    }
  },

  'a list contains only jobs of the tenant, whatever cursor it starts at': async harness => {
    const served = await harness.serve({ authorize: byTenant })
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
    assert.equal(typeof first.next_cursor, 'string')
    assert.deepEqual(await jobsOf(served, one, `&cursor=${first.next_cursor}`), ids[one]?.slice(2))
    assert.deepEqual(await jobsOf(served, other, `&cursor=${first.next_cursor}`), ids[other]?.slice(2))
    assert.deepEqual(await jobsOf(served, newTenant(), `&cursor=${first.next_cursor}`), [])
    const nobodys = await jobsOf(served, 'nobody')
    assert.ok(![...(ids[one] ?? []), ...(ids[other] ?? [])].some(id => nobodys.includes(id)))
  },

  'a cursor contains only what its page shows, and reveals nothing of jobs that the caller cannot see':
    async harness => {
      const served = await harness.serve({ authorize: byTenant })
      const [one, other] = [newTenant(), newTenant()]
      const page = async (tenant: string, query: string) =>
        ask(served, { line: `GET /v1/imports?${query}` }, { ...as(tenant), 'x-request-id': 'r' })
      for (const tenant of [one, other, one, one, other]) await done(served, tenant, sends(usersCsv(1)))
      for (const tenant of [one, other]) {
        const { jobs, next_cursor: cursor } = await answerOf(page(tenant, 'limit=1'))
        const [job] = jobs
        const [micros = '', id] = cursor.split('_')
        assert.deepEqual([jobs.length, id], [1, job.job_id])
        assert.match(micros, /^\d{16}$/)
        assert.equal(new Date(Number(micros.slice(0, -3))).toISOString(), job.created_at)
      }
      // The newest job of all, which is the other tenant's; and one that does not exist, at the same moment.
      const { next_cursor: foreign } = await answerOf(page(other, 'limit=1'))
      const invented = foreign.replace(/_.*/, `_${randomUUID()}`)
      const reported = await wholeAnswer(await page(one, `limit=3&cursor=${foreign}`))
      assert.equal(JSON.parse(Object(reported).body).jobs.length, 3)
      assert.deepEqual(await wholeAnswer(await page(one, `limit=3&cursor=${invented}`)), reported)
    },

  'files are stored in a folder per tenant, whose name does not reveal the tenant': async harness => {
    const served = await harness.serve({ authorize: byTenant })
    const [one, other] = [newTenant(), newTenant()]
    const folders = []
    for (const tenant of [one, one, other, 'nobody']) {
      await done(served, tenant, sends(usersCsv(1)))
      const id = await done(served, tenant, exportsUsers)
      const key = (await harness.service.files()).find(file => file.includes(id)) ?? ''
      assert.ok(!key.includes(tenant), key)
      folders.push(/^exports\/(t-[0-9a-f]{32}\/|)[0-9a-f-]{36}\/\d+\.csv$/.exec(key)?.[1])
    }
    const [own, , others] = folders
    assert.notEqual(own, others)
    assert.deepEqual(folders, [own, own, others, ''])
    const uploads = async (folder = '') =>
      (await harness.service.files()).filter(key => key.startsWith(`imports/${folder}`)).length
    assert.deepEqual([await uploads(own), await uploads(others)], [2, 1])
  },
}
