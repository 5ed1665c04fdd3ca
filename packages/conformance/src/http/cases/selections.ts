// Cases of the HTTP suite: which rows and fields an export has, asked in the query and in a JSON body.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { ended, type HttpCases, type HttpHarness, sendJson, sendRaw } from '../harness.ts'

/** Three users who share a name; their e-mail addresses start with a, b and c. */
async function users(harness: HttpHarness): Promise<string> {
  const name = `selected ${randomUUID()}`
  const line = (letter: string, role: string, day: number) =>
    `${letter}-${randomUUID()}@example.org,${name},${role},true,2024-01-0${day}T00:00:00Z\n`
  const rows = line('a', 'admin', 1) + line('b', 'author', 2) + line('c', 'reader', 3)
  await ended(harness, await sendRaw(harness, 'resource=users', `email,name,role,active,created_at\n${rows}`))
  return name
}

/** The first letters of the rows, in their order. */
const letters = (csv: string) =>
  csv
    .split('\n')
    .slice(1)
    .map(line => line.charAt(0))
    .join('')

/** A query, the same as a body, and the users found. */
const asked: readonly (readonly [query: string, body: object, found: string])[] = [
  ['role=admin', { filters: { role: 'admin' } }, 'a'],
  ['role=admin&role=reader', { filters: { role: ['admin', 'reader'] } }, 'ac'],
  ['created_at.gte=2024-01-02T00:00:00Z', { filters: { created_at: { gte: '2024-01-02T00:00:00Z' } } }, 'bc'],
  ['created_at[gt]=2024-01-02T00:00:00Z', { filters: { created_at: { gt: '2024-01-02T00:00:00Z' } } }, 'c'],
  [
    'filter.created_at.lte=2024-01-02T00:00:00Z&created_at%5Bgt%5D=2024-01-01T00:00:00Z',
    { filters: { created_at: { lte: '2024-01-02T00:00:00Z', gt: '2024-01-01T00:00:00Z' } } },
    'b',
  ],
  ['created_after=2024-01-02T00:00:00Z', { created_after: '2024-01-02T00:00:00Z' }, 'bc'],
  [
    'created_before=2024-01-02T00:00:00Z&role=admin',
    { created_before: '2024-01-02T00:00:00Z', filters: { role: 'admin' } },
    'a',
  ],
  ['created_at.null=true', { filters: { created_at: null } }, ''],
  ['created_at.null=false', { filters: { created_at: { null: false } } }, 'abc'],
  ['sort=-created_at', { sort: '-created_at' }, 'cba'],
  ['sort=-role,email&limit=2', { sort: ['-role', 'email'], limit: 2 }, 'cb'],
  ['limit=1', { limit: 1 }, 'a'],
]

export const selectionCases: HttpCases = {
  'a query and a body select the same rows': async harness => {
    const name = await users(harness)
    for (const [query, body, found] of asked) {
      const order = query.includes('sort=') ? '' : '&sort=created_at'
      const url = `${harness.base}/v1/exports?resource=users&format=csv&fields=email&name=${encodeURIComponent(name)}`
      const streamed = await (await fetch(`${url}&${query}${order}`)).text()
      assert.equal(letters(streamed), found, query)
      const { filters = {}, ...rest } = body as { filters?: object }
      const job = await ended(
        harness,
        await sendJson(harness, '/v1/exports', {
          resource: 'users',
          format: 'csv',
          fields: ['email'],
          ...(order !== '' && { sort: 'created_at' }),
          ...rest,
          filters: { ...filters, name },
        }),
      )
      assert.equal(job.status, 'completed', JSON.stringify(job))
      const file = await fetch(harness.origin + job.download_url)
      assert.equal(await file.text(), streamed, query)
    }
  },

  'fields are in the requested order, also those of another table': async harness => {
    const name = await users(harness)
    const url = `${harness.base}/v1/exports?format=csv&name=${encodeURIComponent(name)}&resource=users`
    const some = await (await fetch(`${url}&fields=name,role&role=admin`)).text()
    assert.equal(some, `name,role\n${name},admin\n`)

    const row = (await (await fetch(`${url}&fields=id,email&role=author`)).text()).split('\n')[1] ?? ''
    const [id, email] = row.split(',')
    const slug = `slug-${randomUUID()}`
    const article = `slug,title,content,author_id,status\n${slug},T,C,${id},draft\n`
    await ended(harness, await sendRaw(harness, 'resource=articles', article))
    const joined = `${harness.base}/v1/exports?resource=articles&format=csv&author_email=${email}`
    assert.equal(
      await (await fetch(`${joined}&fields=author_email,slug`)).text(),
      `author_email,slug\n${email},${slug}\n`,
    )
  },
}
