// What Lading counts and times: the contract between the code that reports events and the code that publishes them.

export type WorkKind = 'import' | 'export'

/** What the janitor deletes: expired files of exports and sources of imports, and leftovers of crashed processes. */
export type CleanedKind = 'export_file' | 'spool' | 'job' | 'idempotency_key' | 'orphan' | 'unfinished'

/** The result of verifying a stored file. */
export type VerifiedState = 'whole' | 'corrupt' | 'missing' | 'elsewhere'

/**
 * Called as events happen. An implementation bounds every label, whatever it receives, and does no I/O during a call.
 * An error that it throws is logged, and fails neither a job nor a request. Every call counts, repeated ones too.
 */
export interface Metrics {
  /** A response was sent, or its connection broke. */
  httpRequest(facts: {
    readonly method: string
    /** The template, such as `/v1/imports/:job_id`; undefined where no route matched. Never the path itself. */
    readonly route: string | undefined
    readonly status: number
    readonly seconds: number
  }): void

  /** This process started working on a job. */
  jobStarted(facts: { readonly kind: WorkKind }): void

  /** This process stopped working on a job, because the job ended, was released, or was taken over. */
  jobStopped(facts: { readonly kind: WorkKind }): void

  /** A job ended. Reported once per end, by the process that ended it, even if no worker had started it. */
  jobEnded(facts: {
    readonly kind: WorkKind
    readonly resource: string
    /** `completed`, `failed` or `cancelled`. */
    readonly status: string
    /** How long workers held the job, without the pauses between its attempts. */
    readonly seconds: number
  }): void

  /** Records were judged or written. Each counts once, at the end of its job, however many attempts that took. */
  records(facts: {
    readonly kind: WorkKind
    readonly resource: string
    /** `successful` or `failed`. */
    readonly status: string
    readonly count: number
  }): void

  /** How many jobs of this process wait for shared infrastructure now, by what they wait for. */
  waiting?(facts: { readonly code: string; readonly jobs: number }): void

  /** The janitor deleted `count` objects. */
  cleaned?(facts: { readonly kind: CleanedKind; readonly count: number }): void

  /** A stored file was read again and compared with what was recorded. */
  verified?(facts: { readonly state: VerifiedState; readonly bytes: number }): void
}
