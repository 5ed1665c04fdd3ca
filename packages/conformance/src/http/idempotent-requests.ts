// Requests with an Idempotency-Key, and what a client sees of their responses.
import { boundary, formBody, type HttpHarness, sendRaw } from './harness.ts'

export const raw = (harness: HttpHarness, key: string, csv: string, query = 'resource=users') =>
  sendRaw(harness, query, csv, 'text/csv', { 'idempotency-key': key })

export function form(
  harness: HttpHarness,
  key: string,
  parts: Parameters<typeof formBody>[0],
  query = '',
): Promise<Response> {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, 'idempotency-key': key }
  return fetch(`${harness.base}/v1/imports${query}`, { method: 'POST', headers, body: formBody(parts) })
}

export function exported(harness: HttpHarness, key: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  return fetch(`${harness.base}/v1/exports`, { method: 'POST', headers, body: JSON.stringify(body) })
}

export const replayed = ({ headers }: Response) => headers.get('idempotency-replayed')

/** Everything of an answer that a client could see, but for what belongs to the one exchange. */
export async function seen(response: Response) {
  return { status: response.status, location: response.headers.get('location'), body: await response.text() }
}
