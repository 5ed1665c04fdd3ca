// Resource: a compiled table description with its names as types, and the types derived from it.
import type { TObject } from '@sinclair/typebox'
import type { Caller, Issue, LookUpContext, LookUpRecord } from './definition.ts'
import type { Field } from './field.ts'
import type { Joined, LookupField } from './joined.ts'
import type { FieldName, Filters, TypedFilters } from './typed-names.ts'

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
  readonly lookupFields: readonly LookupField[]
  /** Fields of the referenced row that an export can show: the lookup fields, and those of `show`. */
  readonly joined: readonly Joined[]
}

/**
 * A compiled resource, made by `defineResource`. Read it, never write it. Without type arguments it is any resource, with
 * names known only at run time.
 */
export interface Resource<
  Name extends string = string,
  Schema extends TObject = TObject,
  JoinedName extends string = string,
> {
  readonly name: Name
  readonly table: string
  /** The schema passed to `defineResource`. */
  readonly schema: Schema
  readonly fields: readonly Field[]
  /** What a file may hold: the fields, then the lookup fields (see `ReferenceDefinition.by`). */
  readonly inputs: readonly Field[]
  /** Names of the fields that references add by `by` and `show`. */
  readonly joinedNames: readonly JoinedName[]
  /** Natural keys as declared. The primary key is read from the catalogue. */
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

/** The fields that an export of a resource can have: its own, and the joined ones. */
export type ExportFieldName<Known extends Resource = Resource> =
  | FieldName<Known['schema']>
  | Known['joinedNames'][number]

/** Filters on an export of one resource. */
export type ResourceFilters<Known extends Resource = Resource> = TypedFilters<
  Known['schema'],
  Known['joinedNames'][number]
>

/** A field to sort an export by; a leading `-` means descending. */
export type SortName<Known extends Resource = Resource> =
  | ExportFieldName<Known>
  | `-${ExportFieldName<Known>}`

/** The file formats; `json` is one array. */
export type FileFormat = 'csv' | 'ndjson' | 'json'

/**
 * Some of the formats; any text if the compiler does not know the names of the resources. Resource names are lower-case,
 * which distinguishes them from `string`. (`string extends Known['name']` is equivalent, but then an exporter of some
 * resources could not be passed where one of any resources is expected.)
 */
export type FormatName<Known extends Resource, Format extends string = FileFormat> =
  Known['name'] extends Lowercase<string> ? Format : string
