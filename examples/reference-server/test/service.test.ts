// The service as a process: real data through both adapters.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase } from '../../../test-support/database.ts'
import { ended, upload } from './service-requests.ts'
import { startServer } from './support.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-server-'))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function allErrors(
  url: string,
  id: string,
): Promise<readonly { row_number: number; error_code: string }[]> {
  const found = []
  for (let offset = 0; ; offset += 50) {
    const page = (await (await fetch(`${url}/v1/imports/${id}/errors?limit=50&offset=${offset}`)).json()) as {
      errors: { row_number: number; error_code: string }[]
      pagination: { total_errors: number }
    }
    found.push(...page.errors)
    if (found.length >= page.pagination.total_errors || page.errors.length === 0) return found
  }
}

const realFolder = process.env.LADING_REAL_DATA

describe.skipIf(realFolder === undefined)(
  'users_huge.csv over HTTP (skipped where LADING_REAL_DATA names no folder)',
  () => {
    test('as CSV through Fastify and as NDJSON through Express: the stated counts, every error once', async () => {
      const csv = await readFile(join(realFolder ?? '', 'users_huge.csv'))
      const records = parse(csv, { columns: true }) as Record<string, string>[]
      const ndjson = records
        .map(record =>
          JSON.stringify(Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''))),
        )
        .join('\n')
      const seen: string[][] = []
      for (const [adapter, name, content] of [
        ['fastify', 'users_huge.csv', csv],
        ['express', 'users_huge.ndjson', ndjson],
      ] as const) {
        const database = await createDatabase()
        const server = await startServer({
          ADAPTER: adapter,
          DATABASE_URL: database.url,
          STORAGE_PATH: join(folder, name),
        })
        const id = await upload(server.url, name, content)
        expect(await ended(server.url, id)).toMatchObject({
          status: 'completed',
          progress: { total_records: 10_000, successful_records: 9_667, failed_records: 333 },
          errors_by_code: { INVALID_EMAIL: 201, INVALID_ROLE: 167, DUPLICATE_EMAIL: 33 },
        })
        const errors = await allErrors(server.url, id)
        expect(errors).toHaveLength(401)
        expect(new Set(errors.map(error => error.row_number)).size).toBe(333)
        expect(errors.map(error => error.row_number)).toEqual(
          errors.map(error => error.row_number).sort((a, b) => a - b),
        )
        // The header is the first row of the CSV file.
        const shift = name.endsWith('.csv') ? 0 : 1
        seen.push(errors.map(({ row_number, error_code }) => `${row_number + shift} ${error_code}`))
        expect(await server.stop()).toBe(0)
        await database.drop()
      }
      expect(seen[1]).toEqual(seen[0])
    })
  },
)
