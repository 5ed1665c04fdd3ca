// Where the files of jobs lie in the storage: below a name of their tenant, which tells nobody who that is.
import { createHash, randomUUID } from 'node:crypto'

/** Of a file that was sent. */
export function uploadKey(tenant = ''): string {
  return `imports/${folderOf(tenant)}${randomUUID()}/source`
}

/** Of what an attempt at an export writes. The janitor finds the job and the token in it (`janitor-sql.ts`). */
export function exportKey(job: { id: string; token: string; tenant: string }, ending: string): string {
  return `exports/${folderOf(job.tenant)}${job.id}/${job.token}${ending}`
}

/** A tenant is any text, and a key is not; besides, keys stand in the logs of storages. */
function folderOf(tenant: string): string {
  return tenant === '' ? '' : `t-${createHash('sha256').update(tenant).digest('hex').slice(0, 32)}/`
}
