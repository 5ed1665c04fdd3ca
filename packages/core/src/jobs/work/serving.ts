// Workers that import say, again and again, that their storage has some.
import type { Pool } from '../../postgres/pool/client.ts'
import { pause } from '../../queue/wake.ts'
import { serve } from '../store/files/served-storages.ts'

export interface ServingOptions {
  readonly pool: Pool
  /** Identity of the storage; undefined: no job is for it alone. */
  readonly place: string | undefined
  readonly leaseSeconds: number
  readonly signal: AbortSignal
  /** Hears of what could not be said; the next time may work. */
  readonly onError: (error: unknown) => void
}

/** For as long as two leases after the last time, so that a restart or a slow database is no alarm. */
const leases = 2

export async function keepReportingStorage(options: ServingOptions): Promise<void> {
  const { pool, place, leaseSeconds, signal, onError } = options
  if (place === undefined) return
  while (!signal.aborted) {
    await serve(pool, place, leases * leaseSeconds).catch(onError)
    await pause((leaseSeconds * 1000) / leases, signal)
  }
}
