// GET /openapi.json: the OpenAPI document of this service.
import type { Handler } from '../http-service.ts'
import { json } from '../wire/message.ts'

export const openApi: Handler = (request, service) =>
  json(200, { ...service.openApi(), servers: [{ url: request.mount || '/' }] })
