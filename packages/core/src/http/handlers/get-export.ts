// GET /v1/exports/:job_id: how far it is, and where its file will be.
import { withExport } from '../found-job.ts'
import { json } from '../message.ts'
import { exportJob } from '../wire.ts'

export const getExport = withExport((job, request) => json(200, exportJob(job, request.mount)))
