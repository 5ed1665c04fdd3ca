// What the cases about tenants share: what they send, and how two answers are compared.

import { type Asking, as, ask } from './access-fixture.ts'
import { ended, type HttpHarness } from './harness.ts'

/** A file of users as the body. */
export const sends = (csv: string, query = '', headers: Readonly<Record<string, string>> = {}): Asking => ({
  line: `POST /v1/imports?resource=users${query}`,
  headers: { 'content-type': 'text/csv', ...headers },
  body: csv,
})

export const exportsUsers: Asking = {
  line: 'POST /v1/exports',
  headers: { 'content-type': 'application/json' },
  body: '{"resource":"users","format":"csv","limit":1}',
}

/** The id of a job of a tenant, once it has ended. */
export async function done(harness: HttpHarness, tenant: string, asking: Asking): Promise<string> {
  const { job_id: id } = await ended(harness, await ask(harness, asking, as(tenant)), as(tenant))
  return id
}

/** All of an answer but the moment at which it was given; both ask under the same request id. */
export async function wholeAnswer(response: Response): Promise<object> {
  const { date: _moment, ...headers } = Object.fromEntries(response.headers)
  return { status: response.status, headers, body: await response.text() }
}
