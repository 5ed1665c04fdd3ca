// A compiled resource → a hash of what it says, by which a later process tells whether it still says the same.
import { createHash } from 'node:crypto'
import type { Resource } from './define.ts'
import type { Field } from './field.ts'

/**
 * Equal for two compilations of the same definition, in any process. Of functions only their presence counts: two
 * builds of the same program may print them differently, and what they close over nobody sees. How exports show a
 * field changes no import.
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
    references: references.map(({ field, standIns, joined: _joined, ...reference }) => ({
      ...reference,
      field: field.name,
      standIns: standIns.map(({ field: { name: standIn }, column }) => ({ field: standIn, column })),
    })),
    check: check !== undefined,
    lookUp: lookUp !== undefined,
    // Left out where there is none, as it was before there were scopes.
    scope: scope === undefined ? undefined : true,
  }
  return createHash('sha256').update(JSON.stringify(facts, inOrder)).digest('hex')
}

function nameOf({ name }: Field): string {
  return name
}

/** The order in which somebody wrote the properties of a schema means nothing; a bigint in it is no JSON by itself. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
