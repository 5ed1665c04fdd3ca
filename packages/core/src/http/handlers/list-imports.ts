// GET /v1/imports: the imports of the caller's tenant, newest first, in pages.
import type { Job, JobStatus } from '../../jobs/store/job.ts'
import type { Handler } from '../http-service.ts'
import { redactJob } from '../response/redact-error.ts'
import { json } from '../wire/message.ts'
import { queryPairs, readOptions } from '../wire/parameters.ts'
import { importJob } from '../wire/representation.ts'
import { listOptions } from '../wire/schemas.ts'

export const listImports: Handler = async (request, service) => {
  const { jobs, registry } = service
  const options = readOptions(listOptions, queryPairs(request.rawQuery))
  const { access } = request
  if (options.resource !== undefined) await access.permit(registry.get(options.resource).name)
  const names = registry.all.map(({ name }) => name)
  const allowed = options.resource === undefined ? await access.permitted(names) : names
  // The schema has checked that it is one of the states.
  const status = options.status as JobStatus | undefined
  const page = await jobs.list({
    kind: 'import',
    ...options,
    status,
    tenant: access.tenant,
    // A caller who may see all resources may also see jobs of one that no longer exists.
    ...(allowed.length < names.length && { resources: allowed }),
  })
  const shown: Job[] = []
  for (const job of page.jobs) shown.push(await redactJob(job, request, service))
  return json(200, {
    jobs: shown.map(job => importJob(job, request.mount)),
    next_cursor: page.nextCursor,
  })
}
