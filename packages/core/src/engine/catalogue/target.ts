// A resource joined with its table: every field with its column, every key and reference with what enforces it.

import type { Reference, Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import type { Codec } from '../value/codec.ts'
import { type CodecOf, codecByType } from '../value/codecs.ts'
import type { ColumnInfo, TableInfo } from './table-info.ts'

export interface TargetColumn {
  readonly field: Field
  readonly info: ColumnInfo
  readonly codec: Codec
  /** Quoted name. */
  readonly sql: string
  /** Name in the staging table, which the names of a table's columns have no part in. */
  readonly staged: string
}

/** Of the field's column, or of one that stands for it. */
export function stagedName({ index }: Field): string {
  return `f${index}`
}

/** A key that the database enforces by an immediate unique index. */
export interface TargetKey {
  readonly isPrimary: boolean
  readonly columns: readonly TargetColumn[]
  /** Those of them that can be null and whose nulls are equal, as the index says; empty where nulls are distinct. */
  readonly nullable: readonly TargetColumn[]
  readonly ignoreCase: boolean
  readonly code: string
  readonly index: string
  /** Those of the columns that the index has beyond the key as it was declared: the caller's scope has to fix them. */
  readonly scopedBy: readonly TargetColumn[]
}

/** Rows that a caller may see and write: those that have one of the values in the column. */
export interface ScopeTest {
  readonly column: TargetColumn
  /** Different ones, as the column's codec parsed them. */
  readonly values: readonly unknown[]
  /** Rows without a value as well. */
  readonly orNull: boolean
}

/** Whether a key compares this column by `lower()`: not what is no text, nor citext, which needs no help. */
export function isFolded(
  { ignoreCase }: { readonly ignoreCase: boolean },
  { field, info }: Pick<TargetColumn, 'field' | 'info'>,
): boolean {
  return ignoreCase && field.type.kind === 'text' && info.type !== 'citext'
}

/** A field that a record may give in place of the one that refers, and how its value finds the row that is meant. */
export interface TargetLookupField {
  readonly field: Field
  readonly codec: Codec
  /** Quoted name in the staging table. */
  readonly sql: string
  /** Column of the table referred to, quoted, and its type. */
  readonly found: { readonly sql: string; readonly castType: string; readonly isFolded: boolean }
  /** Names of further columns of its unique index: only where a scope fixes them does its value find one row. */
  readonly scopedBy: readonly string[]
}

/** A reference that the database enforces by a foreign key. */
export interface TargetReference {
  readonly column: TargetColumn
  readonly reference: Reference
  readonly constraint: string
  /** The foreign key says no more than the reference, so that the database finds every row that is missing. */
  readonly isEnforced: boolean
  /** Table that is looked into, quoted. */
  readonly sql: string
  /** Which of its rows the caller may refer to; empty: all. */
  readonly scope: readonly ScopeTest[]
  readonly standIns: readonly TargetLookupField[]
  /** What an export can show of the row referred to; the columns are those of that table. */
  readonly joined: readonly TargetColumn[]
  /** The reference points into the table itself, so rows of the same batch can satisfy it. */
  readonly isSelf: boolean
}

export interface Target {
  readonly resource: Resource
  readonly table: TableInfo
  /** In the order of the fields. */
  readonly columns: readonly TargetColumn[]
  /** Columns that an import writes. */
  readonly writable: readonly TargetColumn[]
  /** The primary key first, then the natural keys. */
  readonly keys: readonly TargetKey[]
  readonly references: readonly TargetReference[]
  /** Which rows the caller may write: one value for each column, which is written whatever a file says. Empty: all. */
  readonly scope: readonly ScopeTest[]
  /** Columns of the primary key, for a total order; empty where the table has none. */
  readonly primaryKey: readonly string[]
  /** Stands in for a table, with its constraints and without its foreign keys and triggers: a dry run writes here. */
  readonly isRehearsal: boolean
  /**
   * What is deferred is checked with each batch, because the commit is ours and could not tell whose fault it was. In a
   * transaction of the caller it waits for the caller's commit.
   */
  readonly checksAtOnce: boolean
}

/** The codec of each field of a file, by the column that carries it or that it is looked up in. */
export function codecsOf({ columns, references }: Target): CodecOf {
  const others = references.flatMap(({ standIns, joined }) => [...standIns, ...joined])
  const codecs = new Map([...columns, ...others].map(({ field, codec }) => [field.name, codec]))
  return field => codecs.get(field.name) ?? codecByType(field)
}
