// A shadow table: a temporary copy that checks rows as the real table would, without changing the real table.
import { randomBytes } from 'node:crypto'
import { identifier, literal } from '../../../postgres/identifier.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import type { ColumnInfo } from '../../catalogue/table-info.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { checksOf } from '../merge/classify-sql.ts'
import { hasKey, matchesLookup, stagedValue } from '../merge/compare-sql.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import { readShadowInfo, type ShadowInfo } from './shadow-info.ts'

export interface ShadowTable {
  /** The target with the shadow table in place of the real one. */
  readonly target: Target
  /** What the shadow table cannot check. */
  readonly notJudged: readonly string[]
  /** Returns statements that copy the rows of the table that a staged batch can match. */
  fetchSql(staging: string, batch: StagedBatch): string
  /** Returns the statement that buffers a staged batch; undefined without a `BatchBuffer`. */
  storeSql(staging: string, batch: StagedBatch): string | undefined
  /** See `BatchBuffer.kept`. */
  markStored(batch: StagedBatch): void
  readonly dropSql: string
}

/**
 * Creates the shadow table: a temporary table with the columns, checks, keys and exclusion constraints of the real table
 * under the same names. Its defaults draw from its own sequences. It has no foreign keys, triggers or policies. Every row
 * that a record can match is copied into it first, so the merge reads and writes only here.
 */
export async function openShadowTable(
  client: Client,
  real: Target,
  buffer?: BatchBuffer,
): Promise<ShadowTable> {
  const id = randomBytes(6).toString('hex')
  const table = `pg_temp.${identifier(`lading_rehearsal_${id}`)}`
  const drawn = sequencesOf(real)
  const info = await readShadowInfo(client, real.table.oid, drawn)
  const sequence = (name: string) => `lading_sequence_${id}_${drawn.indexOf(name)}`
  const target = shadowTarget(real, table, sequence)
  await client.query([createSql(real, target, info, sequence), buffer?.createSql ?? ''].join('; '))
  return {
    target,
    notJudged: notJudged(real, info),
    fetchSql: (staging, batch) => fetchSql(real, target, staging, batch),
    storeSql: (staging, batch) => buffer?.storeSql(staging, batch),
    markStored: batch => buffer?.markStored(batch),
    dropSql: [
      `drop table if exists ${table}`,
      ...info.sequences.map(({ name }) => `drop sequence if exists pg_temp.${identifier(sequence(name))}`),
      ...(buffer === undefined ? [] : [buffer.dropSql]),
    ].join('; '),
  }
}

/** Matches `nextval('users_id_seq'::regclass)`. */
const nextvalPattern = /nextval\('((?:[^']|'')+)'::regclass\)/g

function sequencesOf({ table }: Target): string[] {
  const found = table.columns.flatMap(column =>
    [...(column.default ?? '').matchAll(nextvalPattern)].map(match => (match[1] ?? '').replaceAll("''", "'")),
  )
  return [...new Set(found)]
}

/** Returns a default that draws from the shadow table's sequences instead of the real ones. */
function ownDefault({ default: value }: ColumnInfo, sequence: (name: string) => string): string | null {
  if (value === null) return null
  return value.replace(
    nextvalPattern,
    (_, name: string) => `nextval('pg_temp.${sequence(name.replaceAll("''", "'"))}'::regclass)`,
  )
}

/** Returns the sequence of a default that consists only of `nextval`. */
function ownSequences(value: string | null): readonly string[] {
  const [, name] = /^\(*nextval\('([^']+)'::regclass\)+(?:::[a-z ]+)?$/.exec(value ?? '') ?? []
  return name === undefined ? [] : [name]
}

function shadowTarget(real: Target, table: string, sequence: (name: string) => string): Target {
  const byReal = new Map<TargetColumn, TargetColumn>()
  for (const column of real.columns) {
    const value = ownDefault(column.info, sequence)
    byReal.set(column, {
      ...column,
      info: { ...column.info, default: value, sequences: ownSequences(value) },
    })
  }
  const same = (column: TargetColumn) => byReal.get(column) ?? column
  return {
    ...real,
    isShadow: true,
    checksDeferredPerBatch: false,
    table: { ...real.table, sql: table, deferrable: [] },
    columns: real.columns.map(same),
    writable: real.writable.map(same),
    keys: real.keys.map(key => ({
      ...key,
      columns: key.columns.map(same),
      nullable: key.nullable.map(same),
    })),
    references: real.references.map(reference => ({
      ...reference,
      column: same(reference.column),
      sql: reference.isSelf ? table : reference.sql,
    })),
  }
}

