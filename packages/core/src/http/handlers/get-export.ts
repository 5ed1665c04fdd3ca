// GET /v1/exports/:job_id: how far it is, and where its file will be.

import { json } from '../wire/message.ts'
import { exportJob } from '../wire/representation.ts'
import { withExport } from './found-job.ts'

export const getExport = withExport((job, request) => json(200, exportJob(job, request.mount)))
