// JSON that no parser of the host has read before: a body that is another one than its digest says becomes no job.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createHttp } from '../../src/http/index.ts'
import { createExporter } from '../../src/index.ts'
import { jobsHarness } from '../fixtures/jobs-harness.ts'
import { served } from '../fixtures/served.ts'
import { resources } from '../support.ts'

const harness = jobsHarness()

test('a mismatched digest is rejected, and leaves no job', async () => {
  const exporter = createExporter({ pool: harness.database.pool, resources })
  const http = createHttp({ jobs: harness.jobs, exporter, resources })
  const base = await served(http)
  const body = '{"resource":"users","file_url":"https://files.example.org/users.csv"}'
  const sent = async (described: string) => {
    const digest = createHash('sha256').update(described).digest('base64')
    const headers = { 'content-type': 'application/json', 'content-digest': `sha-256=:${digest}:` }
    const answer = await fetch(`${base}/v1/imports`, { method: 'POST', headers, body })
    return { ...((await answer.json()) as { code?: string }), status: answer.status }
  }
  expect(await sent(`${body} `)).toMatchObject({ status: 400, code: 'BODY_INVALID' })
  expect((await harness.jobs.list({ kind: 'import' })).jobs).toEqual([])
  expect(await sent(body)).toMatchObject({ status: 202 })
})
