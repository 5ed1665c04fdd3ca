// Named places in the code at which a test may end the process, to see what is left then.

/** In the order in which a job comes past them. What each one stands for is in `docs/reliability.md`. */
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

/** Does nothing unless a test has set a hook: no environment is read here, and nothing is looked up. */
export function failpoint(name: Failpoint): void {
  hook?.(name)
}

/** Twice: the last one counts. @param next undefined: none any more */
export function setFailpoints(next: ((name: Failpoint) => void) | undefined): void {
  hook = next
}
