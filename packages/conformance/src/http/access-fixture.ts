// Shared by the cases about access: one request for each way to reach a route, and services that record each call of the hook.
import { randomUUID } from 'node:crypto'
import type { Authorize, HttpOptions } from '@lading/core/http'
import { AccessRefused } from '@lading/core/http'
import { boundary, field, file, formBody, type HttpHarness, usersCsv } from './harness.ts'

export interface Asking {
  /** Method and path with its query. */
  readonly line: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const json = { 'content-type': 'application/json' }
const multipart = { 'content-type': `multipart/form-data; boundary=${boundary}` }

/** Every way to ask for a job. */
export const aboutJobs = (importId: string, exportId: string): readonly Asking[] => [
  { line: `GET /v1/imports/${importId}` },
  { line: `HEAD /v1/imports/${importId}` },
  { line: `GET /v1/imports/${importId}/errors` },
  { line: `GET /v1/imports/${importId}/errors?limit=1&offset=1` },
  { line: `GET /v1/imports/${importId}/errors`, headers: { accept: 'text/csv' } },
  { line: `GET /v1/imports/${importId}/errors`, headers: { accept: 'application/x-ndjson' } },
  { line: `HEAD /v1/imports/${importId}/errors` },
  { line: `GET /v1/imports/${importId}/rejects` },
  { line: `HEAD /v1/imports/${importId}/rejects` },
  { line: `GET /v1/imports/${importId}/rejects?unprocessed=true` },
  { line: `HEAD /v1/imports/${importId}/rejects?unprocessed=true` },
  { line: `POST /v1/imports/${importId}/retry` },
  { line: `DELETE /v1/imports/${importId}` },
  { line: `GET /v1/exports/${exportId}` },
  { line: `HEAD /v1/exports/${exportId}` },
  { line: `GET /v1/exports/${exportId}/download` },
  { line: `HEAD /v1/exports/${exportId}/download` },
  { line: `GET /v1/exports/${exportId}/download`, headers: { range: 'bytes=0-3' } },
  { line: `GET /v1/exports/${exportId}/download`, headers: { range: 'bytes=-3' } },
  { line: `GET /v1/exports/${exportId}/download`, headers: { range: 'bytes=0-3', 'if-range': '"x"' } },
  { line: `GET /v1/exports/${exportId}/download`, headers: { 'if-none-match': '*' } },
  { line: `DELETE /v1/exports/${exportId}` },
]

/** Every other way to reach a route, with the rights of a caller that may do everything. */
export const aboutNoJob: readonly Asking[] = [
  { line: 'GET /health' },
  { line: 'GET /ready' },
  { line: 'GET /live' },
  { line: 'GET /metrics' },
  { line: 'GET /openapi.json' },
  { line: 'GET /v1/resources' },
  { line: 'GET /v1/imports' },
  { line: 'GET /v1/imports?resource=users' },
  { line: 'GET /v1/exports?resource=users' },
  { line: 'HEAD /v1/exports?resource=users' },
  { line: 'POST /v1/exports', headers: json, body: '{"resource":"users"}' },
  { line: 'POST /v1/exports', headers: { ...json, 'idempotency-key': 'k' }, body: '{"resource":"users"}' },
  { line: 'POST /v1/exports', headers: json, body: '{"resources":["users","articles"]}' },
  { line: 'POST /v1/imports?resource=users', headers: { 'content-type': 'text/csv' }, body: usersCsv(1) },
  {
    line: 'POST /v1/imports',
    headers: { ...multipart, 'idempotency-key': 'k' },
    body: formBody([field('resource', 'users'), file(usersCsv(1))]),
  },
  {
    line: 'POST /v1/imports',
    headers: json,
    body: '{"resource":"users","file_url":"https://example.org/users.csv"}',
  },
]

export function ask(
  harness: HttpHarness,
  { line, headers, body }: Asking,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const [method = '', path = ''] = line.split(' ')
  return fetch(harness.base + path, {
    method,
    headers: { ...headers, ...more },
    ...(body !== undefined && { body }),
  })
}

/** The bearer token is the tenant; without one, access is denied. */
export const byTenant: Authorize = ({ headers }) => {
  const tenant = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (tenant === undefined) throw new AccessRefused('unauthenticated')
  return tenant === 'nobody' ? {} : { tenant }
}

/** Admits requests for users, or for no resource in particular. */
export const usersOnly: Authorize = ({ resource }) => {
  if (resource !== undefined && resource !== 'users') throw new AccessRefused('forbidden', 'Users only.')
  return { principal: 'ann' }
}

export const as = (tenant: string) => ({ authorization: `Bearer ${tenant}` })

export const newTenant = () => `tenant-${randomUUID()}`

/** The same service, with the name of each call noted; `jobs.get` stands for one that reads. */
export function recorded({ service }: HttpHarness): Pick<HttpOptions, 'jobs' | 'exporter' | 'metrics'> & {
  readonly calls: string[]
} {
  const calls: string[] = []
  const noting = <Part extends object>(name: string, part: Part): Part =>
    new Proxy(part, {
      get(target, member, receiver) {
        calls.push(`${name}.${String(member)}`)
        return Reflect.get(target, member, receiver)
      },
    })
  return {
    calls,
    jobs: noting('jobs', service.jobs),
    exporter: noting('exporter', service.exporter),
    metrics: {
      httpRequest: () => undefined,
      async expose() {
        calls.push('metrics.expose')
        return 'some_total 1\n'
      },
    },
  }
}
