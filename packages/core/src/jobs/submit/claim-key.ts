// One job for one key: the key is claimed before the request is read, and remembered with the job that came of it.
import { createHash, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/client.ts'
import type { JobKind } from '../store/job.ts'
import type { JobRequest } from '../store/new-job.ts'
import {
  inProgress,
  type KeyStore,
  type KnownRequest,
  type OwnKey,
  type UsedKey,
} from './idempotency-store.ts'

/** A key in the hands of one request, until `giveUp`. */
export interface KeyClaim {
  /** Whether the key was used before: the request can only be answered as the first one was, or refused. */
  readonly isReplay: boolean
  /**
   * Compares what is known of the request so far with the one that used the key. Names are those of the settings
   * of an import; undefined stands for the default.
   *
   * @throws LadingError `IDEMPOTENCY_KEY_REUSED`
   */
  expect(known: KnownRequest): void
  /** Lets others have the key if no job came of it. Twice: does nothing. */
  giveUp(): Promise<void>
}

/** What only submissions do with a claim. */
export interface OpenClaim extends KeyClaim {
  readonly tenant: string
  /** The id of the job that the same request became. @throws LadingError `IDEMPOTENCY_KEY_REUSED` for another request */
  earlierJob(job: JobRequest): string | undefined
  /** Remembers the job, in the transaction that writes it. @throws LadingError `IDEMPOTENCY_IN_PROGRESS` if the claim was lost */
  settle(client: Client, job: JobRequest): Promise<void>
}

const openClaims = new WeakMap<KeyClaim, OpenClaim>()

/** @throws LadingError `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED` */
export async function claimKey(
  own: OwnKey,
  kind: JobKind,
  store: KeyStore,
  leaseSeconds: number,
): Promise<KeyClaim> {
  checkKey(own.key)
  const claim = randomUUID()
  const used = await store.claim(own, kind, claim)
  const claimed =
    used === undefined ? held(own, claim, store, leaseSeconds) : { ...replay(used), tenant: own.tenant }
  claimed.expect({ kind })
  const { isReplay, expect, giveUp } = claimed
  const shown: KeyClaim = { isReplay, expect, giveUp }
  openClaims.set(shown, claimed)
  return shown
}

/** @throws LadingError `OPTION_INVALID` for what `claimKey` did not return, or returned for another tenant */
export function openClaim(claim: KeyClaim, tenant: string): OpenClaim {
  const open = openClaims.get(claim)
  if (open?.tenant === tenant) return open
  if (open !== undefined) {
    throw new LadingError('OPTION_INVALID', 'The idempotency key was claimed for another tenant.')
  }
  throw new LadingError('OPTION_INVALID', 'The idempotency key must be text, or what claimKey returned.')
}

/** @throws LadingError `IDEMPOTENCY_KEY_INVALID` */
export function checkKey(key: string): void {
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return
  throw new LadingError(
    'IDEMPOTENCY_KEY_INVALID',
    'An idempotency key is made of 1 to 255 printable ASCII characters.',
  )
}

function held(key: OwnKey, claim: string, store: KeyStore, leaseSeconds: number): OpenClaim {
  // A renewal that fails is not a lease that is lost; whether it was is asked when the job is written.
  const renew = () => void store.renew(key, claim).catch(() => undefined)
  const heart = setInterval(renew, (leaseSeconds * 1000) / 3)
  let isOver = false
  return {
    tenant: key.tenant,
    isReplay: false,
    expect: () => undefined,
    earlierJob: () => undefined,
    async settle(client, job) {
      if (isOver) throw inProgress()
      await store.settle(client, key, claim, { jobId: job.id, request: requestOf(job) })
    },
    async giveUp() {
      if (isOver) return
      isOver = true
      clearInterval(heart)
      // A key that cannot be given back now is free when its lease has run out.
      await store.drop(key, claim).catch(() => undefined)
    },
  }
}

function replay({ kind, jobId, request }: UsedKey): Omit<OpenClaim, 'tenant'> {
  const expect = (known: KnownRequest) => {
    const earlier: KnownRequest = { ...request, kind }
    for (const [name, value] of Object.entries(known)) {
      if (!isDeepStrictEqual(meaning(name, value), meaning(name, earlier[name]))) throw reused()
    }
  }
  return {
    isReplay: true,
    expect,
    earlierJob(job) {
      const now = requestOf(job)
      const names = [...Object.keys(request), ...Object.keys(now)]
      expect(Object.fromEntries(names.map(name => [name, now[name]])))
      return jobId
    },
    settle: () => Promise.reject(reused()),
    giveUp: () => Promise.resolve(),
  }
}

/** Everything that tells one request from another: what was asked, and what the file was. */
function requestOf({ id: _new, options, source, remote, ...asked }: JobRequest): KnownRequest {
  const { maxBytes: _limitOfTheServer, ...settings } = options
  const { key: _own, storage: _whoseServer, ...file } = source ?? { key: '' }
  // It may hold a secret, and is kept for as long as the key.
  const urlHash = remote && createHash('sha256').update(remote.url).digest('hex')
  // As it will be read: the comparison must not depend on the way through JSON.
  return JSON.parse(JSON.stringify({ ...settings, ...asked, ...file, urlHash }))
}

/** To ask for what is the default anyway is to ask for nothing. */
const defaultOf: KnownRequest = {
  onConflict: 'error',
  dryRun: false,
  atomic: false,
  unknownColumns: 'warn',
  sequences: 'advance',
  compression: 'none',
  excel: false,
  header: true,
  metadata: {},
}

function meaning(name: string, value: unknown): unknown {
  return isDeepStrictEqual(value, defaultOf[name]) ? undefined : value
}

function reused(): LadingError {
  return new LadingError(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key was used for another request; send each request with a key of its own.',
  )
}
