// Over real HTTP: while the folder of the storage is missing, requests that need it get 503; later they are served.
import { rename } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createHttp } from '../../src/http/index.ts'
import { createExporter } from '../../src/index.ts'
import { jobsHarness } from '../fixtures/jobs-harness.ts'
import { served } from '../fixtures/served.ts'
import { resources } from '../support.ts'

const harness = jobsHarness()

test('uploads and downloads get 503 with Retry-After, leave no job, and are served once the folder is back', async () => {
  const exporter = createExporter({ pool: harness.database.pool, resources })
  harness.work()
  const http = createHttp({ jobs: harness.jobs, exporter, resources })
  const base = `${await served(http)}/v1`
  const upload = () =>
    fetch(`${base}/imports?resource=users`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'email,name,role,active\na@example.org,A,reader,true\n',
    })
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  await harness.ended(id)
  const download = () => fetch(`${base}/exports/${id}/download`)
  const away = `${harness.folder}-away`
  await rename(harness.folder, away)
  for (const answer of [await upload(), await download()]) {
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await answer.json()).toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  }
  expect((await harness.jobs.list({ kind: 'import' })).jobs).toEqual([])
  await rename(away, harness.folder)
  expect((await upload()).status).toBe(202)
  expect(await (await download()).text()).toBe('id,email,name,role,active,created_at,updated_at\n')
})
