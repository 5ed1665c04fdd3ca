// Cases of the HTTP suite: the application around the service keeps working, and its body parser does no harm.
import assert from 'node:assert/strict'
import { answerOf, assertProblem, ended, type HttpCases, sendJson, sendRaw, usersCsv } from './http-site.ts'

export const hostCases: HttpCases = {
  'routes of the host are reached': async ({ origin }) => {
    assert.equal(await (await fetch(`${origin}/host`)).text(), 'hello from the host')
  },

  'the body parser of the host still works': async ({ origin }) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${origin}/host`, { method: 'POST', headers, body: '{"a":[1,true]}' })
    assert.deepEqual(await answerOf(response), { a: [1, true] })
  },

  'what belongs to neither is answered by the host': async ({ origin, base }) => {
    for (const url of [`${origin}/nowhere`, `${base}/nowhere`, `${base}/healthy`, `${base}/v10/imports`]) {
      const response = await fetch(url)
      assert.deepEqual([response.status, await response.text()], [404, 'host: not found'], url)
    }
  },

  'a JSON body that the host has read is used': async site => {
    const response = await sendJson(site, '/v1/exports', { resource: 'users' })
    assert.equal(response.status, 202)
    await ended(site, response)
  },

  'files are not taken for JSON, whatever the host parses': async site => {
    const csv = usersCsv(2)
    const job = await ended(site, await sendRaw(site, 'resource=users', csv))
    assert.equal(job.progress.successful_records, 2)
    const lines = '{"email":"host-json@example.org","name":"A","role":"admin","active":true}\n'
    const second = await ended(site, await sendRaw(site, 'resource=users', lines, 'application/x-ndjson'))
    assert.deepEqual([second.status, second.format], ['completed', 'ndjson'])
  },

  'a malformed content type is refused': async site => {
    for (const type of ['application/json;\u0001', 'nonsense', 'application/json\ta']) {
      const headers = { 'content-type': type }
      const response = await fetch(`${site.base}/v1/imports`, { method: 'POST', headers, body: 'x' }).catch(
        () => undefined,
      )
      if (response !== undefined && response.status !== 400)
        await assertProblem(response, 415, 'MEDIA_TYPE_UNSUPPORTED')
    }
  },
}
