// A resource → the resource as files may fill it, when a caller's scope fixes some of its fields.
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

/** A fixed field is not required in a file. If it is also hidden, its name counts as unknown. */
export function fieldsInFiles(resource: Resource, fixed: readonly Field[]): Resource {
  if (fixed.length === 0) return resource
  const inFiles = (field: Field) => (fixed.includes(field) ? { ...field, required: false } : field)
  return {
    ...resource,
    fields: resource.fields.map(inFiles),
    inputs: resource.inputs.filter(field => !(field.hidden && fixed.includes(field))).map(inFiles),
  }
}
