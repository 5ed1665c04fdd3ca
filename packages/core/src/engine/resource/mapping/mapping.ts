// The mapping of one upload: names that its file uses → fields, before the names that the resource knows.
import { LadingError } from '../../../errors/lading-error.ts'
import { escapeInvisible } from '../../../util/text/invisible.ts'
import { nearest } from '../../../util/text/suggest.ts'
import type { Resource } from '../define.ts'
import type { Field } from '../field.ts'
import { spelling } from './spelling.ts'

/** Names of a file → names or aliases of fields. */
export type Mapping = Readonly<Record<string, string>>

/** Field by any of its names. A Map, so that `constructor` is an unknown name like any other. */
export function fieldsByName({ inputs }: Resource): ReadonlyMap<string, Field> {
  const byName = new Map<string, Field>()
  for (const field of inputs) {
    for (const name of [field.name, ...field.aliases]) byName.set(spelling(name), field)
  }
  return byName
}

/** Names that a sentence may suggest: those of hidden fields are told to nobody. */
export function knownNames({ inputs }: Resource): readonly string[] {
  return inputs.filter(({ hidden }) => !hidden).flatMap(({ name, aliases }) => [name, ...aliases])
}

/**
 * Field by the names that the file uses.
 *
 * @throws LadingError `OPTION_INVALID` naming what is no field, or is mapped twice
 */
export function mappedFields(resource: Resource, mapping: Mapping): ReadonlyMap<string, Field> {
  const byName = fieldsByName(resource)
  const mapped = new Map<string, Field>()
  const names = new Map<Field, string>()
  for (const [given, target] of Object.entries(mapping)) {
    const field = byName.get(spelling(target))
    if (field === undefined) {
      const hint = nearest(target.trim(), knownNames(resource))
      throw invalid(
        `maps "${shown(given)}" to "${shown(target)}", which is no field of ${resource.name}${hint ? `; did you mean "${hint}"?` : '.'}`,
      )
    }
    if (spelling(given) === '') throw invalid('maps a name that is empty.')
    if (mapped.has(spelling(given))) throw invalid(`maps "${shown(given)}" twice; map it once.`)
    const twin = names.get(field)
    if (twin !== undefined) {
      throw invalid(
        `maps both "${shown(twin)}" and "${shown(given)}" to "${shown(target)}"; map one of them.`,
      )
    }
    mapped.set(spelling(given), field)
    names.set(field, given)
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

/** A name in a sentence: cut, because hostile ones have any length, and with what cannot be seen escaped. */
export function shown(name: string): string {
  return escapeInvisible(name.length <= 63 ? name : `${name.slice(0, 60)}…`)
}
