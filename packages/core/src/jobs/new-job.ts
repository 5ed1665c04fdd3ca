// A job before there is one.
import type { JobKind } from './job.ts'

export interface NewJob {
  readonly id: string
  readonly kind: JobKind
  readonly resource: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  /** It waits until this one has completed. */
  readonly after?: string | undefined
  readonly source?: { readonly key: string; readonly size: number; readonly sha256: string } | undefined
  /** Where a worker fetches the source. The URL may hold a secret. */
  readonly remote?: { readonly url: string } | undefined
}
