// Names and values as types: what a schema and its references let a program name, read and filter by.
import type { Static, TObject } from '@sinclair/typebox'

/** The names of the fields of a schema; any text where the schema is not known to the compiler. */
export type FieldName<Schema extends TObject = TObject> = Extract<keyof Schema['properties'], string>

/** Bounds and values of a filter on one field. All that are given must hold. */
export interface FilterBounds<Value = unknown> {
  readonly eq?: Value
  /** One of these; null among them also finds empty ones. */
  readonly in?: readonly Value[]
  readonly gte?: Value
  readonly gt?: Value
  readonly lte?: Value
  readonly lt?: Value
  /** `true`: has no value; `false`: has one. */
  readonly null?: boolean | 'true' | 'false'
}

/** By field: a value, null for none, several values, or bounds. See `Selection.filters`. */
export type Filters = Readonly<Record<string, unknown>>

/** One value of a filter, as JSON has it or as the text of a CSV cell. */
export type FilterScalar<Value> = string extends Value
  ? string | number | bigint | Date | null
  : Value extends string
    ? Value | null
    : Value | string | null

/**
 * What a filter on one field may be: a value, null for none, several values, or bounds. (`object` keeps out text, which
 * has nothing that contradicts bounds.)
 */
export type FilterValue<Value> = unknown extends Value
  ? unknown
  : FilterScalar<Value> | readonly FilterScalar<Value>[] | (FilterBounds<FilterScalar<Value>> & object)

/** Filters on the fields of a schema and on joined fields. */
export type TypedFilters<Schema extends TObject, Joined extends string> = {
  readonly [Name in FieldName<Schema>]?: FilterValue<Static<Schema['properties'][Name]>>
} & { readonly [Name in Joined]?: unknown }

/**
 * One row of an export, as `printRow` sees it: the fields that an export has by default and those that were asked for.
 * A field that this export does not have is undefined, one without a value is null.
 */
export type PrintedRow<Schema extends TObject = TObject, Joined extends string = string> = {
  readonly [Name in FieldName<Schema>]?: Static<Schema['properties'][Name]> | null
} & { readonly [Name in Joined]?: unknown }

/** The names of a value, or of each value of a union. */
export type KeyOf<Value> = Value extends unknown ? keyof Value : never

/**
 * Forbids every name but these in what a hook returns. The compiler does not look for excess properties there.
 * A value whose names are not known to the compiler passes, and is checked when the hook is called.
 */
export type OnlyNames<Value, Name extends string> =
  string extends KeyOf<Value> ? unknown : { readonly [Other in Exclude<KeyOf<Value>, Name>]?: never }

/** What a `scope` may return, at once or as a promise: filters on fields of the resource, hidden ones too. */
export type ScopeFilters<Schema extends TObject, Joined extends string, Scoped> =
  Scoped extends PromiseLike<infer Given>
    ? PromiseLike<ScopeFilters<Schema, Joined, Given>>
    : TypedFilters<Schema, Joined> & OnlyNames<Scoped, FieldName<Schema> | Joined>
