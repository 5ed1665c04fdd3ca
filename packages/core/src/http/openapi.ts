// The route table → an OpenAPI 3.1 document, built from the schemas that check the requests.
import { type TObject, Type } from '@sinclair/typebox'
import type { Route } from './routes.ts'
import { importFromUrl } from './wire/schemas.ts'

const problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable; programs match on it.' }),
  detail: Type.String({ description: 'One sentence for people.' }),
  error: Type.String({ description: 'The same as detail.' }),
  request_id: Type.String(),
})

const file = { type: 'string', contentMediaType: 'application/octet-stream' }

/** Every parameter that is not an option filters on the field of that name. */
const filters = {
  name: 'filters',
  in: 'query',
  style: 'form',
  explode: true,
  description:
    'Filters on fields, all of which must hold: role=admin, again for several values; created_at.gte=, .gt, .lte, .lt for bounds; published_at.null=true or false.',
  schema: {
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  },
}

/** @param securitySchemes OpenAPI security schemes by name; any one of them is enough */
export function openApiDocument(
  routes: readonly Route[],
  securitySchemes: Readonly<Record<string, object>> = {},
): object {
  const schemeNames = Object.keys(securitySchemes)
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Bulk import and export', version: '1' },
    paths,
    ...(schemeNames.length > 0 && { security: schemeNames.map(name => ({ [name]: [] })) }),
    components: { schemas: { Problem: problem }, ...(schemeNames.length > 0 && { securitySchemes }) },
  }
}

function operation(route: Route): object {
  const { status = 200, summary, query, responseSchema } = route
  return {
    summary,
    operationId: operationId(route),
    parameters: [...pathParameters(route.path), ...(query === undefined ? [] : queryParameters(query))],
    ...(bodyOf(route) && { requestBody: { required: true, content: bodyOf(route) } }),
    responses: {
      [status]: {
        description: 'Success.',
        ...(responseSchema && { content: { 'application/json': { schema: responseSchema } } }),
      },
      default: {
        description: 'What went wrong.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function operationId({ method, path }: Route): string {
  const words = path
    .replace('/v1', '')
    .split(/[^A-Za-z]+/)
    .filter(word => word !== '')
  return [method.toLowerCase(), ...words].join('_')
}

function pathParameters(path: string): readonly object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }))
}

function queryParameters(schema: TObject): readonly object[] {
  const named = Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }))
  return schema.additionalProperties === false ? named : [...named, filters]
}

function bodyOf({ method, path, query, body }: Route): object | undefined {
  if (body !== undefined) return { 'application/json': { schema: body } }
  if (method !== 'POST' || query === undefined || path !== '/v1/imports') return undefined
  const form = { ...query, properties: { ...query.properties, file }, required: ['file'] }
  return {
    'multipart/form-data': { schema: form },
    'application/json': { schema: importFromUrl },
    'text/csv': { schema: file },
    'text/tab-separated-values': { schema: file },
    'application/x-ndjson': { schema: file },
    'application/gzip': { schema: file },
  }
}
