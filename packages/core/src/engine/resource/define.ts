// defineResource: describes a table as files see it; compiled once and checked for contradictions.
import type { TObject } from '@sinclair/typebox'
import { LadingError } from '../../errors/lading-error.ts'
import { nearest } from '../../util/text/suggest.ts'
import type {
  FieldDefinition,
  Filters,
  KeyDefinition,
  ReferenceDefinition,
  ResourceDefinition,
} from './definition.ts'
import { codeWord, compileField, type Field, referredName } from './field.ts'
import { compileLookupField, compileShownField, type Joined, type LookupField } from './joined.ts'
import { normalizeName } from './mapping/spelling.ts'
import type { Key, Reference, Resource } from './resource-types.ts'
import { unsupportedOf } from './schema/keywords.ts'
import type { FieldName } from './typed-names.ts'

export type { Joined, Key, LookupField, Reference, Resource }

/**
 * Describes a table as files see it. The TypeBox schema is the one source of truth for names, order, types and rules.
 * An importer or exporter checks it against the catalogue when it starts.
 *
 * @example
 * const users = defineResource('users', {
 *   table: 'users',
 *   schema: Type.Object({ id: Type.Optional(Type.String({ format: 'uuid' })), email: Type.String({ format: 'email' }) }),
 *   key: ['email'],
 * })
 *
 * @throws LadingError `RESOURCE_INVALID` naming the resource and the contradiction.
 */
export function defineResource<
  const Name extends string,
  Schema extends TObject,
  Referring extends FieldName<Schema> = never,
  JoinedName extends string = never,
  Scoped extends object = Filters | Promise<Filters>,
  Printed extends object = Readonly<Record<string, unknown>>,
>(
  name: Name,
  definition: ResourceDefinition<Schema, Referring, JoinedName, Scoped, Printed>,
): Resource<Name, Schema, JoinedName> {
  const { schema, table, key = [] } = definition
  // The keys are those of the schema, which the compiler cannot see through a mapped type over a generic.
  const references = (definition.references ?? {}) as Partial<Record<string, ReferenceDefinition>>
  const options = (definition.fields ?? {}) as Partial<Record<string, FieldDefinition>>
  const fail = (problem: string): never => {
    throw new LadingError('RESOURCE_INVALID', `Resource "${name}": ${problem}`)
  }
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name)) {
    fail('its name must be lower-case letters, digits, "-" and "_", beginning with a letter.')
  }
  const unsupported = unsupportedOf(schema)
  if (unsupported !== undefined) {
    fail(`its schema has the unsupported keyword "${unsupported}"; write it in the resource's own check.`)
  }

  const fields = Object.entries(schema.properties).map(([field, fieldSchema], index) =>
    compileField(field, index, fieldSchema, options[field]),
  )
  const byName = new Map(fields.map(field => [field.name, field]))
  const fieldNamed = (fieldName: string, place: string): Field => {
    const found = byName.get(fieldName)
    if (found !== undefined) return found
    const hint = nearest(fieldName, byName.keys())
    return fail(
      `${place} names "${fieldName}", which is not a field${hint ? `; did you mean "${hint}"?` : '.'}`,
    )
  }

  for (const unknown of Object.keys(options)) fieldNamed(unknown, 'fields')
  assertColumnsDiffer(fields, fail)
  const compiled: Reference[] = []
  const inputs = [...fields]
  for (const [referring, { table, column = 'id', code, by = {}, show = {} }] of definedEntries(references)) {
    const field = fieldNamed(referring, 'references')
    const lookups = definedEntries(by).map(([name, lookup], position) =>
      compileLookupField(field, inputs.length + position, name, lookup),
    )
    inputs.push(...lookups.map(lookup => lookup.field))
    const shown = definedEntries(show).map(([name, one], position) =>
      compileShownField(inputs.length + position, name, one),
    )
    inputs.push(...shown.map(one => one.field))
    compiled.push({
      field,
      table,
      column,
      code: code ?? `${codeWord(referredName(referring))}_NOT_FOUND`,
      lookupFields: lookups,
      joined: [...lookups, ...shown],
    })
  }
  assertNamesDiffer(inputs, fail)

  const resource: Resource = Object.freeze({
    name,
    table,
    schema,
    fields,
    inputs,
    keys: keyDefinitions(key).map(one => ({
      fields: one.fields.map(field => fieldNamed(field, 'key')),
      ignoreCase: one.ignoreCase ?? false,
      code: one.code ?? `DUPLICATE_${namedIn(one.fields, byName).map(codeWord).join('_')}`,
    })),
    joinedNames: compiled.flatMap(({ joined }) => joined.map(({ field }) => field.name)),
    references: compiled,
    showTriggerMessages: definition.showTriggerMessages ?? true,
    unlogged: unloggedOf(name, definition.unlogged),
    // The pipeline treats records as untyped; the static types are for the author of the hooks.
    check: definition.check as Resource['check'],
    lookUp: definition.lookUp as Resource['lookUp'],
    scope: definition.scope?.bind(definition) as Resource['scope'],
    printRow: definition.printRow?.bind(definition) as Resource['printRow'],
  })
  // Its names are those of the definition, which the compiler loses in `Object.entries`.
  return resource as Resource<Name, Schema, JoinedName>
}

/** The entries of a record, without undefined values, which count as absent. */
function definedEntries<Value>(
  record: Partial<Record<string, Value>>,
): readonly (readonly [string, Value])[] {
  return Object.entries(record).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

/** An unknown value must not act as `'allow'`. */
function unloggedOf(resource: string, value: ResourceDefinition['unlogged'] = 'refuse'): 'refuse' | 'allow' {
  if (value === 'refuse' || value === 'allow') return value
  throw new LadingError('RESOURCE_INVALID', `Resource "${resource}": unlogged must be "refuse" or "allow".`)
}

function keyDefinitions(key: readonly string[] | readonly KeyDefinition[]): readonly KeyDefinition[] {
  const names = key.filter(part => typeof part === 'string')
  if (names.length > 0) return [{ fields: names }]
  return key.filter(part => typeof part !== 'string')
}

/** The fields that a code may name: hidden fields are left out, unless there are no others. */
function namedIn(key: readonly string[], byName: ReadonlyMap<string, Field>): readonly string[] {
  const shown = key.filter(name => byName.get(name)?.hidden !== true)
  return shown.length > 0 ? shown : key
}

/** A name or alias that stands for two fields would make a header ambiguous. */
function assertNamesDiffer(fields: readonly Field[], fail: (problem: string) => never): void {
  const owners = new Map<string, string>()
  for (const field of fields) {
    for (const name of [field.name, ...field.aliases]) {
      if (normalizeName(name) === '') fail(`an alias of "${field.name}" is empty.`)
      const owner = owners.get(normalizeName(name))
      if (owner !== undefined) fail(`"${name}" stands for both "${owner}" and "${field.name}".`)
      owners.set(normalizeName(name), field.name)
    }
  }
}

/** Two fields for one column would lose one of their values. */
function assertColumnsDiffer(fields: readonly Field[], fail: (problem: string) => never): void {
  const owners = new Map<string, string>()
  for (const { name, column } of fields) {
    const owner = owners.get(column)
    if (owner !== undefined) {
      fail(
        `the fields "${owner}" and "${name}" both use the column "${column}"; remove one, or give it a column of its own.`,
      )
    }
    owners.set(column, name)
  }
}
