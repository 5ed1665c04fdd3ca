// Periodically records that this storage has import workers.
import type { Pool } from '../../postgres/pool/checkout.ts'
import { pause } from '../../queue/wake.ts'
import { markServed } from '../store/files/served-storages.ts'

export interface ServingOptions {
  readonly pool: Pool
  /** Identity of the storage; undefined if it has none, so that no job needs it. */
  readonly storageId: string | undefined
  readonly leaseSeconds: number
  readonly signal: AbortSignal
  /** Called when it could not be recorded; the next time may succeed. */
  readonly onError: (error: unknown) => void
}

/** A record is valid for two leases, so that a restart or a slow database raises no alarm. */
const leaseCount = 2

export async function reportStorage(options: ServingOptions): Promise<void> {
  const { pool, storageId, leaseSeconds, signal, onError } = options
  if (storageId === undefined) return
  while (!signal.aborted) {
    await markServed(pool, storageId, leaseCount * leaseSeconds).catch(onError)
    await pause((leaseSeconds * 1000) / leaseCount, signal)
  }
}
