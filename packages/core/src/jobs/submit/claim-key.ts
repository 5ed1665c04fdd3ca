// One job per idempotency key: the key is claimed before the request is read, and recorded with its job.
import { createHash, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { defaultsOf } from '../../config/option-schema.ts'
import { shapeSchema } from '../../engine/export/selection/selection-schema.ts'
import { importOptionsSchema } from '../../engine/import/import-options-schema.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import type { JobKind } from '../store/job.ts'
import type { JobRequest } from '../store/new-job.ts'
import {
  inProgress,
  type KeyStore,
  type KnownRequest,
  type TenantKey,
  type UsedKey,
} from './idempotency-store.ts'

/** A key claimed by one request, until `giveUp`. */
export interface KeyClaim {
  /** Whether the key was used before: the request then gets the answer of the first one, or is refused. */
  readonly isReplay: boolean
  /**
   * Compares the known parts of the request with the one that used the key. Names are those of import options;
   * undefined stands for the default.
   *
   * @throws LadingError `IDEMPOTENCY_KEY_REUSED`
   */
  assertMatches(known: KnownRequest): void
  /** Releases the key if no job was created with it. Twice: does nothing. */
  release(): Promise<void>
}

/** The part of a claim that only submissions use. */
export interface OpenClaim extends KeyClaim {
  readonly tenant: string
  /**
   * Returns the id of the job that the same request created before; undefined if there is none.
   * @throws LadingError `IDEMPOTENCY_KEY_REUSED` for another request
   */
  earlierJob(job: JobRequest): string | undefined
  /**
   * Records the job, in the transaction that creates it.
   * @throws LadingError `IDEMPOTENCY_IN_PROGRESS` if the claim was lost
   */
  settle(client: Client, job: JobRequest): Promise<void>
}

const openClaims = new WeakMap<KeyClaim, OpenClaim>()

/** @throws LadingError `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED` */
export async function claimKey(
  tenantKey: TenantKey,
  kind: JobKind,
  store: KeyStore,
  leaseSeconds: number,
): Promise<KeyClaim> {
  checkKey(tenantKey.key)
  const claim = randomUUID()
  const used = await store.claim(tenantKey, kind, claim)
  const claimed =
    used === undefined
      ? newClaim(tenantKey, claim, store, leaseSeconds)
      : { ...replayClaim(used), tenant: tenantKey.tenant }
  claimed.assertMatches({ kind })
  const { isReplay, assertMatches, release } = claimed
  const publicClaim: KeyClaim = { isReplay, assertMatches, release }
  openClaims.set(publicClaim, claimed)
  return publicClaim
}

/** @throws LadingError `OPTION_INVALID` for an object that `claimKey` did not return, or returned for another tenant */
export function openClaim(claim: KeyClaim, tenant: string): OpenClaim {
  const known = openClaims.get(claim)
  if (known?.tenant === tenant) return known
  if (known !== undefined) {
    throw new LadingError('OPTION_INVALID', 'The idempotency key was claimed for another tenant.')
  }
  throw new LadingError('OPTION_INVALID', 'The idempotency key must be text, or what claimKey returned.')
}

export interface KeyContext {
  readonly keys: KeyStore
  readonly leaseSeconds: number
}

/** A text key is claimed for this submission only; a claim stays with its caller. */
export async function withKey<Result>(
  {
    idempotencyKey: key,
    caller,
  }: { idempotencyKey?: string | KeyClaim | undefined; caller?: Caller | undefined },
  kind: JobKind,
  { keys, leaseSeconds }: KeyContext,
  submit: (claim: OpenClaim | undefined) => Promise<Result>,
): Promise<Result> {
  if (key === undefined) return submit(undefined)
  const tenant = caller?.tenant ?? ''
  if (typeof key !== 'string') return submit(openClaim(key, tenant))
  const claim = await claimKey({ tenant, key }, kind, keys, leaseSeconds)
  try {
    return await submit(openClaim(claim, tenant))
  } finally {
    await claim.release()
  }
}

/** @throws LadingError `IDEMPOTENCY_KEY_INVALID` */
export function checkKey(key: string): void {
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return
  throw new LadingError(
    'IDEMPOTENCY_KEY_INVALID',
    'An idempotency key must be 1 to 255 printable ASCII characters.',
  )
}

function newClaim(key: TenantKey, claim: string, store: KeyStore, leaseSeconds: number): OpenClaim {
  // A failed renewal need not lose the lease; `settle` checks that.
  const renew = () => void store.renew(key, claim).catch(() => undefined)
  const renewTimer = setInterval(renew, (leaseSeconds * 1000) / 3)
  let isReleased = false
  return {
    tenant: key.tenant,
    isReplay: false,
    assertMatches: () => undefined,
    earlierJob: () => undefined,
    async settle(client, job) {
      if (isReleased) throw inProgress()
      await store.settle(client, key, claim, { jobId: job.id, request: requestOf(job) })
    },
    async release() {
      if (isReleased) return
      isReleased = true
      clearInterval(renewTimer)
      // If the key cannot be released now, it becomes free when its lease expires.
      await store.drop(key, claim).catch(() => undefined)
    },
  }
}

function replayClaim({ kind, jobId, request }: UsedKey): Omit<OpenClaim, 'tenant'> {
  const expect = (known: KnownRequest) => {
    const earlier: KnownRequest = { ...request, kind }
    for (const [name, value] of Object.entries(known)) {
      const [now, then] = [value, earlier[name]].map(one => normalized(kind, name, one))
      if (!isDeepStrictEqual(now, then)) throw reused()
    }
  }
  return {
    isReplay: true,
    assertMatches: expect,
    earlierJob(job) {
      const now = requestOf(job)
      const names = [...Object.keys(request), ...Object.keys(now)]
      expect(Object.fromEntries(names.map(name => [name, now[name]])))
      return jobId
    },
    settle: () => Promise.reject(reused()),
    release: () => Promise.resolve(),
  }
}

/** The facts that distinguish requests: the options and the file. */
function requestOf({ id: _id, options, source, remote, ...rest }: JobRequest): KnownRequest {
  const { maxBytes: _serverLimit, ...importOptions } = options
  const { key: _storageKey, storage: _storageId, ...file } = source ?? { key: '' }
  // The URL may hold a secret, so only its hash is kept with the key.
  const urlHash = remote && createHash('sha256').update(remote.url).digest('hex')
  // Normalizes through JSON, because the stored request it is compared with went through JSON.
  return JSON.parse(JSON.stringify({ ...importOptions, ...rest, ...file, urlHash }))
}

/** Asking for a default explicitly equals not asking for it. */
const defaultOf: Readonly<Record<JobKind, KnownRequest>> = {
  import: { ...defaultsOf(importOptionsSchema), metadata: {} },
  export: { ...defaultsOf(shapeSchema), metadata: {} },
}

function normalized(kind: JobKind, name: string, value: unknown): unknown {
  return isDeepStrictEqual(value, defaultOf[kind][name]) ? undefined : value
}

function reused(): LadingError {
  return new LadingError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key was used for another request; send each request with a key of its own.',
  )
}
