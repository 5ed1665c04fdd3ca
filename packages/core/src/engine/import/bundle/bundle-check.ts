// Compares a bundle's manifest with the resources: reports what could not be imported before reading it.

import { LadingError } from '../../../errors/lading-error.ts'
import type { ManifestEntry } from '../../format/bundle/manifest.ts'
import { typeName } from '../../format/bundle/manifest.ts'
import type { Resource } from '../../resource/define.ts'
import type { Field } from '../../resource/field.ts'
import { fieldsInFiles } from '../../resource/fields-in-files.ts'
import { fingerprint } from '../../resource/fingerprint.ts'

/**
 * Different rules, such as a maximum length, do not count here: records are validated one by one, as in any other file.
 *
 * @param fixed fields that the caller's scope fills
 * @throws LadingError `BUNDLE_MISMATCH` naming every field that is missing on either side, masked, or of another type
 */
export function checkManifestEntry(
  resource: Resource,
  { fields, fingerprint: bundleFingerprint }: ManifestEntry,
  fixed: readonly Field[],
): void {
  // With the same definition everything that was printed in full can be imported. Unprinted fields may still be required.
  const isSameDefinition = bundleFingerprint === fingerprint(resource)
  const fileFields = fieldsInFiles(resource, fixed)
  const fieldsByName = new Map(
    fileFields.inputs.flatMap(field => namesOf(field).map(name => [name, field] as const)),
  )
  const fieldsInBundle = new Set<Field>()
  const problems: string[] = []
  for (const { name, type, masked } of fields) {
    const field = fieldsByName.get(name.toLowerCase())
    if (field === undefined) {
      if (!isSameDefinition) problems.push(`its field "${name}" does not exist here`)
      continue
    }
    fieldsInBundle.add(field)
    const expected = typeName(field.type)
    if (expected !== type) problems.push(`its field "${name}" is ${type}, and here it is ${expected}`)
    if (masked === true && !field.readOnly) problems.push(`its field "${name}" ${maskedProblem}`)
  }
  const isInBundle = (field: Field) =>
    fieldsInBundle.has(field) || [...fieldsInBundle].some(({ standsFor }) => standsFor?.name === field.name)
  for (const field of fileFields.fields) {
    if (field.required && !isInBundle(field))
      problems.push(`it lacks the field "${field.name}", which is required here`)
  }
  if (problems.length === 0) return
  throw new LadingError(
    'BUNDLE_MISMATCH',
    `The bundle does not fit the resource "${resource.name}": ${problems.join('; ')}. Nothing was imported; unpack it, and import its file with a mapping.`,
  )
}

const maskedProblem =
  'is masked, so stars would replace values (export it without the mask, or leave the field out of its file)'

function namesOf({ name, aliases }: Field): readonly string[] {
  return [name, ...aliases].map(one => one.toLowerCase())
}
