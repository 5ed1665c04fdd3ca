// A compiled resource → a hash of its definition, by which a later process detects a change.
import { createHash } from 'node:crypto'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

/**
 * Equal for two compilations of the same definition, in any process. Functions count only by their presence: two builds
 * of the same program may print them differently, and their closures are invisible. Options that only affect exports are
 * left out.
 */
export function fingerprint({
  name,
  table,
  inputs,
  fields,
  keys,
  references,
  check,
  lookUp,
  scope,
}: Resource): string {
  const facts = {
    name,
    table,
    fields: fields.length,
    inputs: inputs.map(({ standsFor, transform, hidden: _hidden, mask: _mask, ...field }) => ({
      ...field,
      aliases: [...field.aliases].sort(),
      standsFor: standsFor?.name,
      transform: transform !== undefined,
    })),
    keys: keys.map(key => ({ ...key, fields: key.fields.map(nameOf) })),
    references: references.map(({ field, lookupFields, joined: _joined, ...reference }) => ({
      ...reference,
      field: field.name,
      standIns: lookupFields.map(({ field: { name: standIn }, column }) => ({ field: standIn, column })),
    })),
    check: check !== undefined,
    lookUp: lookUp !== undefined,
    // Undefined if there is no scope, so that such resources keep their fingerprint.
    scope: scope === undefined ? undefined : true,
  }
  return createHash('sha256').update(JSON.stringify(facts, canonical)).digest('hex')
}

function nameOf({ name }: Field): string {
  return name
}

/** Sorts properties, since their order in a schema means nothing, and converts bigints, which JSON cannot hold. */
function canonical(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
