// Over real HTTP: a file is sent, its rejected records are downloaded, corrected by a script, and sent again; then all are imported.
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { generate } from '../../../../testdata/generator/generate.ts'
import { httpSuiteService } from '../../../conformance/src/http/suite-service.ts'
import { createHttp, handleNode } from '../../src/http/index.ts'
import { realData, resources, usersHuge } from '../support.ts'

let database: TestDatabase
let service: ReturnType<typeof httpSuiteService>
let url: string
let stop: () => void
beforeEach(async () => {
  database = await createReferenceDatabase()
  service = httpSuiteService(database.pool, resources, database.smallPool)
  const http = createHttp(service)
  const server = createServer((request, response) =>
    handleNode(http, { request, response, url: request.url ?? '/', mount: '' }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server that listens has an address of this form.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = () => {
    server.close()
    server.closeAllConnections()
  }
})
afterEach(async () => {
  stop()
  await service.stop()
  await database.drop()
})

interface Status {
  readonly status: string
  readonly progress: Readonly<Record<string, number>>
}

/** Sends a file of users, and waits for what becomes of it. */
async function imported(file: Buffer, query = ''): Promise<{ id: string } & Status> {
  const form = new FormData()
  form.set('resource', 'users')
  form.set('file', new Blob([file]), 'users.csv')
  const response = await fetch(`${url}/v1/imports${query}`, { method: 'POST', body: form })
  const { job_id: id } = (await response.json()) as { job_id: string }
  const status = async () => (await (await fetch(`${url}/v1/imports/${id}`)).json()) as Status
  await expect.poll(async () => (await status()).status, { timeout: 20_000 }).toMatch(/completed|failed/)
  return { id, ...(await status()) }
}

const goodValue: Readonly<Record<string, (count: number) => string>> = {
  id: () => '',
  email: count => `mended-${count}@example.org`,
  name: count => `Corrected ${count}`,
  role: () => 'reader',
  active: () => 'true',
  created_at: () => '',
  updated_at: () => '',
}

/** What a person would do with the first column: put right what its sentences name. Returns the file, with that column. */
function corrected(rejects: string): Buffer {
  const records = parse(rejects, { columns: true }) as Record<string, string>[]
  const rows = records.map((record, count) => {
    const named = [...(record.lading_error ?? '').matchAll(/[A-Z_]+: [^"]*"(\w+)"/g)].map(
      ([, field = '']) => field,
    )
    expect(named, record.lading_error).not.toEqual([])
    const mends = named.map(field => [field, goodValue[field]?.(count)])
    // Duplicates are judged among records that are otherwise valid, so another rule may hide one.
    return Object.values({ ...record, ...Object.fromEntries(mends), id: '', email: goodValue.email?.(count) })
  })
  const lines = [Object.keys(records[0] ?? {}), ...rows].map(cells =>
    cells
      .map(String)
      .map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
      .join(','),
  )
  return Buffer.from(`${lines.join('\n')}\n`)
}

async function allGetIn(file: Buffer, rejected: number): Promise<void> {
  const first = await imported(file)
  expect(first).toMatchObject({
    status: 'completed',
    progress: { total_records: 10_000, successful_records: 10_000 - rejected, failed_records: rejected },
  })
  const rejects = await (await fetch(`${url}/v1/imports/${first.id}/rejects`)).text()
  const second = await imported(corrected(rejects))
  expect(second).toMatchObject({
    status: 'completed',
    progress: { total_records: rejected, inserted_records: rejected, failed_records: 0 },
  })
  const { rows } = await database.pool.query('select count(*)::int as count from users')
  expect(rows).toEqual([{ count: 10_000 }])
}

test('10,000 generated users', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-mending-'))
  try {
    await generate({ users: 10_000, articles: 0, comments: 0, seed: 4, outDir: folder })
    const planted = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')).users
    await allGetIn(await readFile(join(folder, 'users.csv')), planted.failed)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.skipIf(realData === undefined)(
  '10,000 real users (skipped where LADING_REAL_DATA names no folder)',
  async () => {
    await allGetIn(await readFile(usersHuge), 333)
  },
)
