// The mapping of one upload: names used in its file → fields. It takes precedence over the names of the resource.
import { LadingError } from '../../../errors/lading-error.ts'
import { escapeInvisible } from '../../../util/text/invisible.ts'
import { nearest } from '../../../util/text/suggest.ts'
import type { Resource } from '../define.ts'
import type { Field } from '../field.ts'
import { normalizeName } from './spelling.ts'

/** Names of a file → names or aliases of fields. */
export type Mapping = Readonly<Record<string, string>>

/** Fields by any of their names. A Map, so that `constructor` is an unknown name like any other. */
export function fieldsByName({ inputs }: Resource): ReadonlyMap<string, Field> {
  const byName = new Map<string, Field>()
  for (const field of inputs) {
    for (const name of [field.name, ...field.aliases]) byName.set(normalizeName(name), field)
  }
  return byName
}

/** Names that a message may suggest: all but those of hidden fields. */
export function knownNames({ inputs }: Resource): readonly string[] {
  return inputs.filter(({ hidden }) => !hidden).flatMap(({ name, aliases }) => [name, ...aliases])
}

/**
 * Fields by the names used in the file.
 *
 * @throws LadingError `OPTION_INVALID` for a target that is not a field, an empty name, or two names for one field
 */
export function mappedFields(resource: Resource, mapping: Mapping): ReadonlyMap<string, Field> {
  const byName = fieldsByName(resource)
  const mapped = new Map<string, Field>()
  const names = new Map<Field, string>()
  for (const [name, target] of Object.entries(mapping)) {
    const field = byName.get(normalizeName(target))
    if (field === undefined) {
      const hint = nearest(target.trim(), knownNames(resource))
      throw invalid(
        `maps "${quoteName(name)}" to "${quoteName(target)}", which is not a field of ${resource.name}${hint ? `; did you mean "${hint}"?` : '.'}`,
      )
    }
    if (normalizeName(name) === '') throw invalid('maps a name that is empty.')
    if (mapped.has(normalizeName(name))) throw invalid(`maps "${quoteName(name)}" twice; map it once.`)
    const previous = names.get(field)
    if (previous !== undefined) {
      throw invalid(
        `maps both "${quoteName(previous)}" and "${quoteName(name)}" to "${quoteName(target)}"; map one of them.`,
      )
    }
    mapped.set(normalizeName(name), field)
    names.set(field, name)
  }
  return mapped
}

/** Checks a mapping before any file is read. @throws LadingError `OPTION_INVALID` */
export function checkMapping(resource: Resource, mapping: Mapping): void {
  mappedFields(resource, mapping)
}

function invalid(what: string): LadingError {
  return new LadingError('OPTION_INVALID', `The option mapping ${what}`)
}

/** A name for use in a message: cut, because hostile names have any length, with invisible characters escaped. */
export function quoteName(name: string): string {
  return escapeInvisible(name.length <= 63 ? name : `${name.slice(0, 60)}…`)
}
