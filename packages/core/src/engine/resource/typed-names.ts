// Types of names and values: what a program can name, read and filter by, given a schema and its references.
import type { Static, TObject } from '@sinclair/typebox'

/** The field names of a schema; any text if the compiler does not know the schema. */
export type FieldName<Schema extends TObject = TObject> = Extract<keyof Schema['properties'], string>

/** Bounds and values of a filter on one field. All of them must hold. */
export interface FilterBounds<Value = unknown> {
  readonly eq?: Value
  /** One of these; with null, rows without a value match too. */
  readonly in?: readonly Value[]
  readonly gte?: Value
  readonly gt?: Value
  readonly lte?: Value
  readonly lt?: Value
  /** `true`: has no value; `false`: has a value. */
  readonly null?: boolean | 'true' | 'false'
}

/** By field: a value, null for no value, several values, or bounds. See `Selection.filters`. */
export type Filters = Readonly<Record<string, unknown>>

/** One value of a filter: a JSON value, or the text of a CSV cell. */
export type FilterScalar<Value> = string extends Value
  ? string | number | bigint | Date | null
  : Value extends string
    ? Value | null
    : Value | string | null

/**
 * What a filter on one field may be: a value, null for no value, several values, or bounds. (`object` excludes text,
 * which would otherwise match the all-optional bounds.)
 */
export type FilterValue<Value> = unknown extends Value
  ? unknown
  : FilterScalar<Value> | readonly FilterScalar<Value>[] | (FilterBounds<FilterScalar<Value>> & object)

/** Filters on the fields of a schema and on joined fields. */
export type TypedFilters<Schema extends TObject, Joined extends string> = {
  readonly [Name in FieldName<Schema>]?: FilterValue<Static<Schema['properties'][Name]>>
} & { readonly [Name in Joined]?: unknown }

/**
 * One row of an export, as `printRow` sees it: the default fields and the requested ones. A field that is not in this
 * export is undefined; a field without a value is null.
 */
export type PrintedRow<Schema extends TObject = TObject, Joined extends string = string> = {
  readonly [Name in FieldName<Schema>]?: Static<Schema['properties'][Name]> | null
} & { readonly [Name in Joined]?: unknown }

/** The keys of a type, or of each member of a union. */
export type KeyOf<Value> = Value extends unknown ? keyof Value : never

/**
 * Forbids all other names in the result of a hook, where the compiler does not check for excess properties. A value
 * whose names the compiler does not know passes, and is checked when the hook is called.
 */
export type OnlyNames<Value, Name extends string> =
  string extends KeyOf<Value> ? unknown : { readonly [Other in Exclude<KeyOf<Value>, Name>]?: never }

/** What a `scope` may return, directly or as a promise: filters on fields of the resource, including hidden ones. */
export type ScopeFilters<Schema extends TObject, Joined extends string, Scoped> =
  Scoped extends PromiseLike<infer Given>
    ? PromiseLike<ScopeFilters<Schema, Joined, Given>>
    : TypedFilters<Schema, Joined> & OnlyNames<Scoped, FieldName<Schema> | Joined>
