// Named points in the code at which a test can end the process, to check the state it leaves.

/** In the order in which a job reaches them. `docs/reliability.md` describes each one. */
export type Failpoint =
  | 'mid_file'
  | 'before_rename'
  | 'after_spool_before_job_row'
  | 'after_job_row_before_wake'
  | 'after_claim'
  | 'after_last_batch'
  | 'before_done'
  | 'after_rename_before_row'
  | 'after_done'

let hook: ((name: Failpoint) => void) | undefined

/** Calls the hook that a test has set; otherwise does nothing. It reads no environment variables. */
export function failpoint(name: Failpoint): void {
  hook?.(name)
}

/** Sets the hook; a second call replaces it. @param next undefined removes it */
export function setFailpoints(next: ((name: Failpoint) => void) | undefined): void {
  hook = next
}
