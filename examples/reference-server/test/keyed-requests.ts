// Requests with an API key, and their responses with JSON parsed.
import type { RunningServer } from './support.ts'

export const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

export async function answer(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)
  const body = await response.text()
  return { status: response.status, headers: response.headers, json: body === '' ? {} : parsed(body) }
}

const parsed = (body: string) => (body.startsWith('{') ? JSON.parse(body) : {})

export const post = (
  server: Pick<RunningServer, 'url'>,
  key: string,
  path: string,
  type: string,
  body: string,
  more = {},
) =>
  answer(server.url + path, {
    method: 'POST',
    headers: { ...bearer(key).headers, 'content-type': type, ...more },
    body,
  })
