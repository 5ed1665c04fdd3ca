// GET /openapi.json: this service, described for programs.

import type { Handler } from '../service.ts'
import { json } from '../wire/message.ts'

export const openApi: Handler = (request, service) =>
  json(200, { ...service.openApi(), servers: [{ url: request.mount || '/' }] })
