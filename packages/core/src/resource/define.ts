// defineResource: a table as seen from a file, compiled once and checked for contradictions.
import type { TObject } from '@sinclair/typebox'
import { LadingError } from '../errors/lading-error.ts'
import { nearest } from '../util/suggest.ts'
import type {
  Caller,
  FieldDefinition,
  Filters,
  Issue,
  KeyDefinition,
  LookUpContext,
  LookUpRecord,
  ReferenceDefinition,
  ResourceDefinition,
} from './definition.ts'
import { codeWord, compileField, type Field, referredName } from './field.ts'
import { compileShown, compileStandIn, type Joined, type StandIn } from './joined.ts'
import { unsupportedOf } from './keywords.ts'
import { spelling } from './spelling.ts'

export type { Joined, StandIn }

export interface Key {
  readonly fields: readonly Field[]
  readonly ignoreCase: boolean
  readonly code: string
}

export interface Reference {
  readonly field: Field
  readonly table: string
  readonly column: string
  readonly code: string
  readonly standIns: readonly StandIn[]
  /** What an export can show of the row referred to: the fields that stand for this one, and those of `show`. */
  readonly joined: readonly Joined[]
}

/** A compiled resource. Make it with `defineResource`; its shape is read, never written. */
export interface Resource {
  readonly name: string
  readonly table: string
  readonly fields: readonly Field[]
  /** What a file may hold: the fields, and behind them those that stand for one (see `ReferenceDefinition.by`). */
  readonly inputs: readonly Field[]
  /** Natural keys as declared; the primary key is read from the catalogue. */
  readonly keys: readonly Key[]
  readonly references: readonly Reference[]
  readonly showTriggerMessages: boolean
  readonly unlogged: 'refuse' | 'allow'
  readonly check: ((record: Record<string, unknown>, issue: Issue) => void) | undefined
  readonly lookUp: ((records: readonly LookUpRecord[], context: LookUpContext) => Promise<void>) | undefined
  readonly scope: ((caller: Caller | undefined) => Filters | Promise<Filters>) | undefined
  readonly printRow:
    | ((row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | null)
    | undefined
}

/**
 * Describes a table as seen from a file. The TypeBox schema is the one source of truth for names, order, types
 * and rules; whether the table agrees is checked against the catalogue when an importer or exporter starts.
 *
 * @example
 * const users = defineResource('users', {
 *   table: 'users',
 *   schema: Type.Object({ id: Type.Optional(Type.String({ format: 'uuid' })), email: Type.String({ format: 'email' }) }),
 *   key: ['email'],
 * })
 *
 * @throws LadingError `RESOURCE_INVALID` naming the resource and what contradicts itself.
 */
export function defineResource<Schema extends TObject>(
  name: string,
  definition: ResourceDefinition<Schema>,
): Resource {
  const { schema, table, key = [] } = definition
  // Their keys are the schema's, which a mapped type over a generic cannot show to the compiler.
  const references = (definition.references ?? {}) as Readonly<Record<string, ReferenceDefinition>>
  const options = (definition.fields ?? {}) as Readonly<Record<string, FieldDefinition>>
  const complain = (problem: string): never => {
    throw new LadingError('RESOURCE_INVALID', `Resource "${name}": ${problem}`)
  }
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name)) {
    complain('its name must be lower-case letters, digits, "-" and "_", beginning with a letter.')
  }
  const unsupported = unsupportedOf(schema)
  if (unsupported !== undefined) {
    complain(`its schema has the unsupported keyword "${unsupported}"; write it in the resource's own check.`)
  }

  const fields = Object.entries(schema.properties).map(([field, fieldSchema], index) =>
    compileField(field, index, fieldSchema, options[field]),
  )
  const byName = new Map(fields.map(field => [field.name, field]))
  const fieldNamed = (wanted: string, place: string): Field => {
    const found = byName.get(wanted)
    if (found !== undefined) return found
    const hint = nearest(wanted, byName.keys())
    return complain(
      `${place} names "${wanted}", which is no field${hint ? `; did you mean "${hint}"?` : '.'}`,
    )
  }

  for (const unknown of Object.keys(options)) fieldNamed(unknown, 'fields')
  assertColumnsDiffer(fields, complain)
  const compiled: Reference[] = []
  const inputs = [...fields]
  for (const [referring, { table, column = 'id', code, by = {}, show = {} }] of Object.entries(references)) {
    const field = fieldNamed(referring, 'references')
    const standIns = Object.entries(by).map(([given, one], position) =>
      compileStandIn(field, inputs.length + position, given, one),
    )
    inputs.push(...standIns.map(standIn => standIn.field))
    const shown = Object.entries(show).map(([given, one], position) =>
      compileShown(inputs.length + position, given, one),
    )
    inputs.push(...shown.map(one => one.field))
    compiled.push({
      field,
      table,
      column,
      code: code ?? `${codeWord(referredName(referring))}_NOT_FOUND`,
      standIns,
      joined: [...standIns, ...shown],
    })
  }
  assertNamesDiffer(inputs, complain)

  return Object.freeze({
    name,
    table,
    fields,
    inputs,
    keys: keyDefinitions(key).map(one => ({
      fields: one.fields.map(field => fieldNamed(field, 'key')),
      ignoreCase: one.ignoreCase ?? false,
      code: one.code ?? `DUPLICATE_${namedIn(one.fields, byName).map(codeWord).join('_')}`,
    })),
    references: compiled,
    showTriggerMessages: definition.showTriggerMessages ?? true,
    unlogged: unloggedOf(name, definition.unlogged),
    // The pipeline knows records by their field names only; the schema's static type is for the author of `check`.
    check: definition.check as Resource['check'],
    lookUp: definition.lookUp as Resource['lookUp'],
    scope: definition.scope?.bind(definition),
    printRow: definition.printRow?.bind(definition),
  })
}

