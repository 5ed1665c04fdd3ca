// GET /v1/exports/:job_id: the progress of an export, and the URL of its file.
import { json } from '../wire/message.ts'
import { exportJob } from '../wire/representation.ts'
import { withExport } from './found-job.ts'

export const getExport = withExport((job, request) => json(200, exportJob(job, request.mount)))
