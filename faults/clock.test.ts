// The clock of the database jumps while jobs run: every stored time is then off by as much.
import { expect, test } from 'vitest'
import { faultHarness } from './support/harness.ts'

const harness = faultHarness()

/** How a jump of the clock by some seconds appears to a process that compares it with a stored time. */
async function jump(seconds: number): Promise<void> {
  const { rows } = await harness.pool.query<{ table: string; columns: string[] }>(`
    select table_name as table, array_agg(column_name::text) as columns from information_schema.columns
    where table_schema = 'lading' and data_type = 'timestamp with time zone' and table_name <> 'migrations'
    group by 1 order by 1`)
  expect(rows.map(({ table }) => table)).toEqual(
    expect.arrayContaining(['idempotency_keys', 'jobs', 'storages']),
  )
  const client = await harness.pool.connect()
  try {
    await client.query('begin')
    for (const { table, columns } of rows) {
      const shifted = columns.map(name => `${name} = ${name} - make_interval(secs => ${seconds})`)
      await client.query(`update lading.${table} set ${shifted.join(', ')}`)
    }
    await client.query('commit')
  } finally {
    client.release()
  }
}

test.each([3_600, -3_600])('by %i seconds, repeatedly: every job is exact', async seconds => {
  const id = await harness.submit()
  harness.worker({ batchRows: 200 })
  harness.worker({ batchRows: 200 })
  for (const row of [1_001, 4_001, 8_001, 12_001, 16_001]) {
    await harness.reached(id, row)
    await jump(seconds)
    await jump(-seconds)
    await jump(seconds)
    await jump(-seconds)
  }
  await harness.expectExact(id)
})

test('forwards by an hour, permanently: another worker takes the job, and the first one writes nothing more', async () => {
  const id = await harness.submit()
  harness.worker({ batchRows: 200 })
  harness.worker({ batchRows: 200 })
  for (const row of [1_001, 6_001, 11_001]) {
    await harness.reached(id, row)
    await jump(3_600)
  }
  await harness.expectExact(id)
})

test('backwards by an hour under a worker that is killed: its job waits that long, and is then exact', async () => {
  const id = await harness.submit()
  const worker = harness.worker()
  await harness.reached(id, 1_001)
  worker.send('SIGKILL')
  await worker.ended
  await jump(-3_600)
  const successor = harness.worker()
  await successor.reported('ready')
  const { rows } = await harness.pool.query(
    `select lease_until > clock_timestamp() + interval '59 minutes' as waits from lading.jobs where id = $1`,
    [id],
  )
  expect(rows).toEqual([{ waits: true }])
  expect(await harness.status(id)).toMatchObject({ status: 'processing', token: 1 })
  // The hour passes.
  await jump(3_600)
  await harness.expectExact(id)
})
