// A job whose resource its worker does not know: the error of the job.
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { AccessRefused, createHttp, type HttpOptions } from '../../src/http/index.ts'
import { createExporter } from '../../src/index.ts'
import { jobsHarness } from '../fixtures/jobs-harness.ts'
import { bytes, resources } from '../support.ts'

const harness = jobsHarness()

/** The answer to a GET, as JSON. */
async function got(path: string, authorize: HttpOptions['authorize']) {
  const exporter = createExporter({ pool: harness.database.pool, resources })
  const http = createHttp({ jobs: harness.jobs, exporter, resources, authorize })
  const rest = { rawQuery: '', headers: {}, body: undefined, mount: '' }
  const { signal } = new AbortController()
  const { body } = await http.handle({ method: 'GET', path, ...rest, signal })
  return JSON.parse(body instanceof Readable ? await text(body) : (body ?? ''))
}

const articlesOnly: HttpOptions['authorize'] = ({ resource }) => {
  if (resource !== undefined && resource !== 'articles') throw new AccessRefused('forbidden')
  return {}
}

it('a missing resource does not reveal the others to a caller with limited rights, on any route that shows the job', async () => {
  const sent = { resource: 'articles', format: 'csv', source: bytes('slug,title\n') } as const
  const { id } = await harness.jobs.submitImport(sent)
  const exported = await harness.jobs.submitExport({ resource: 'articles', format: 'csv' })
  const worker = { resources: resources.filter(({ name }) => name !== 'articles') }
  await harness.workUntil(async () => {
    const jobs = await Promise.all([harness.jobs.get(id), harness.jobs.get(exported.id)])
    return jobs.every(job => job?.status === 'failed')
  }, worker)

  const reported = async (authorize: HttpOptions['authorize']) => {
    const list = await got('/v1/imports', authorize)
    const shown = [
      await got(`/v1/imports/${id}`, authorize),
      await got(`/v1/exports/${exported.id}`, authorize),
    ]
    return [...list.jobs, ...shown].map(job => `${job.error_code} ${job.error_message}`)
  }
  const whole = 'RESOURCE_UNKNOWN Unknown resource "articles"; known: users, comments.'
  expect(await reported(undefined)).toEqual([whole, whole, whole])
  const part = 'RESOURCE_UNKNOWN The worker that began this job does not know its resource.'
  expect(await reported(articlesOnly)).toEqual([part, part, part])
})
