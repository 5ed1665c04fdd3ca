// A resource as a file may fill it, where a caller's scope fixes some of its fields.
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

/** No file has to hold a field that is fixed; one that is hidden too is a name like any unknown one. */
export function fieldsInFiles(resource: Resource, fixed: readonly Field[]): Resource {
  if (fixed.length === 0) return resource
  const seen = (field: Field) => (fixed.includes(field) ? { ...field, required: false } : field)
  return {
    ...resource,
    fields: resource.fields.map(seen),
    inputs: resource.inputs.filter(field => !(field.hidden && fixed.includes(field))).map(seen),
  }
}
