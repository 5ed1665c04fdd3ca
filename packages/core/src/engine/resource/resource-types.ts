// Resource: a compiled table with its names as types, and what follows from them for those who use it.
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
  readonly standIns: readonly LookupField[]
  /** What an export can show of the row referred to: the fields that stand for this one, and those of `show`. */
  readonly joined: readonly Joined[]
}

/**
 * A compiled resource. Make it with `defineResource`; its shape is read, never written. Without type arguments it is any
 * resource, whose names are known only when the program runs.
 */
export interface Resource<
  Name extends string = string,
  Schema extends TObject = TObject,
  JoinedName extends string = string,
> {
  readonly name: Name
  readonly table: string
  /** As it was given to `defineResource`. */
  readonly schema: Schema
  readonly fields: readonly Field[]
  /** What a file may hold: the fields, then those that stand for one (see `ReferenceDefinition.by`). */
  readonly inputs: readonly Field[]
  /** Names of the fields that references bring along, by `by` and by `show`. */
  readonly joinedNames: readonly JoinedName[]
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

/** The fields that an export of a resource can have: its own, and the joined ones. */
export type ExportFieldName<Known extends Resource = Resource> =
  | FieldName<Known['schema']>
  | Known['joinedNames'][number]

/** Filters on an export of one resource. */
export type ResourceFilters<Known extends Resource = Resource> = TypedFilters<
  Known['schema'],
  Known['joinedNames'][number]
>

/** A field that an export is sorted by; `-` before its name: descending. */
export type SortName<Known extends Resource = Resource> =
  | ExportFieldName<Known>
  | `-${ExportFieldName<Known>}`

/** The formats of files: `json` is one array. */
export type FileFormat = 'csv' | 'ndjson' | 'json'

/**
 * Some of the formats; any text where the names of the resources are not known to the compiler either. The name of a
 * resource is lower-case, which tells it from any text. (`string extends Known['name']` asks the same, but keeps an
 * exporter of some resources from being passed where one of any resources is wanted.)
 */
export type FormatName<Known extends Resource, Format extends string = FileFormat> =
  Known['name'] extends Lowercase<string> ? Format : string
