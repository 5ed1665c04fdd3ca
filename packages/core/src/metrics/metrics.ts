// What Lading counts and times: the contract between those who know something happened and those who publish it.

export type WorkKind = 'import' | 'export'

/** What the janitor deletes: files of exports and sources of imports after their time, and what the dead have left. */
export type CleanedKind = 'export_file' | 'spool' | 'job' | 'idempotency_key' | 'orphan' | 'unfinished'

/** What has become of a stored file. */
export type VerifiedState = 'whole' | 'corrupt' | 'missing' | 'elsewhere'

/**
 * Called as things happen. An implementation keeps every label within a bound whatever it is given, does no I/O
 * while it is called. What it throws is for the log, and fails neither a job nor a request. Each call counts, also when repeated.
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

  /** This process began to work on a job. */
  jobStarted(facts: { readonly kind: WorkKind }): void

  /** This process stopped working on a job: it has ended, was given back, or was taken over. */
  jobStopped(facts: { readonly kind: WorkKind }): void

  /** A job ended, told by the process that ended it: once for each end, also where nobody had worked on it. */
  jobEnded(facts: {
    readonly kind: WorkKind
    readonly resource: string
    /** `completed`, `failed` or `cancelled`. */
    readonly status: string
    /** The time in which workers had it, without the pauses between its attempts. */
    readonly seconds: number
  }): void

  /** Records were judged or written: each once, told at the end of their job, however many attempts that took. */
  records(facts: {
    readonly kind: WorkKind
    readonly resource: string
    /** `successful` or `failed`. */
    readonly status: string
    readonly count: number
  }): void

  /** So many jobs of this process wait for shared infrastructure now, by what they wait for. */
  waiting?(facts: { readonly code: string; readonly jobs: number }): void

  /** The janitor has deleted so many. */
  cleaned?(facts: { readonly kind: CleanedKind; readonly count: number }): void

  /** A stored file was read once more and compared with what was stored. */
  verified?(facts: { readonly state: VerifiedState; readonly bytes: number }): void
}
