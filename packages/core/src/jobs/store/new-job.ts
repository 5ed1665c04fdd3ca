// A job to be inserted.
import type { Caller } from '../../engine/resource/definition.ts'
import type { JobKind } from './job.ts'

/** A stored file, and the identity of its storage if it has one. */
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
  /** The caller, as the host has identified it. */
  readonly caller?: Caller | undefined
  /** Id of the job that must complete first. */
  readonly after?: string | undefined
  /** The same for all imports of one bundle. */
  readonly bundle?: string | undefined
  readonly source?: SpooledSource | undefined
  /** URL from which a worker fetches the source. It may hold a secret. */
  readonly remote?: { readonly url: string } | undefined
}

/** The request, which may create several jobs; then it has the id of the last one. */
export type JobRequest = Omit<NewJob, 'resource' | 'bundle'> & { readonly resource?: string }
