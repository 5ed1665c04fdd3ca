// Between attempts that a fault has ended the pause doubles, and never becomes longer than five minutes.
import { expect, test } from 'vitest'
import { fileStorage, LadingError, type Storage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

test.each([
  [2, 4, 5],
  [8, 256, 300],
  [9, 300, 300],
  [40, 300, 300],
])('after %i attempts and one more it is %i to %i seconds', async (attempts, least, most) => {
  await harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes('email\n') })
  await harness.database.pool.query('update lading.jobs set attempts = $1', [attempts])
  const storage: Storage = {
    ...fileStorage(harness.folder),
    get: () => Promise.reject(new LadingError('SOURCE_UNAVAILABLE', 'The storage went away.')),
  }
  // Recorded when the job is released: later, a part of the pause would be over. A busy machine takes some of it too.
  await harness.database.pool.query(`
    create table pauses (number serial, seconds float8);
    create function note_pause() returns trigger language plpgsql as $$ begin
      insert into pauses (seconds) values (extract(epoch from new.due_at - clock_timestamp()));
      return null; end $$;
    create trigger noting after update on lading.jobs for each row
      when (old.status = 'processing' and new.status = 'pending') execute function note_pause()`)
  harness.work({ storage, maxAttempts: 100 })
  const pauses = async () =>
    (await harness.database.pool.query('select ceil(seconds)::int as it from pauses order by number limit 1'))
      .rows[0]?.it
  await expect.poll(pauses).toBeGreaterThanOrEqual(least)
  expect(await pauses()).toBeLessThanOrEqual(most)
})
