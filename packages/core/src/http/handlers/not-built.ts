// Endpoints that are documented and not built yet say so.
import { jobId } from '../found-job.ts'
import { notYet } from '../not-yet.ts'
import type { Handler } from '../service.ts'

/** @param what the beginning of a sentence */
export const notBuilt =
  (what: string): Handler =>
  request => {
    jobId(request)
    throw notYet(what)
  }
