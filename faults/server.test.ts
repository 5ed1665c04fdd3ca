// F2: kill -9 of the whole reference server with its embedded database, in the middle of an import.
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startServer } from '../examples/reference-server/test/support.ts'
import { startOwnServer } from '../test-support/own-server.ts'
import { killed, processesOf } from '../test-support/server-processes.ts'
import { storedFiles } from '../test-support/stored-files.ts'

/** `FAULTS_USERS=300000` for the full size; then the lease is waited for, as it is in life. */
const users = Number(process.env.FAULTS_USERS ?? 30_000)
const isFull = users >= 300_000

function usersCsv(): string {
  const rows = Array.from({ length: users }, (_, row) => `u${row}@example.org,User ${row},reader,true\n`)
  return `email,name,role,active\n${rows.join('')}`
}

interface Progress {
  readonly status: string
  readonly progress: { readonly processed_records: number; readonly successful_records: number }
}

test(
  `${users} users: killed with its database in the middle, the job completes without intervention after the next start`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-server-'))
    await chmod(folder, 0o755)
    const env = { LADING_DATA_DIR: folder, IMPORT_BATCH_SIZE: '500' }
    const first = await startServer(env)
    const form = new FormData()
    form.set('file', new File([usersCsv()], 'users.csv'))
    form.set('resource', 'users')
    const answer = await fetch(`${first.url}/v1/imports`, { method: 'POST', body: form })
    const { job_id: id } = (await answer.json()) as { job_id: string }
    const seen = (url: string) =>
      fetch(`${url}/v1/imports/${id}`).then(response => response.json() as Promise<Progress>)
    const processed = async () => (await seen(first.url)).progress.processed_records
    await expect.poll(processed, { interval: 5 }).toBeGreaterThan(users / 3)

    const exited = once(first.child, 'exit')
    const before = await seen(first.url)
    first.child.kill('SIGKILL')
    for (const pid of processesOf(folder)) killed(pid)
    await exited
    await expect.poll(() => processesOf(folder)).toEqual([])
    expect(before.status).toBe('processing')
    expect(before.progress.processed_records).toBeLessThan(users)

    const second = await startServer(env)
    const database = await startOwnServer({
      dataDir: join(folder, 'postgres'),
      database: 'bulk_import_export',
    })
    const pool = new pg.Pool({ connectionString: database.url, max: 1 })
    // Temporary tables of the killed server are dropped by its autovacuum, which comes once a minute.
    await pool.query("alter system set autovacuum_naptime = '1s'")
    await pool.query('select pg_reload_conf()')
    // A lease of half a minute, which the test need not wait for.
    if (!isFull)
      await pool.query(`update lading.jobs set lease_until = clock_timestamp() where status = 'processing'`)
    await expect
      .poll(async () => (await seen(second.url)).status, { timeout: 240_000, interval: 100 })
      .toMatch(/completed|failed/)
    expect(await seen(second.url)).toMatchObject({
      status: 'completed',
      progress: { total_records: users, successful_records: users, failed_records: 0 },
    })
    const { rows } = await pool.query(
      `select (select count(*)::int from users) as rows, (select count(distinct email)::int from users) as emails,
       (select token::int from lading.jobs) as claims`,
    )
    expect(rows).toEqual([{ rows: users, emails: users, claims: 2 }])
    const staging = async () => (await pool.query("select from pg_class where relpersistence = 't'")).rowCount
    await expect.poll(staging).toBe(0)
    const files = await storedFiles(join(folder, 'files'))
    expect(files.map(({ name }) => name)).toEqual(['source'])
    await pool.end()
    await database.stop()
    expect(await second.stop()).toBe(0)
    expect(processesOf(folder)).toEqual([])
    await rm(folder, { recursive: true })
  },
  isFull ? 600_000 : 120_000,
)
