// The statements that find lost jobs, and how the attempt counts that ended without a word.

import { isWhole } from '../store/claim/whole-sql.ts'
import { progressNumberSql } from '../store/progress-sql.ts'
import { become, may } from '../store/transitions.ts'

/**
 * Its worker has not renewed the lease in time: it has died, is frozen, or cannot reach the database. Jobs that this
 * process runs (`$1`) are alive, however late their renewal is.
 */
const isLost = `${may('rescue')} and lease_until < clock_timestamp() and id <> all ($1::uuid[])`

/** Jobs of one statement. There are as many running jobs as workers have slots. */
const mostJobs = 200

const hasAdvanced = `checkpoint_row > claimed_row and not ${isWhole}`

/** The database was started again meanwhile, which ends attempts and their last words alike. */
const isExplained = '(claimed_server <> pg_postmaster_start_time())'

/** Other jobs were lost with the same worker: which of them has ended it is not known. */
const isTogether = `(exists (
      select from lading.jobs other
      where other.status = 'processing' and other.worker = jobs.worker and other.id <> jobs.id)
    or exists (
      select from lading.jobs other
      where other.lost_worker = jobs.worker and other.status in ('pending', 'processing') and other.id <> jobs.id))`

/** So many attempts that are lost together with other jobs count as one. */
const togetherAsOne = 5

/** Elsewhere than the attempt that was lost before. */
const isElsewhere = `lost_place <> ${progressNumberSql}`

/**
 * What the attempt counts, before the next claim adds its own: none where its end is explained, and else only where the
 * attempt before it ended at the same place.
 */
const attemptsSql = `case
    when ${hasAdvanced} then 0
    when ${isExplained} then greatest(attempts - 1, 0)
    when ${isElsewhere} then 1
    when ${isTogether} and (lost_together + 1) % ${togetherAsOne} <> 0 then greatest(attempts - 1, 0)
    else attempts end`

const togetherSql = `case
    when ${isElsewhere} or ${hasAdvanced} then 0
    when ${isTogether} then lost_together + 1
    else lost_together end`

/** Keeps its place among those that are due. A worker that is frozen amid a batch holds the row: it is skipped. */
export const rescueSql = `
update lading.jobs
set ${become('rescue')}, lease_until = null, worker = null,
  attempts = ${attemptsSql},
  lost_together = ${togetherSql},
  lost_place = case when ${isExplained} then lost_place else ${progressNumberSql} end,
  lost_worker = worker
where id in (select id from lading.jobs where ${isLost} order by claimed_at limit ${mostJobs} for update skip locked)
returning lane`

/** Lost jobs whose rows are held. */
export const heldSql = `select id from lading.jobs where ${isLost} order by claimed_at limit ${mostJobs}`

/** Jobs that ended where nobody could see to those that wait for them. */
export const missedSql = `
select distinct f.after_job as id
from lading.jobs f left join lading.jobs p on p.id = f.after_job
where f.waiting and f.${may('abandon')} and (p.id is null or not p.${may('cancel')})
limit ${mostJobs}`
