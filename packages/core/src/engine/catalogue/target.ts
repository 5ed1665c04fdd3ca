// A resource matched with its table: each field with its column, each key and reference with the index or foreign key that enforces it.

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
  /** Name in the staging table; independent of the names of the table's columns. */
  readonly staged: string
}

/** Name in the staging table of a field's column or of a lookup field. */
export function stagedName({ index }: Field): string {
  return `f${index}`
}

/** A key that the database enforces by an immediate unique index. */
export interface TargetKey {
  readonly isPrimary: boolean
  readonly columns: readonly TargetColumn[]
  /** The nullable ones of `columns` if the index has `nulls not distinct`; empty otherwise. */
  readonly nullable: readonly TargetColumn[]
  readonly ignoreCase: boolean
  readonly code: string
  readonly index: string
  /** Columns of the index that the declared key lacks: the caller's scope must fix them. */
  readonly scopedBy: readonly TargetColumn[]
}

/** Restricts the rows that a caller may see and write to those with one of the values in the column. */
export interface ScopeTest {
  readonly column: TargetColumn
  /** Distinct values, as parsed by the column's codec. */
  readonly values: readonly unknown[]
  /** Rows with null match too. */
  readonly orNull: boolean
}

/** Whether a key compares this column by `lower()`: only text, and not citext, which ignores case itself. */
export function isFolded(
  { ignoreCase }: { readonly ignoreCase: boolean },
  { field, info }: Pick<TargetColumn, 'field' | 'info'>,
): boolean {
  return ignoreCase && field.type.kind === 'text' && info.type !== 'citext'
}

/** A field that a record may give in place of a reference, and how its value identifies the referenced row. */
export interface TargetLookupField {
  readonly field: Field
  readonly codec: Codec
  /** Quoted name in the staging table. */
  readonly sql: string
  /** Column of the referenced table, quoted, and its type. */
  readonly found: { readonly sql: string; readonly castType: string; readonly isFolded: boolean }
  /** Further columns of its unique index: the value identifies a single row only if a scope fixes them. */
  readonly scopedBy: readonly string[]
}

/** A reference that the database enforces by a foreign key. */
export interface TargetReference {
  readonly column: TargetColumn
  readonly reference: Reference
  readonly constraint: string
  /** The foreign key has no other columns than the reference, so the database detects every missing row. */
  readonly isEnforced: boolean
  /** Quoted name of the referenced table. */
  readonly sql: string
  /** Which of its rows the caller may refer to. Empty means all. */
  readonly scope: readonly ScopeTest[]
  readonly lookupFields: readonly TargetLookupField[]
  /** Columns of the referenced table that an export can show. */
  readonly joined: readonly TargetColumn[]
  /** The reference points to the table itself, so rows of the same batch can satisfy it. */
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
  /** Which rows the caller may write: one value for each column, written regardless of the file. Empty means all. */
  readonly scope: readonly ScopeTest[]
  /** Columns of the primary key, for a total order; empty if the table has none. */
  readonly primaryKey: readonly string[]
  /** A shadow table, which a dry run writes to: it has the table's constraints, but not its foreign keys and triggers. */
  readonly isShadow: boolean
  /**
   * Checks deferred constraints with each batch, because at commit the row at fault is no longer known. In a transaction
   * of the caller they wait for the caller's commit.
   */
  readonly checksDeferredPerBatch: boolean
}

/** Returns the codec of each field of a file, by the column that carries it or that it is looked up in. */
export function codecsOf({ columns, references }: Target): CodecOf {
  const others = references.flatMap(({ lookupFields, joined }) => [...lookupFields, ...joined])
  const codecs = new Map([...columns, ...others].map(({ field, codec }) => [field.name, codec]))
  return field => codecs.get(field.name) ?? codecByType(field)
}
