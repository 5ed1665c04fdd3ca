// What tests of the service as a process ask it over HTTP.
import { expect } from 'vitest'

export type Json = Record<string, never> & { [key: string]: unknown }

export async function upload(url: string, name: string, content: Buffer | string): Promise<string> {
  const form = new FormData()
  form.set('file', new File([content], name))
  form.set('resource', 'users')
  const response = await fetch(`${url}/v1/imports`, { method: 'POST', body: form })
  expect(response.status).toBe(202)
  return ((await response.json()) as { job_id: string }).job_id
}

export async function ended(url: string, id: string): Promise<Json> {
  const status = async () => (await (await fetch(`${url}/v1/imports/${id}`)).json()) as Json
  await expect.poll(async () => (await status()).status, { timeout: 20_000 }).toMatch(/completed|failed/)
  return status()
}
