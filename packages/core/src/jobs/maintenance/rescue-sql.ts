// Statements that find lost jobs, and count the attempts that ended with the death of a worker.

import { commitsAsWholeSql } from '../store/claim/whole-sql.ts'
import { progressNumberSql } from '../store/progress-sql.ts'
import { transitionAllowedSql, transitionSql } from '../store/transitions.ts'

/**
 * The worker has not renewed the lease in time: it has died, is frozen, or cannot reach the database. Jobs that this
 * process runs (`$1`) are alive, however late their renewal is.
 */
const isLost = `${transitionAllowedSql('rescue')} and lease_until < clock_timestamp() and id <> all ($1::uuid[])`

/** Maximum number of jobs per statement. There are only as many running jobs as workers have slots. */
const maxJobs = 200

const hasAdvanced = `checkpoint_row > claimed_row and not ${commitsAsWholeSql}`

/** The database was restarted since the claim, which ends attempts and prevents workers from reporting it. */
const isExplained = '(claimed_server <> pg_postmaster_start_time())'

/** Other jobs were lost with the same worker, so it is unknown which of them killed it. */
const isTogether = `(exists (
      select from lading.jobs other
      where other.status = 'processing' and other.worker = jobs.worker and other.id <> jobs.id)
    or exists (
      select from lading.jobs other
      where other.lost_worker = jobs.worker and other.status in ('pending', 'processing') and other.id <> jobs.id))`

/** This many attempts lost together with other jobs count as one. */
const jointLossesPerAttempt = 5

/** The attempt ended at another place than the one lost before. */
const isElsewhere = `lost_place <> ${progressNumberSql}`

/**
 * The attempts to record, before the next claim adds its own. An explained end does not count; any other counts only
 * if the previous attempt was lost at the same place.
 */
const attemptsSql = `case
    when ${hasAdvanced} then 0
    when ${isExplained} then greatest(attempts - 1, 0)
    when ${isElsewhere} then 1
    when ${isTogether} and (lost_together + 1) % ${jointLossesPerAttempt} <> 0 then greatest(attempts - 1, 0)
    else attempts end`

const togetherSql = `case
    when ${isElsewhere} or ${hasAdvanced} then 0
    when ${isTogether} then lost_together + 1
    else lost_together end`

/** The job keeps its due time. A row that a worker frozen in a batch has locked is skipped. */
export const rescueSql = `
update lading.jobs
set ${transitionSql('rescue')}, lease_until = null, worker = null,
  attempts = ${attemptsSql},
  lost_together = ${togetherSql},
  lost_place = case when ${isExplained} then lost_place else ${progressNumberSql} end,
  lost_worker = worker
where id in (select id from lading.jobs where ${isLost} order by claimed_at limit ${maxJobs} for update skip locked)
returning lane`

/** Lost jobs whose rows are locked. */
export const lockedJobsSql = `select id from lading.jobs where ${isLost} order by claimed_at limit ${maxJobs}`

/** Jobs that ended without their followers being updated. */
export const missedFollowersSql = `
select distinct f.after_job as id
from lading.jobs f left join lading.jobs p on p.id = f.after_job
where f.waiting and f.${transitionAllowedSql('abandon')} and (p.id is null or not p.${transitionAllowedSql('cancel')})
limit ${maxJobs}`
