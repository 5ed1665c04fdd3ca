// The commit that ends a job is on disk before anybody is told; those before it need not be.
import { beforeEach, expect, test } from 'vitest'
import { jobsBed } from './jobs-bed.ts'
import { bytes } from './support.ts'

const bed = jobsBed()

/** Writes down how each commit that touches a job would be made. */
beforeEach(async () => {
  await bed.database.pool.query(`
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
  const { id } = await bed.jobs.submitImport({
    resource: 'users',
    format: 'ndjson',
    source: people,
    ...settings,
  })
  bed.work()
  await bed.ended(id)
  const { rows } = await bed.database.pool.query('select status, processed::int, synchronous from commits')
  const ends = rows.filter(({ status }) => status === 'completed')
  expect(ends).toEqual([{ status: 'completed', processed: 7, synchronous: 'on' }])
  const batches = rows.filter(({ status, processed }) => status === 'processing' && processed > 0)
  expect(batches.some(({ synchronous }) => synchronous === 'off')).toBe(true)
})

test('of a job that is cancelled too', async () => {
  const { id } = await bed.jobs.submitImport({ resource: 'users', format: 'ndjson', source: people })
  await bed.jobs.cancel(id)
  const { rows } = await bed.database.pool.query('select status, synchronous from commits')
  expect(rows).toEqual([{ status: 'cancelled', synchronous: 'on' }])
})
