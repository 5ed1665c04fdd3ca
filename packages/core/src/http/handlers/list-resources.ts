// GET /v1/resources: what can be imported and exported, with the JSON Schema of its records.
import { defaultFields, fieldsFor, isOrdered } from '../../engine/export/selection/export-fields.ts'
import { exportFormats } from '../../engine/export/selection/selection-schema.ts'
import type { Joined, Resource } from '../../engine/resource/define.ts'
import type { Field } from '../../engine/resource/field.ts'
import type { Handler } from '../http-service.ts'
import { json } from '../wire/message.ts'

const formats = ['csv', 'ndjson', 'json']

export const listResources: Handler = async ({ access }, { registry }) => {
  const allowed = await access.permitted(registry.all.map(({ name }) => name))
  return json(200, { resources: registry.all.filter(({ name }) => allowed.includes(name)).map(described) })
}

/** Hidden fields are left out, though a file may have them. */
function described(resource: Resource): object {
  const { name, keys, references } = resource
  const fields = resource.fields.filter(({ hidden }) => !hidden)
  const isKnown = (field: Field) => !field.hidden
  return {
    name,
    schema: recordSchema(fields),
    keys: keys
      .filter(key => key.fields.every(isKnown))
      .map(key => ({
        fields: key.fields.map(nameOf),
        ignore_case: key.ignoreCase,
        code: key.code,
      })),
    references: references
      .filter(({ field }) => isKnown(field))
      .map(({ field, table, column, code, lookupFields, joined }) => ({
        field: field.name,
        table,
        column,
        code,
        by: Object.fromEntries(lookupFields.filter(one => isKnown(one.field)).map(namedColumn)),
        show: Object.fromEntries(
          joined.filter(one => isKnown(one.field) && !lookupFields.includes(one)).map(namedColumn),
        ),
      })),
    filters: fieldsFor(resource, 'filter').map(nameOf),
    ranges: fieldsFor(resource, 'filter').filter(isOrdered).map(nameOf),
    sort: fieldsFor(resource, 'sort').map(nameOf),
    fields: { default: defaultFields(resource).map(nameOf), all: fieldsFor(resource, 'print').map(nameOf) },
    formats: { import: formats, export: exportFormats },
  }
}

const nameOf = ({ name }: Field): string => name

const namedColumn = ({ field, column }: Joined): [string, string] => [field.name, column]

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
