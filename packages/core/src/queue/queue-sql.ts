// The statements of the queue in PostgreSQL. All times are the database's: clocks of workers differ.
import type { Statement } from './loan.ts'
import type { Delivery, Wanted } from './message-store.ts'
import type { QueueKind, QueueMessage } from './queue.ts'

/** Announced with the kind as payload, by the commit that brings a message. */
export const channel = 'lading_queue'

/** Before the id of a job whose handlers are to stop, announced on the same channel. */
export const interruption = 'interrupt:'

/**
 * Candidates beyond those that are wanted. Consumers that look at the same moment see the same
 * candidates, and skip what others have locked.
 */
const spareCandidates = 32

/** `clock_timestamp()`, because `now()` stands still in the transaction of a caller. */
const isWaiting = '(q.claim is null or q.visible_at <= clock_timestamp())'

/** Whether a consumer of this storage may have the message. A full queue of one storage keeps no other one from its work. */
const isFor = (storage: string) => `(q.storage is null or q.storage = ${storage}::text)`

/** Returns one row, or none if the queue is full. */
export function enqueueSql(
  { jobId, kind, resource, notBefore, storage }: QueueMessage,
  maxDepth: number | undefined,
): Statement {
  return {
    text: `
      with message as (
        insert into lading.queue as q (job_id, kind, resource, storage, visible_at)
        select $1, $2, $3, $6, greatest($4::timestamptz, clock_timestamp())
        where $5::int is null
          or exists (select from lading.queue where job_id = $1)
          or $5 > (
            select count(*) from (
              select from lading.queue q where q.kind = $2 and ${isFor('$6')} and ${isWaiting} limit $5
            ) as found
          )
        on conflict (job_id) do update set
          kind = excluded.kind,
          resource = excluded.resource,
          storage = excluded.storage,
          visible_at = case when ${isWaiting} then least(q.visible_at, excluded.visible_at) else q.visible_at end,
          again_at = case when ${isWaiting} then null else least(q.again_at, excluded.visible_at) end
        returning q.kind
      )
      select pg_notify('${channel}', kind) from message`,
    values: [jobId, kind, resource, notBefore?.toISOString() ?? null, maxDepth ?? null, storage ?? null],
  }
}

/**
 * Takes messages. The resources are found by jumping through the index, not by reading all
 * messages: a flood of one resource costs the others nothing. See `createTurns` for the order.
 */
export function claimSql(
  { kind, count, turns, perResource, storage }: Wanted,
  visibilityMs: number,
): Statement {
  return {
    text: `
      with recursive resources as (
        select (select min(resource) from lading.queue where kind = $1) as resource
        union all
        select (select min(q.resource) from lading.queue q where q.kind = $1 and q.resource > r.resource)
        from resources r
        where r.resource is not null
      ),
      candidates as materialized (
        select
          head.job_id,
          head.rank + coalesce(turn.running, 0) as place,
          coalesce(turn.served, 0) as served
        from resources r
        cross join lateral (
          select q.job_id, q.visible_at, row_number() over (order by q.visible_at) as rank
          from (
            -- Each half is a range of the index, so that a flood for another storage is not even looked at.
            (${headSql('q.storage is null')}) union all (${headSql('q.storage = $8')})
          ) q
          order by q.visible_at
          limit $2 + ${spareCandidates}
        ) head
        left join unnest($3::text[], $4::int[], $5::bigint[]) as turn (resource, running, served)
          on turn.resource = r.resource
        where $7::int is null or head.rank + coalesce(turn.running, 0) <= $7
        order by place, served, head.visible_at
        limit $2 + ${spareCandidates}
      ),
      picked as materialized (
        select q.job_id, c.place, c.served, q.visible_at
        from candidates c
        join lading.queue q on q.job_id = c.job_id
        -- Asked again of the row as it is now: another consumer may have claimed it a moment ago.
        where q.visible_at <= clock_timestamp() and ${isFor('$8')}
        order by c.place, c.served, q.visible_at
        limit $2
        for update of q skip locked
      ),
      claimed as (
        update lading.queue q
        set claim = gen_random_uuid(),
          visible_at = clock_timestamp() + $6 * interval '1 millisecond',
          deliveries = q.deliveries + 1,
          again_at = null
        from picked
        where q.job_id = picked.job_id
        returning q.job_id, q.resource, q.claim, q.deliveries, picked.place, picked.served, picked.visible_at
      )
      select job_id, resource, claim, deliveries from claimed order by place, served, visible_at`,
    values: [
      kind,
      count,
      turns.map(({ resource }) => resource),
      turns.map(({ running }) => running),
      turns.map(({ served }) => served),
      visibilityMs,
      perResource ?? null,
      storage ?? null,
    ],
  }
}

/** The messages of a resource `r` that have waited longest. */
function headSql(ofStorage: string): string {
  return `
              select q.job_id, q.visible_at
              from lading.queue q
              where q.kind = $1
                and q.resource = r.resource
                and ${ofStorage}
                -- In a subselect it is one value, which the index can search for.
                and q.visible_at <= (select clock_timestamp())
              order by q.visible_at
              limit $2 + ${spareCandidates}`
}

export function renewSql(claims: readonly string[], visibilityMs: number): Statement {
  return {
    text: `
      update lading.queue
      set visible_at = clock_timestamp() + $2 * interval '1 millisecond'
      where claim = any ($1::uuid[])
      returning claim`,
    values: [claims, visibilityMs],
  }
}

/** Deletes one row, or none if it was enqueued again or the claim is not the newest. */
export function acknowledgeSql({ jobId, claim }: Delivery): Statement {
  return {
    text: 'delete from lading.queue where job_id = $1 and claim = $2::uuid and again_at is null',
    values: [jobId, claim],
  }
}

/** @param delayMs null: at the moment for which it was enqueued again, and as if it were new. */
export function releaseSql({ jobId, claim }: Delivery, delayMs: number | null): Statement {
  return {
    text: `
      with released as (
        update lading.queue
        set claim = null,
          visible_at = least(again_at, clock_timestamp() + $3::float8 * interval '1 millisecond'),
          again_at = null,
          deliveries = case when $3::float8 is null then 0 else deliveries end
        where job_id = $1 and claim = $2::uuid and ($3::float8 is not null or again_at is not null)
        returning kind, visible_at
      )
      select pg_notify('${channel}', kind) from released where visible_at <= clock_timestamp()`,
    values: [jobId, claim, delayMs],
  }
}

export function depthSql(kind: QueueKind): Statement {
  return {
    text: `select count(*)::int as depth from lading.queue q where q.kind = $1 and ${isWaiting}`,
    values: [kind],
  }
}

/** Of a message whose handler runs, only the wish for another delivery is taken back. */
export function forgetSql(jobId: string): Statement {
  return {
    text: `
      with forgotten as (delete from lading.queue q where q.job_id = $1 and ${isWaiting})
      update lading.queue q set again_at = null where q.job_id = $1 and not ${isWaiting}`,
    values: [jobId],
  }
}

export function interruptSql(jobId: string): Statement {
  return { text: `select pg_notify('${channel}', $1)`, values: [interruption + jobId] }
}
