// Idempotency keys in the database: claimed for a while, made final with a job, dropped. All times are the database's.
import { LadingError } from '../../errors/lading-error.ts'
import { type Client, type Pool, withClient } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import type { JobKind } from '../store/job.ts'

/** What is kept of a request that became a job. */
export type KnownRequest = Readonly<Record<string, unknown>>

export interface UsedKey {
  readonly kind: JobKind
  readonly jobId: string
  readonly request: KnownRequest
}

/** A key is the tenant's own: another one may have the same. */
export interface OwnKey {
  /** `''` where there is none. */
  readonly tenant: string
  readonly key: string
}

export interface KeyStore {
  /** Takes a key that nobody holds; or tells which request has used it. @throws LadingError `IDEMPOTENCY_IN_PROGRESS` */
  claim(key: OwnKey, kind: JobKind, claim: string): Promise<UsedKey | undefined>
  /** Keeps the lease. */
  renew(key: OwnKey, claim: string): Promise<void>
  /** Makes the key final, in the transaction that writes the job. @throws LadingError `IDEMPOTENCY_IN_PROGRESS` if the lease was lost */
  settle(client: Client, key: OwnKey, claim: string, used: Omit<UsedKey, 'kind'>): Promise<void>
  /** Gives a key back that was not made final. */
  drop(key: OwnKey, claim: string): Promise<void>
}

export interface KeyTimes {
  /** Seconds that a claim holds without a sign of life. */
  readonly leaseSeconds: number
  /** Hours that a used key is remembered. */
  readonly ttlHours: number
}

/** A key that is given back between the claim and the look at who has it is claimed once more. */
const attempts = 5

export function createKeyStore(pool: Pool, { leaseSeconds, ttlHours }: KeyTimes): KeyStore {
  const ask = (sql: string, values: unknown[]) =>
    withClient(pool, async client => (await client.query(sql, values).catch(rethrow)).rows)
  return {
    async claim({ tenant, key }, kind, claim) {
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const claimed = await ask(claimSql, [tenant, key, claim, kind, leaseSeconds])
        if (claimed.length > 0) return undefined
        const [held] = await ask(heldSql, [tenant, key])
        if (held === undefined) continue
        if (held.job_id === null) break
        // Columns of the migration, of which the constraint says that they are there together.
        return held && ({ kind: held.kind, jobId: held.job_id, request: held.request } as UsedKey)
      }
      throw inProgress()
    },
    async renew({ tenant, key }, claim) {
      await ask(renewSql, [tenant, key, claim, leaseSeconds])
    },
    async settle(client, { tenant, key }, claim, { jobId, request }) {
      const values = [tenant, key, claim, jobId, JSON.stringify(request), ttlHours]
      const { rows } = await client.query(settleSql, values).catch(rethrow)
      if (rows.length === 0) throw inProgress()
    },
    async drop({ tenant, key }, claim) {
      await ask(dropSql, [tenant, key, claim])
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

// A claim that has run out was its server's last sign of life; a key that has expired is a new one.
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

const heldSql = 'select * from lading.idempotency_keys where tenant = $1 and key = $2'

const ours = `where tenant = $1 and key = $2 and claim = $3 and job_id is null`

const renewSql = `
update lading.idempotency_keys set lease_until = clock_timestamp() + make_interval(secs => $4) ${ours}`

const settleSql = `
update lading.idempotency_keys
set job_id = $4, request = $5::json, expires_at = clock_timestamp() + make_interval(secs => $6::float8 * 3600) ${ours}
returning key`

const dropSql = `delete from lading.idempotency_keys ${ours}`