function createSql(
  real: Target,
  { table }: Target,
  { constraints, indexes, sequences }: ShadowInfo,
  sequence: (name: string) => string,
): string {
  const name = table.sql
  const defaults = real.table.columns.flatMap(column => {
    const value = ownDefault(column, sequence)
    return value === null
      ? []
      : [`alter table ${name} alter column ${identifier(column.name)} set default ${value}`]
  })
  return [
    `create temp table ${name.replace('pg_temp.', '')} (like ${real.table.sql} including constraints including generated, ${originOf(real)} text unique) using heap`,
    ...sequences.flatMap(({ name: drawn, options, last }) => {
      const own = identifier(sequence(drawn))
      const create = `create temp sequence ${own} ${options}`
      return last === null ? [create] : [create, `select setval(${literal(`pg_temp.${own}`)}, ${last})`]
    }),
    ...defaults,
    ...constraints.map(
      ({ name: key, sql }) => `alter table ${name} add constraint ${identifier(key)} ${sql}`,
    ),
    ...indexes.map(({ name: index, sql }) => `create unique index ${identifier(index)} on ${name}${sql}`),
  ].join('; ')
}

/** Returns the name of the column that identifies copied rows; it differs from all columns of the table. */
function originOf({ table }: Target): string {
  const names = new Set(table.columns.map(({ name }) => name))
  let name = 'lading_origin'
  while (names.has(name)) name += '_'
  return identifier(name)
}

/** Returns one statement for each way in which a record can match a row of the table: a key, or a reference to the table. */
function fetchSql(real: Target, target: Target, staging: string, batch: StagedBatch): string {
  const { keys, references } = checksOf(target, batch)
  const columns = real.table.columns
    .filter(({ isGenerated }) => !isGenerated)
    .map(({ name }) => identifier(name))
  const matches = [
    ...keys.map(hasKey),
    ...references
      .filter(({ isSelf }) => isSelf)
      .flatMap(({ column, reference, lookupFields }) => [
        `t.${identifier(reference.column)} = ${stagedValue(column)}`,
        ...lookupFields
          .filter(lookupField => batch.lookupFields.includes(lookupField))
          .map(lookupField => matchesLookup(lookupField, 't')),
      ]),
  ]
  const origin = 't.tableoid::text || t.ctid::text'
  const own = originOf(real)
  // A row that was inserted into the real table meanwhile can clash with an earlier row of the file; the file's row wins.
  return matches
    .map(
      match => `insert into ${target.table.sql} (${columns.join(', ')}, ${own})
  select ${columns.map(column => `t.${column}`).join(', ')}, ${origin}
  from ${staging} s join ${real.table.sql} t on ${match}
  where not exists (select from ${target.table.sql} h where h.${own} = ${origin})
  on conflict do nothing`,
    )
    .join('; ')
}

function notJudged(real: Target, info: ShadowInfo): string[] {
  const declared = new Set([
    ...real.keys.map(({ index }) => index),
    ...real.references.map(r => r.constraint),
  ])
  const unknown = (names: readonly string[]) => names.filter(name => !declared.has(name))
  const exclusions = info.constraints.filter(({ type }) => type === 'x').map(({ name }) => name)
  const unique = [...info.constraints.filter(({ type }) => type !== 'x'), ...info.indexes]
  return [
    ...(info.hasTriggers ? ['triggers'] : []),
    ...(info.hasRowSecurity ? ['row-level security'] : []),
    ...(real.table.isPartitioned ? ['bounds and own rules of partitions'] : []),
    ...(real.table.hasChildTables ? ['keys that rows of child tables share'] : []),
    ...unknown(info.foreignKeys).map(name => `foreign key "${name}"`),
    ...unknown(unique.map(({ name }) => name)).map(
      name => `unique index "${name}" against rows of the table`,
    ),
    ...exclusions.map(name => `exclusion constraint "${name}" against rows of the table`),
  ]
}
