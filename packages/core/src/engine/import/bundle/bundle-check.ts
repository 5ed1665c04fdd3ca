// A bundle's manifest against the resources that are here: what could not be read back is told before it is read.

import { LadingError } from '../../../errors/lading-error.ts'
import type { ManifestEntry } from '../../format/bundle/manifest.ts'
import { typeName } from '../../format/bundle/manifest.ts'
import type { Resource } from '../../resource/define.ts'
import type { Field } from '../../resource/field.ts'
import { fieldsInFiles } from '../../resource/fields-in-files.ts'
import { fingerprint } from '../../resource/fingerprint.ts'

/**
 * What differs in rules, such as a longer text, is judged record by record, as in any other file.
 *
 * @param fixed fields that the caller's scope fills
 * @throws LadingError `BUNDLE_MISMATCH` naming every field that is missing on either side, masked, or of another type
 */
export function checkEntry(
  resource: Resource,
  { fields, fingerprint: printed }: ManifestEntry,
  fixed: readonly Field[],
): void {
  // Then all that was printed in full can be read back. What was not printed at all, both definitions may require.
  const isSame = printed === fingerprint(resource)
  const seen = fieldsInFiles(resource, fixed)
  const here = new Map(seen.inputs.flatMap(field => namesOf(field).map(name => [name, field] as const)))
  const given = new Set<Field>()
  const problems: string[] = []
  for (const { name, type, masked } of fields) {
    const field = here.get(name.toLowerCase())
    if (field === undefined) {
      if (!isSame) problems.push(`it has the field "${name}", which is none here`)
      continue
    }
    given.add(field)
    const wanted = typeName(field.type)
    if (wanted !== type) problems.push(`its field "${name}" is ${type}, and here it is ${wanted}`)
    if (masked === true && !field.readOnly) problems.push(`its field "${name}" ${stars}`)
  }
  const isGiven = (field: Field) =>
    given.has(field) || [...given].some(({ standsFor }) => standsFor?.name === field.name)
  for (const field of seen.fields) {
    if (field.required && !isGiven(field))
      problems.push(`it lacks the field "${field.name}", which is required here`)
  }
  if (problems.length === 0) return
  throw new LadingError(
    'BUNDLE_MISMATCH',
    `The bundle does not fit the resource "${resource.name}": ${problems.join('; ')}. Nothing of it was imported; unpack it, and import its file with a mapping.`,
  )
}

const stars =
  'is masked, and stars would take the place of values (print it without the mask, or leave the field out of its file)'

function namesOf({ name, aliases }: Field): readonly string[] {
  return [name, ...aliases].map(one => one.toLowerCase())
}
