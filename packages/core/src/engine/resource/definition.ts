// What the owner of a table writes: the definition of a resource, before it is compiled.
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { FieldName, Filters, OnlyNames, PrintedRow, ScopeFilters } from './typed-names.ts'

export type { FilterBounds, Filters } from './typed-names.ts'

/** Who asks for an import or export, as far as the host has found out. */
export interface Caller {
  readonly tenant?: string | undefined
  readonly principal?: string | undefined
}

/**
 * Settings for each transaction of an import or export, for row-level security: names with a prefix, and their values.
 *
 * @example
 * const session: SessionVariables = caller => ({ 'app.tenant': caller?.tenant ?? '' })
 */
export type SessionVariables = (
  caller: Caller | undefined,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>

/** A natural key: fields that together tell one row from every other. */
export interface KeyDefinition<Name extends string = string> {
  /** Field names; more than one make a composite key. */
  readonly fields: readonly Name[]
  /** Compare text without regard to case: needs a unique index on `lower(column)`, or a citext column. @defaultValue false */
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
   * Fields that a file may have in place of this one, each with the unique column of the other table that it is looked
   * up in: `{ author_email: 'email' }`. A record that gives this field too must mean the same row by both. An export
   * has them where its `fields` name them.
   */
  readonly by?: { readonly [Name in JoinedName]?: string | LookupFieldDefinition } | undefined
  /**
   * Fields that an export may have beside this one, each with the column of the other table that it shows:
   * `{ author_name: 'name' }`. An export has them where its `fields` name them; an import ignores them.
   */
  readonly show?: { readonly [Name in JoinedName]?: string | ShownDefinition } | undefined
}

/** How a field of an export is kept from those who may not see it. */
export interface Visibility {
  /** Never exported, filtered or sorted by, and named to nobody; an import may still write it. @defaultValue false */
  readonly hidden?: boolean | undefined
  /**
   * Text is printed as stars, but for so many of its characters; one that is no longer than those is all stars. Such
   * a field can neither be filtered nor sorted by, since that would tell its value bit by bit.
   */
  readonly mask?: MaskDefinition | undefined
}

export interface MaskDefinition {
  /** Characters at the beginning that stay. @defaultValue 0 */
  readonly keepFirst?: number | undefined
  /** Characters at the end that stay. @defaultValue 0 */
  readonly keepLast?: number | undefined
}

/** A field of another table, as an export shows it. */
export interface JoinedDefinition extends Visibility {
  /** Also in an export that names no fields. @defaultValue false */
  readonly exported?: boolean | undefined
}

export interface ShownDefinition extends JoinedDefinition {
  readonly column: string
  /** What a value is. @defaultValue any text */
  readonly schema?: TSchema | undefined
}

export interface LookupFieldDefinition extends JoinedDefinition {
  /** Unique by itself, or by `lower()` of it; it is compared as its index does. */
  readonly column: string
  /** What a value must be. @defaultValue any text */
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
   * leave alone what is right already: a file that was exported comes back through it, and `1234.50` is no `1.234,50`.
   */
  readonly transform?: ((text: string) => string) | undefined
  /** Export only: for computed columns, and numbers that no file may give. A file may hold it, and it is not imported. @defaultValue false */
  readonly readOnly?: boolean | undefined
  /** Values are never shown in a report. @defaultValue false */
  readonly sensitive?: boolean | undefined
  /**
   * The time of the last change: where a record does not give it, an update that changes another column sets it to
   * now. @defaultValue true for a timestamp in the column `updated_at`
   */
  readonly touch?: boolean | undefined
  /** Codes to use in place of the general ones. */
  readonly codes?:
    | {
        readonly missing?: string | undefined
        readonly invalid?: string | undefined
        readonly tooLong?: string | undefined
      }
    | undefined
}

/** Reports one broken rule from `check`; a field that is already known to be wrong is not reported twice. */
export type Issue<Field extends string = string> = (field: Field, code: string, message: string) => void

/** One record of a batch, as `lookUp` sees and changes it. */
export interface LookUpRecord<Values = Record<string, unknown>> {
  readonly rowNumber: number
  /** Fields that the record has, parsed, as `check` sees them; with what `set` has set. */
  readonly values: Readonly<Partial<Values>>
  /**
   * Gives a field a value, as JSON would have it; `null` for none. It has to keep to the field's rules like a value
   * of the file: one that does not is an error of that field. The last one counts.
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
 * @typeParam JoinedName - fields that references bring along (`by` and `show`)
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
  /** The one source of truth for names, order, types and rules. A field that is `Type.Optional` may be absent. */
  readonly schema: Schema
  /**
   * The natural key or keys; the primary key always counts as one more. Names of fields are one key
   * (`['tenant', 'code']` is composite); several keys are given as definitions.
   */
  readonly key?: readonly FieldName<Schema>[] | readonly KeyDefinition<FieldName<Schema>>[] | undefined
  readonly references?: { readonly [Name in Referring]?: ReferenceDefinition<JoinedName> } | undefined
  readonly fields?: { readonly [Name in FieldName<Schema>]?: FieldDefinition | undefined } | undefined
  /**
   * What triggers and functions of the database say by RAISE EXCEPTION (SQLSTATE P0001): the message and the hint, each
   * cut at 200 characters, are the sentence of the record error. `false` keeps them back, where they may hold what the
   * owner of a file must not know. Every other text of the database stays inside anyway.
   * @defaultValue true
   */
  readonly showTriggerMessages?: boolean | undefined
  /**
   * Whether the table may be UNLOGGED, or have partitions or sequences that are: a crash of PostgreSQL empties such a
   * table, while the records stay reported as imported. `'allow'` for a table whose rows can be had again; each import
   * has the warning `UNLOGGED_TABLE` then.
   * @defaultValue 'refuse'
   */
  readonly unlogged?: 'refuse' | 'allow' | undefined
  /**
   * Rules over several fields. Sees the fields that are valid by themselves, parsed; called once for every
   * record. Must be pure: it may run again after a crash.
   */
  check?(record: Partial<Static<Schema>>, issue: Issue<FieldName<Schema>>): void
  /**
   * Look-ups in other systems or tables, one call for each batch: fills fields, and rejects records. Sees the
   * records that are valid so far, and those only; called ahead of the database, so that both work at once. A field
   * that only it fills is optional in the schema, and `check` has not seen its value.
   *
   * A batch may be seen again after a crash, and how records are grouped is no promise: what it does must not
   * depend on either. If it throws, the run fails with `HOOK_FAILED`; no record of that batch is imported, and all
   * earlier batches stay.
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
   * Which rows somebody may see and write, as filters on any field, hidden ones too. Asked for each import and export
   * and each attempt at one. If it throws, gives no filters or names an unknown field, nothing is done
   * (`SCOPE_FAILED`); `{}` means every row.
   *
   * An export adds the filters to what was asked for. An import writes their values, whatever the file says, and sees
   * no other rows: neither updates them nor finds them by a reference. So each filter must be one value then, or the
   * import is refused (`SCOPE_NOT_IMPORTABLE`).
   *
   * @example
   * scope: caller => ({ tenant_id: tenantOf(caller) })
   */
  scope?(caller: Caller | undefined): Scoped & ScopeFilters<Schema, NoInfer<JoinedName>, Scoped>
  /**
   * Changes rows of an export before they are written. Sees the fields that an export has by default and those that
   * were asked for, with values as NDJSON has them; what it returns has every field that was asked for, `null` for no
   * value, and no other names. `null` in place of a row leaves it out. Values keep to the types of their fields, so
   * that an import takes them back; what is not changed is printed to the letter as it would be without a hook.
   *
   * With it, rows go through Node one by one, which is slower. If it throws, or gives anything else, the export fails
   * with `HOOK_FAILED`.
   *
   * @example
   * printRow: row => ({ ...row, name: row.active ? row.name : 'former user' })
   */
  printRow?(
    row: PrintedRow<Schema, NoInfer<JoinedName>>,
  ): (Printed & OnlyNames<Printed, FieldName<Schema> | NoInfer<JoinedName>>) | null
}
