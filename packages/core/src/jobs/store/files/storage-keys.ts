// Keys of job files in the storage: grouped by a hash of the tenant, which does not reveal it.
import { createHash, randomUUID } from 'node:crypto'

/** Key of an uploaded file. */
export function uploadKey(tenant = ''): string {
  return `imports/${folderOf(tenant)}${randomUUID()}/source`
}

/**
 * Key of the file that an export attempt writes. The janitor reads the job id and the token from it
 * (`janitor-sql.ts`).
 */
export function exportKey(job: { id: string; token: string; tenant: string }, ending: string): string {
  return `exports/${folderOf(job.tenant)}${job.id}/${job.token}${ending}`
}

/** A tenant may be any text, which a key may not; and keys appear in the logs of storages. */
function folderOf(tenant: string): string {
  return tenant === '' ? '' : `t-${createHash('sha256').update(tenant).digest('hex').slice(0, 32)}/`
}
