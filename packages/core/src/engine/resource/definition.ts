// The definition of a resource, as its owner writes it, before it is compiled.
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { FieldName, Filters, OnlyNames, PrintedRow, ScopeFilters } from './typed-names.ts'

export type { FilterBounds, Filters } from './typed-names.ts'

/** Who requests an import or export, as far as the host knows. */
export interface Caller {
  readonly tenant?: string | undefined
  readonly principal?: string | undefined
}

/**
 * Returns session variables for each transaction of an import or export, for row-level security. Names need a prefix.
 *
 * @example
 * const sessionVariables: SessionVariables = caller => ({ 'app.tenant': caller?.tenant ?? '' })
 */
export type SessionVariables = (
  caller: Caller | undefined,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>

/** A natural key: fields that together identify a row. */
export interface KeyDefinition<Name extends string = string> {
  /** Field names; several names form a composite key. */
  readonly fields: readonly Name[]
  /** Compares text case-insensitively. Needs a unique index on `lower(column)`, or a citext column. @defaultValue false */
  readonly ignoreCase?: boolean | undefined
  /** Code of a duplicate. @defaultValue `DUPLICATE_<FIELDS>` */
  readonly code?: string | undefined
}

/** A field whose value must exist in another table (or in an earlier row of the same one). */
export interface ReferenceDefinition<JoinedName extends string = string> {
  /** `table` or `schema.table`. */
  readonly table: string
  /** @defaultValue 'id' */
  readonly column?: string | undefined
  /** Code of a missing target. @defaultValue `<FIELD without _id or Id>_NOT_FOUND` */
  readonly code?: string | undefined
  /**
   * Fields that a file may have in place of this one, each with the unique column of the other table to look it up in:
   * `{ author_email: 'email' }`. If a record has this field too, both must mean the same row. An export includes them if
   * its `fields` name them.
   */
  readonly by?: { readonly [Name in JoinedName]?: string | LookupFieldDefinition } | undefined
  /**
   * Fields that an export may have in addition to this one, each with the column of the other table that it shows:
   * `{ author_name: 'name' }`. An export includes them if its `fields` name them; an import ignores them.
   */
  readonly show?: { readonly [Name in JoinedName]?: string | ShownDefinition } | undefined
}

/** Protects a field from being seen in exports. */
export interface Visibility {
  /** Never exported, filtered or sorted by, or named in a message. An import may still write it. @defaultValue false */
  readonly hidden?: boolean | undefined
  /**
   * Text is printed as stars, except for the characters that the mask keeps. A text without further characters is all stars.
   * A masked field can be neither filtered nor sorted by, since that would reveal its value bit by bit.
   */
  readonly mask?: MaskDefinition | undefined
}

export interface MaskDefinition {
  /** Characters at the beginning that stay visible. @defaultValue 0 */
  readonly keepFirst?: number | undefined
  /** Characters at the end that stay visible. @defaultValue 0 */
  readonly keepLast?: number | undefined
}

/** A field of another table, as an export shows it. */
export interface JoinedDefinition extends Visibility {
  /** Included in exports that name no fields. @defaultValue false */
  readonly exported?: boolean | undefined
}

export interface ShownDefinition extends JoinedDefinition {
  readonly column: string
  /** The schema of a value. @defaultValue any text */
  readonly schema?: TSchema | undefined
}

export interface LookupFieldDefinition extends JoinedDefinition {
  /** A column with a unique index on itself, or on `lower()` of it. Values are compared as the index does. */
  readonly column: string
  /** The schema of a value. @defaultValue any text */
  readonly schema?: TSchema | undefined
  readonly aliases?: readonly string[] | undefined
  /** See `FieldDefinition.transform`. */
  readonly transform?: ((text: string) => string) | undefined
}

export interface FieldDefinition extends Visibility {
  /** Column name. @defaultValue the field's name */
  readonly column?: string | undefined
  /** Further names that a header or a JSON key may use for this field. */
  readonly aliases?: readonly string[] | undefined
  /**
   * Changes text before it is parsed, such as `text => text.trim()`. Must be pure: it may run again after a crash. Must
   * not change text that is already right: it also runs on exported files, in which `1234.50` is not `1.234,50`.
   */
  readonly transform?: ((text: string) => string) | undefined
  /** Exported only: for computed columns, and numbers that files may not set. If a file has it, it is ignored. @defaultValue false */
  readonly readOnly?: boolean | undefined
  /** Values are never shown in a report. @defaultValue false */
  readonly sensitive?: boolean | undefined
  /**
   * The time of the last change. If a record does not set it, an update that changes another column sets it to the current
   * time. @defaultValue true for a timestamp in the column `updated_at`
   */
  readonly touch?: boolean | undefined
  /** Codes that replace the general ones. */
  readonly codes?:
    | {
        readonly missing?: string | undefined
        readonly invalid?: string | undefined
        readonly tooLong?: string | undefined
      }
    | undefined
}

/** Reports one broken rule from `check`. A field that already has an error is not reported twice. */
export type Issue<Field extends string = string> = (field: Field, code: string, message: string) => void

/** One record of a batch, as `lookUp` sees and changes it. */
export interface LookUpRecord<Values = Record<string, unknown>> {
  readonly rowNumber: number
  /** Parsed fields of the record, as `check` sees them, including values from `set`. */
  readonly values: Readonly<Partial<Values>>
  /**
   * Sets a field to a JSON value; `null` for no value. The value must satisfy the field's rules, like a value of the file;
   * otherwise the field has an error. A second call replaces the value.
   */
  set<Name extends Extract<keyof Values, string>>(field: Name, value: Values[Name] | null): void
  /** Reports one broken rule. The record is rejected. */
  readonly issue: Issue<Extract<keyof Values, string>>
}

export interface LookUpContext {
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal
}

/**
 * @typeParam Referring - fields that have a reference
 * @typeParam JoinedName - fields that references add (`by` and `show`)
 * @typeParam Scoped - what `scope` returns
 * @typeParam Printed - what `printRow` returns
 */
export interface ResourceDefinition<
  Schema extends TObject = TObject,
  Referring extends FieldName<Schema> = FieldName<Schema>,
  JoinedName extends string = string,
  Scoped extends object = Filters | Promise<Filters>,
  Printed extends object = Readonly<Record<string, unknown>>,
> {
  /** `table` or `schema.table`. */
  readonly table: string
  /** The one source of truth for names, order, types and rules. A `Type.Optional` field may be absent. */
  readonly schema: Schema
  /**
   * The natural key or keys, in addition to the primary key. Field names form one key (`['tenant', 'code']` is
   * composite); several keys need definitions.
   */
  readonly key?: readonly FieldName<Schema>[] | readonly KeyDefinition<FieldName<Schema>>[] | undefined
  readonly references?: { readonly [Name in Referring]?: ReferenceDefinition<JoinedName> } | undefined
  readonly fields?: { readonly [Name in FieldName<Schema>]?: FieldDefinition | undefined } | undefined
  /**
   * Whether a record error shows the message and hint that a trigger or function raises by RAISE EXCEPTION (SQLSTATE
   * P0001), each cut at 200 characters. Use `false` if they may hold what the owner of a file must not know. No other text
   * of the database is ever shown.
   * @defaultValue true
   */
  readonly showTriggerMessages?: boolean | undefined
  /**
   * Whether the table, its partitions or its sequences may be UNLOGGED. A crash of PostgreSQL empties such a table, while
   * its records stay reported as imported. Use `'allow'` for a table whose rows can be imported again; each import then
   * has the warning `UNLOGGED_TABLE`.
   * @defaultValue 'refuse'
   */
  readonly unlogged?: 'refuse' | 'allow' | undefined
  /**
   * Checks rules over several fields. Receives the parsed fields that are valid by themselves; called once for each
   * record. Must be pure: it may run again after a crash.
   */
  check?(record: Partial<Static<Schema>>, issue: Issue<FieldName<Schema>>): void
  /**
   * Looks up values in other systems or tables, to fill fields and reject records. Called once per batch, with the records
   * that are valid so far, while the database works on earlier batches. A field that only `lookUp` fills must be optional
   * in the schema, and `check` does not see its value.
   *
   * It must not depend on how records are grouped, or on being called once: a batch may come again after a crash. If it
   * throws, the run fails with `HOOK_FAILED`; no record of that batch is imported, and all earlier batches stay.
   *
   * @example
   * async lookUp(records, { signal }) {
   *   const ids = await countries.idsOf(records.map(({ values }) => values.country), { signal })
   *   for (const { values, set, issue } of records) {
   *     const id = ids.get(values.country)
   *     if (id === undefined) issue('country', 'COUNTRY_NOT_FOUND', `There is no country "${values.country}".`)
   *     else set('country_id', id)
   *   }
   * }
   */
  lookUp?(records: readonly LookUpRecord<Static<Schema>>[], context: LookUpContext): Promise<void>
  /**
   * Returns the rows that a caller may see and write, as filters on any field, including hidden ones. Called for each
   * attempt at an import or export. If it throws, returns no filters or names an unknown field, the run fails with
   * `SCOPE_FAILED` before it does anything. `{}` means every row.
   *
   * An export adds the filters to those of the request. An import writes their values, whatever the file says. It neither
   * updates other rows nor finds them by a reference. So for an import, each filter must be a single value; otherwise it
   * fails with `SCOPE_NOT_IMPORTABLE`.
   *
   * @example
   * scope: caller => ({ tenant_id: tenantOf(caller) })
   */
  scope?(caller: Caller | undefined): Scoped & ScopeFilters<Schema, NoInfer<JoinedName>, Scoped>
  /**
   * Changes rows of an export before they are written. Receives the default and the requested fields, with values as in
   * NDJSON. Must return every requested field, with `null` for no value, and no other names. Returning `null` leaves the
   * row out. Values must keep the types of their fields, so that an import reads them back. Unchanged values are printed
   * exactly as without a hook.
   *
   * With this hook, rows go through Node one by one, which is slower. If it throws, or returns anything else, the export
   * fails with `HOOK_FAILED`.
   *
   * @example
   * printRow: row => ({ ...row, name: row.active ? row.name : 'former user' })
   */
  printRow?(
    row: PrintedRow<Schema, NoInfer<JoinedName>>,
  ): (Printed & OnlyNames<Printed, FieldName<Schema> | NoInfer<JoinedName>>) | null
}
