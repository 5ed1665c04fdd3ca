// Idempotency keys in the database: claimed with a lease, settled with a job, or dropped. All times are the
// database's.
import { LadingError } from '../../errors/lading-error.ts'
import { type Client, type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import type { JobKind } from '../store/job.ts'

/** The stored facts of a request that became a job. */
export type KnownRequest = Readonly<Record<string, unknown>>

export interface UsedKey {
  readonly kind: JobKind
  readonly jobId: string
  readonly request: KnownRequest
}

/** A key within its tenant: another tenant may use the same. */
export interface TenantKey {
  /** `''` if there is none. */
  readonly tenant: string
  readonly key: string
}

export interface KeyStore {
  /**
   * Claims a free key; returns the request that used it if there is one. @throws LadingError
   * `IDEMPOTENCY_IN_PROGRESS`
   */
  claim(key: TenantKey, kind: JobKind, claim: string): Promise<UsedKey | undefined>
  /** Renews the lease. */
  renew(key: TenantKey, claim: string): Promise<void>
  /**
   * Settles the key, in the transaction that creates the job.
   * @throws LadingError `IDEMPOTENCY_IN_PROGRESS` if the lease was lost
   */
  settle(client: Client, key: TenantKey, claim: string, used: Omit<UsedKey, 'kind'>): Promise<void>
  /** Releases a key that was not settled. */
  drop(key: TenantKey, claim: string): Promise<void>
}

export interface KeyTimes {
  /** Seconds after which a claim expires without renewal. */
  readonly leaseSeconds: number
  /** Hours for which a used key is remembered. */
  readonly ttlHours: number
}

/** Attempts to claim: a key may be released between the claim and the query for its holder. */
const attempts = 5

export function createKeyStore(pool: Pool, { leaseSeconds, ttlHours }: KeyTimes): KeyStore {
  const query = (sql: string, values: unknown[]) =>
    withClient(pool, async client => (await client.query(sql, values).catch(rethrow)).rows)
  return {
    async claim({ tenant, key }, kind, claim) {
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const claimed = await query(claimSql, [tenant, key, claim, kind, leaseSeconds])
        if (claimed.length > 0) return undefined
        const [existing] = await query(existingSql, [tenant, key])
        if (existing === undefined) continue
        if (existing.job_id === null) break
        // A constraint of the table ensures that these columns are set together.
        return (
          existing && ({ kind: existing.kind, jobId: existing.job_id, request: existing.request } as UsedKey)
        )
      }
      throw inProgress()
    },
    async renew({ tenant, key }, claim) {
      await query(renewSql, [tenant, key, claim, leaseSeconds])
    },
    async settle(client, { tenant, key }, claim, { jobId, request }) {
      const values = [tenant, key, claim, jobId, JSON.stringify(request), ttlHours]
      const { rows } = await client.query(settleSql, values).catch(rethrow)
      if (rows.length === 0) throw inProgress()
    },
    async drop({ tenant, key }, claim) {
      await query(dropSql, [tenant, key, claim])
    },
  }
}

export function inProgress(): LadingError {
  return new LadingError(
    'IDEMPOTENCY_IN_PROGRESS',
    'A request with this idempotency key is still in progress; try again in a moment.',
  )
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}

// An expired claim belongs to a dead server; an expired key counts as new.
const claimSql = `
insert into lading.idempotency_keys as held (tenant, key, claim, kind, lease_until)
values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
on conflict (tenant, key) do update set
  kind = excluded.kind, claim = excluded.claim, lease_until = excluded.lease_until,
  job_id = null, request = null, expires_at = null, created_at = clock_timestamp()
where case
  when held.job_id is null then held.lease_until <= clock_timestamp()
  else held.expires_at <= clock_timestamp()
end
returning claim`

const existingSql = 'select * from lading.idempotency_keys where tenant = $1 and key = $2'

const whereOwn = `where tenant = $1 and key = $2 and claim = $3 and job_id is null`

const renewSql = `
update lading.idempotency_keys set lease_until = clock_timestamp() + make_interval(secs => $4) ${whereOwn}`

const settleSql = `
update lading.idempotency_keys
set job_id = $4, request = $5::json, expires_at = clock_timestamp() + make_interval(secs => $6::float8 * 3600) ${whereOwn}
returning key`

const dropSql = `delete from lading.idempotency_keys ${whereOwn}`
