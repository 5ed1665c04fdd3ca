// The statement that finds jobs whose turn it is and claims them. All times are the database's.
import type { Statement } from '../../queue/run-on-checkout.ts'
import { isReady } from '../store/claim/lanes.ts'
import { commitsAsWholeSql } from '../store/claim/whole-sql.ts'
import { jobColumns } from '../store/job-row.ts'
import { transitionAllowedSql, transitionSql } from '../store/transitions.ts'
import type { Turn } from './fairness.ts'

export interface ReadyQuery {
  readonly lanes: readonly string[]
  /** Maximum number of jobs. */
  readonly count: number
  readonly turn: Turn
  /** Name of the worker. */
  readonly worker: string
  readonly leaseSeconds: number
}

/**
 * Claims at most one job of each key: the one that has been due longest.
 *
 * `walk` jumps through the index `jobs_ready_idx` from key to key (a loose index scan), so a claim costs as much with
 * 1,000,000 waiting jobs as with 10. It starts after the key that was served last, and wraps around. The final
 * `limit` drives the evaluation: only as many keys are visited, and rows locked, as jobs are claimed. Rows that
 * another worker is claiming are skipped.
 */
export function claimReadySql({ lanes, count, turn, worker, leaseSeconds }: ReadyQuery): Statement {
  return {
    text: claimSql,
    values: [
      lanes,
      lanes.map(lane => turn.after.get(lane) ?? ''),
      turn.running,
      turn.next,
      count,
      worker,
      leaseSeconds,
    ],
  }
}

/**
 * Finds the next key of each lane, in turns. Each branch has its bounds as conditions of the index: as one condition on
 * both halves of the circle, they would be a filter that reads every entry of the last key.
 */
const walkSql = `
walk (lane, start, key, has_wrapped, is_start) as (
  select lane, start collate "C", start collate "C", false, true
  from unnest($1::text[], $2::text[]) as l (lane, start)
  union all
  select w.lane, w.start, n.key, n.has_wrapped, false
  from walk w cross join lateral (
    (select j.fairness_key, false from lading.jobs j
      where not w.has_wrapped and ${isReady} and j.lane = w.lane and j.fairness_key > w.key
      order by j.fairness_key limit 1)
    union all
    (select j.fairness_key, true from lading.jobs j
      where w.has_wrapped and ${isReady} and j.lane = w.lane
        and j.fairness_key > w.key and j.fairness_key <= w.start
      order by j.fairness_key limit 1)
    union all
    (select j.fairness_key, true from lading.jobs j
      where not w.has_wrapped and ${isReady} and j.lane = w.lane and j.fairness_key <= w.start
      order by j.fairness_key limit 1)
    limit 1
  ) n (key, has_wrapped)
)`

/** The job has committed records since its last claim. */
const hasAdvanced = `checkpoint_row > claimed_row and not ${commitsAsWholeSql}`

const claimSql = `
with recursive ${walkSql},
turns as (
  select lane, key from walk where not is_start and key <> all ($3::text[])
  union all
  (select l.lane, n.key
    from unnest($4::text[]) with ordinality n (key, place) cross join unnest($1::text[]) l (lane)
    order by n.place)
),
picked as materialized (
  select j.id
  from turns t cross join lateral (
    select id from lading.jobs
    where ${isReady} and lane = t.lane and fairness_key = t.key
      -- A subselect makes it a single value, which the index can search for.
      and due_at <= (select clock_timestamp())
    order by due_at, id limit 1
    for update skip locked
  ) j
  limit $5
)
update lading.jobs
set ${transitionSql('claim')}, token = token + 1, worker = $6,
  attempts = case when ${hasAdvanced} then 1 else attempts + 1 end,
  claimed_server = pg_postmaster_start_time(),
  claimed_row = checkpoint_row, claimed_bytes = bytes_read, claimed_at = clock_timestamp(),
  lease_until = clock_timestamp() + make_interval(secs => $7), started_at = coalesce(started_at, clock_timestamp())
where id in (select id from picked) and ${transitionAllowedSql('claim')}
returning ${jobColumns}`

/**
 * Releases jobs that this worker claimed without knowing, because the answer to the claim was lost. This does not
 * count as an attempt.
 */
export function releaseUnconfirmedSql(
  lanes: readonly string[],
  worker: string,
  running: readonly string[],
): Statement {
  return {
    text: `
update lading.jobs
set ${transitionSql('release')}, lease_until = null, worker = null, attempts = greatest(attempts - 1, 0)
where ${transitionAllowedSql('release')} and lane = any ($1::text[]) and worker = $2 and id <> all ($3::uuid[])`,
    values: [lanes, worker, running],
  }
}
