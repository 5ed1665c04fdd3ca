// A job before there is one.
import type { Caller } from '../../engine/resource/definition.ts'
import type { JobKind } from './job.ts'

/** A file that is here, and the identity of the storage in which it lies, if that has one. */
export interface SpooledSource {
  readonly key: string
  readonly size: number
  readonly sha256: string
  readonly storage?: string | undefined
}

export interface NewJob {
  readonly id: string
  readonly kind: JobKind
  readonly resource: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  /** Who asked, as far as the host has found out. */
  readonly caller?: Caller | undefined
  /** It waits until this one has completed. */
  readonly after?: string | undefined
  /** The same for all imports of one bundle. */
  readonly bundle?: string | undefined
  readonly source?: SpooledSource | undefined
  /** Where a worker fetches the source. The URL may hold a secret. */
  readonly remote?: { readonly url: string } | undefined
}

/** What one request asked for, which may be several jobs; then it has the id of the last one. */
export type JobRequest = Omit<NewJob, 'resource' | 'bundle'> & { readonly resource?: string }
