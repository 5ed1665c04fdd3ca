// Resets a claimed job that is committed as a whole: earlier attempts left nothing in the table.
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { beginWriting } from '../../postgres/transaction/transaction.ts'
import { fenceSql } from '../store/claim/fence.ts'
import type { JobRow } from '../store/job-row.ts'

/** @throws LadingError */
export async function resetForRetry(job: JobRow, pool: Pool): Promise<JobRow> {
  if (Number(job.token) > 1) {
    await withClient(pool, client => client.query(resetSql(job)).catch(rethrow))
  }
  return resetRow(job)
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}

/** Deletes what an earlier attempt recorded. */
function resetSql(job: JobRow): string {
  return `${beginWriting(fenceSql(job))};
    delete from lading.record_errors where job_id = '${job.id}';
    delete from lading.rejected_records where job_id = '${job.id}';
    update lading.jobs set processed = 0, successful = 0, failed = 0, inserted = 0, updated = 0, ignored = 0,
      errors = 0, stored_errors = 0, errors_by_code = '{}', error_counts = '[]', bytes_read = 0,
      read_sha256 = null, checkpoint_byte = 0, checkpoint_row = 0, checkpoint_line = 0, checkpoint_expects = null,
      first_attempt = null, warnings = '[]'
    where id = '${job.id}'; commit`
}

/** The same row, as `resetSql` leaves it. */
function resetRow(job: JobRow): JobRow {
  const zeroCounts = {
    processed: '0',
    successful: '0',
    failed: '0',
    inserted: '0',
    updated: '0',
    ignored: '0',
  }
  const noErrors = { errors: '0', stored_errors: '0', errors_by_code: {}, error_counts: [] }
  const noPlace = {
    bytes_read: '0',
    read_sha256: null,
    checkpoint_byte: '0',
    checkpoint_row: '0',
    checkpoint_line: '0',
    checkpoint_expects: null,
  }
  return { ...job, ...zeroCounts, ...noErrors, ...noPlace, first_attempt: null, warnings: [] }
}
