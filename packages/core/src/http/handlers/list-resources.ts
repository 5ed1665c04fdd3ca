// GET /v1/resources: what can be imported and exported, with the JSON Schema of its records.
import type { Resource } from '../../resource/define.ts'
import { json } from '../message.ts'
import type { Handler } from '../service.ts'

const formats = ['csv', 'ndjson', 'json']

export const listResources: Handler = (_request, { registry }) =>
  json(200, { resources: registry.all.map(described) })

function described({ name, fields, keys, references }: Resource): object {
  return {
    name,
    schema: recordSchema(fields),
    keys: keys.map(key => ({
      fields: key.fields.map(field => field.name),
      ignore_case: key.ignoreCase,
      code: key.code,
    })),
    references: references.map(({ field, table, column, code, standIns }) => ({
      field: field.name,
      table,
      column,
      code,
      by: Object.fromEntries(standIns.map(standIn => [standIn.field.name, standIn.column])),
    })),
    filters: fields.map(field => field.name),
    formats: { import: formats, export: formats },
  }
}

function recordSchema(fields: Resource['fields']): object {
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(({ name, schema, nullable, readOnly }) => [
        name,
        { ...(nullable ? { anyOf: [schema, { type: 'null' }] } : schema), ...(readOnly && { readOnly }) },
      ]),
    ),
    required: fields.filter(field => field.required).map(field => field.name),
  }
}
