// The statements that claim a job, and how they count attempts. All times are the database's.
import { jobColumns } from './job-row.ts'
import { placeSql } from './place-sql.ts'
import { become, may } from './transitions.ts'

/** Nothing of it is in the table before all of it is, so that a checkpoint is no progress. */
export const isWhole = `(options @> '{"atomic": true}' or options @> '{"dryRun": true}')`

/** A pending job has no lease. */
const isClaimable = `${may('claim')} and not waiting and coalesce(lease_until, '-infinity') < clock_timestamp()`

/** A worker without a storage that says which it is takes no file that lies in one that does. */
function isHere(storage: string): string {
  return `(source_storage is null or source_storage = ${storage}::text)`
}

/** The last attempt ended without a word: its worker neither gave the job back nor ended it. */
const isLost = `(status = 'processing')`

/** The database was started again meanwhile, which ends attempts and their last words alike. */
const isExplained = `(${isLost} and claimed_server is distinct from pg_postmaster_start_time() and claimed_server is not null)`

/** Other jobs were lost with the same process: which of them has ended it is not known. */
const isTogether = `(${isLost} and exists (
    select from lading.jobs other where other.id <> jobs.id and other.status in ('pending', 'processing')
      and (other.worker = jobs.worker or other.lost_worker = jobs.worker)))`

/** So many attempts that are lost together with other jobs count as one. */
const togetherAsOne = 5

/**
 * Claims since the job last got further, this one included. What ended an attempt for a reason that is known does not
 * count, and what ended without a word counts only where the attempt before it ended too.
 */
const attemptsSql = `case
    when checkpoint_row > claimed_row and not ${isWhole} then 1
    when not ${isLost} then attempts + 1
    when ${isExplained} then attempts
    when lost_place <> ${placeSql} then 2
    when ${isTogether} and (lost_together + 1) % ${togetherAsOne} <> 0 then attempts
    else attempts + 1 end`

const togetherSql = `case
    when not ${isLost} then lost_together
    when lost_place <> ${placeSql} or checkpoint_row > claimed_row and not ${isWhole} then 0
    when ${isTogether} then lost_together + 1
    else lost_together end`

// A worker that was stopped inside of a batch holds the row, and must not hold up whoever wants to claim it.
export const claimSql = `
update lading.jobs
set ${become('claim')}, token = token + 1, worker = $2,
  attempts = ${attemptsSql},
  lost_together = ${togetherSql},
  lost_place = case when ${isLost} and not ${isExplained} then ${placeSql} else lost_place end,
  lost_worker = case when ${isLost} then worker else lost_worker end,
  claimed_server = pg_postmaster_start_time(),
  claimed_row = checkpoint_row, claimed_bytes = bytes_read, claimed_at = clock_timestamp(), due_at = null,
  lease_until = clock_timestamp() + make_interval(secs => $3), started_at = coalesce(started_at, clock_timestamp())
where id = (select id from lading.jobs where id = $1 and ${isClaimable} and ${isHere('$4')} for update skip locked)
returning ${jobColumns}`

/** One row if it can be claimed, by workers of this storage or of another one. */
export const isClaimableSql = `
select coalesce(${isHere('$2')}, false) as is_here from lading.jobs where id = $1 and ${isClaimable}`
