// The commit that ends a job is on disk before it is reported; those before it need not be.
import pg from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  postgresQueue,
  type SynchronousCommit,
} from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, resources } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

/** Writes down how each commit that touches a job would be made. */
beforeEach(async () => {
  await harness.database.pool.query(`
    create table commits (status text, processed bigint, synchronous text);
    create function note_commit() returns trigger language plpgsql as $$
    begin
      insert into commits values (new.status, new.processed, current_setting('synchronous_commit'));
      return null;
    end $$;
    create trigger note_commit after update on lading.jobs for each row execute function note_commit()`)
})

const line = (name: string) => `{"email":"${name}@example.org","name":"P","role":"reader","active":true}\n`
const people = bytes(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(line).join(''))

test.each([
  ['an import', {}],
  ['an atomic import', { atomic: true }],
  ['a dry run', { dryRun: true }],
])('%s', async (_, settings) => {
  const { id } = await harness.jobs.submitImport({
    resource: 'users',
    format: 'ndjson',
    source: people,
    ...settings,
  })
  harness.work()
  await harness.ended(id)
  const { rows } = await harness.database.pool.query(
    'select status, processed::int, synchronous from commits',
  )
  const ends = rows.filter(({ status }) => status === 'completed')
  expect(ends).toEqual([{ status: 'completed', processed: 7, synchronous: 'on' }])
  const batches = rows.filter(({ status, processed }) => status === 'processing' && processed > 0)
  expect(batches.some(({ synchronous }) => synchronous === 'off')).toBe(true)
})

test('applies to a cancelled job too', async () => {
  const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: people })
  await harness.jobs.cancel(id)
  const { rows } = await harness.database.pool.query('select status, synchronous from commits')
  expect(rows).toEqual([{ status: 'cancelled', synchronous: 'on' }])
})

describe('a role whose default is off', () => {
  /** What each commit that touches a job, and each one that writes rows, waits for. */
  async function commitsOf(level: SynchronousCommit | undefined, settings: object, ofRole = 'off') {
    await harness.database.pool.query(`
      create trigger note_insert after insert on lading.jobs for each row execute function note_commit();
      create table row_commits (synchronous text);
      create function note_rows() returns trigger language plpgsql as $$
      begin
        insert into row_commits values (current_setting('synchronous_commit'));
        return null;
      end $$;
      create trigger note_rows after insert on users for each statement execute function note_rows()`)
    const url = new URL(harness.database.url)
    url.searchParams.set('options', `-c synchronous_commit=${ofRole}`)
    const pool = new pg.Pool({ connectionString: url.href })
    const importer = createImporter({ pool, resources, batchRows: 3, synchronousCommit: level })
    const queue = postgresQueue()
    const exporter = createExporter({ pool, resources })
    const jobs = createJobs({ importer, exporter, queue, storage: fileStorage(harness.folder) })
    const stopping = new AbortController()
    try {
      const { id } = await jobs.submitImport({
        resource: 'users',
        format: 'ndjson',
        source: people,
        ...settings,
      })
      const working = jobs.work({ signal: stopping.signal })
      await expect.poll(async () => (await jobs.get(id))?.status).toBe('completed')
      stopping.abort()
      await working
      const more = bytes(`email,name,role,active\nz@example.org,Z,reader,true\n`)
      await importer.run({ resource: 'users', format: 'csv', source: more })
    } finally {
      stopping.abort()
      await queue.close?.()
      await pool.end()
    }
    const reported = await harness.database.pool.query(
      `select distinct status, synchronous from commits where status in ('pending', 'completed') order by status desc`,
    )
    const rows = await harness.database.pool.query('select distinct synchronous from row_commits order by 1')
    return { reported: reported.rows, rows: rows.rows.map(({ synchronous }) => synchronous) }
  }
  const both = (synchronous: string) => [
    { status: 'pending', synchronous },
    { status: 'completed', synchronous },
  ]

  test('reported results are on disk all the same, and batches still do not wait', async () => {
    expect(await commitsOf(undefined, {})).toEqual({ reported: both('on'), rows: ['off'] })
  })

  test('the rows of an atomic import are not reported before they are on disk', async () => {
    const { reported, rows } = await commitsOf(undefined, { atomic: true })
    expect(reported).toEqual(both('on'))
    expect(rows).toContain('on')
  })

  test('another default of a role stays unchanged', async () => {
    const { reported, rows } = await commitsOf(undefined, { atomic: true }, 'remote_write')
    expect(reported).toEqual(both('remote_write'))
    expect(rows).toContain('remote_write')
  })

  test('with a level for standbys each commit uses it', async () => {
    expect(await commitsOf('remote_apply', {})).toEqual({
      reported: both('remote_apply'),
      rows: ['remote_apply'],
    })
  })

  test('a cancellation and a retry are on disk before they are reported', async () => {
    const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: people })
    const url = new URL(harness.database.url)
    url.searchParams.set('options', '-c synchronous_commit=off')
    const pool = new pg.Pool({ connectionString: url.href })
    try {
      await harness.jobsWith({ pool }).cancel(id)
      await harness.jobsWith({ pool }).retry(id)
    } finally {
      await pool.end()
    }
    const { rows } = await harness.database.pool.query(
      'select status, synchronous from commits order by status',
    )
    expect(rows).toEqual([
      { status: 'cancelled', synchronous: 'on' },
      { status: 'pending', synchronous: 'on' },
    ])
  })

  test('the commit that ends a run without a job waits', async () => {
    const url = new URL(harness.database.url)
    url.searchParams.set('options', '-c synchronous_commit=off')
    const pool = new pg.Pool({ connectionString: url.href, max: 1 })
    const client = await pool.connect()
    const asked: string[] = []
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    Object.assign(client, {
      query: (...args: unknown[]) => {
        asked.push(String(args[0]))
        return query(...args)
      },
    })
    client.release()
    try {
      await createImporter({ pool, resources }).run({ resource: 'users', format: 'ndjson', source: people })
    } finally {
      await pool.end()
    }
    expect(asked.at(-1)).toMatch(/synchronous_commit.*'on'.*pg_current_xact_id.*; commit$/s)
  })
})

test('a level that would not wait is rejected', () => {
  const off = () =>
    createImporter({ pool: harness.database.pool, resources, synchronousCommit: 'off' as 'on' })
  expect(off).toThrow('The option synchronousCommit must be one of local, remote_write, on, remote_apply.')
})
