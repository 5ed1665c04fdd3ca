// GET /openapi.json: this service, described for programs.
import { json } from '../message.ts'
import type { Handler } from '../service.ts'

export const openApi: Handler = (request, service) =>
  json(200, { ...service.openApi(), servers: [{ url: request.mount || '/' }] })