/** A text that means nothing must not allow anything. */
function unloggedOf(resource: string, value: ResourceDefinition['unlogged'] = 'refuse'): 'refuse' | 'allow' {
  if (value === 'refuse' || value === 'allow') return value
  throw new LadingError('RESOURCE_INVALID', `Resource "${resource}": unlogged must be "refuse" or "allow".`)
}

function keyDefinitions(key: readonly string[] | readonly KeyDefinition[]): readonly KeyDefinition[] {
  const names = key.filter(part => typeof part === 'string')
  if (names.length > 0) return [{ fields: names }]
  return key.filter(part => typeof part !== 'string')
}

/** What a code may name: hidden fields are told to nobody, unless there is no other. */
function namedIn(key: readonly string[], byName: ReadonlyMap<string, Field>): readonly string[] {
  const shown = key.filter(name => byName.get(name)?.hidden !== true)
  return shown.length > 0 ? shown : key
}

/** A name or alias that stands for two fields would make a header ambiguous. */
function assertNamesDiffer(fields: readonly Field[], complain: (problem: string) => never): void {
  const owners = new Map<string, string>()
  for (const field of fields) {
    for (const name of [field.name, ...field.aliases]) {
      if (spelling(name) === '') complain(`an alias of "${field.name}" is empty.`)
      const owner = owners.get(spelling(name))
      if (owner !== undefined) complain(`"${name}" stands for both "${owner}" and "${field.name}".`)
      owners.set(spelling(name), field.name)
    }
  }
}

/** Of two values for one column, one would be lost. */
function assertColumnsDiffer(fields: readonly Field[], complain: (problem: string) => never): void {
  const owners = new Map<string, string>()
  for (const { name, column } of fields) {
    const owner = owners.get(column)
    if (owner !== undefined) {
      complain(
        `the fields "${owner}" and "${name}" both use the column "${column}"; remove one, or give it a column of its own.`,
      )
    }
    owners.set(column, name)
  }
}
