// A resource and a caller → what a run may write to: the table within the caller's scope, and the settings of its transactions.

import type { HookTimeout } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { type CommitStatements, commitStatements } from '../../../postgres/transaction/commit-level.ts'
import { sessionVariablesSql } from '../../../postgres/transaction/session-variables.ts'
import { tableParts } from '../../../util/text/names-in-sentences.ts'
import { notUnique } from '../../catalogue/match/match-lookup-fields.ts'
import { isFixed, notImportable, readScope } from '../../catalogue/scope-tests.ts'
import type { ScopeTest, Target, TargetReference } from '../../catalogue/target.ts'
import { resolveScope } from '../../resource/caller-scope.ts'
import type { Resource } from '../../resource/define.ts'
import type { Caller } from '../../resource/definition.ts'
import type { Row } from '../../resource/row.ts'
import { compileFields } from '../../validation/validate.ts'
import type { ImporterInternals } from '../internals.ts'

export interface ResolvedTarget {
  /** The same object for all callers if no resource has a scope. */
  readonly target: Target
  /** Statements at the beginning of each transaction; empty if the application sets no variables. */
  readonly setupSql: string
  /** What the commits of the run wait for. */
  readonly commits: CommitStatements
}

type ImporterContext = Pick<
  ImporterInternals,
  'pool' | 'registry' | 'sessionVariables' | 'targetOf' | 'limits'
>

/** The caller, and how long hooks may take. */
export interface ImportContext {
  readonly caller?: Caller | undefined
  /** Ends the wait for hooks. */
  readonly signal?: AbortSignal | undefined
}

function hookTimeout({ signal }: ImportContext, { limits }: ImporterContext): HookTimeout {
  return { signal, timeoutSeconds: limits.hookTimeoutSeconds }
}

/** @throws LadingError `SCOPE_FAILED`, `SCOPE_NOT_IMPORTABLE`, `HOOK_FAILED`, `RESOURCE_MISMATCH` */
export async function resolveTarget(
  client: Client,
  { resource, ...context }: ImportContext & { readonly resource: string },
  importer: ImporterContext,
): Promise<ResolvedTarget> {
  const target = await scopedTarget(client, resource, context, importer)
  const timeout = hookTimeout(context, importer)
  const setupSql = await sessionVariablesSql(importer.sessionVariables, context.caller, timeout)
  return { target, setupSql: setupSql, commits: commitStatements(importer.pool) }
}

/** The target with the scopes of this caller: that of its resource, and those of the tables that it refers to. */
export async function scopedTarget(
  client: Client,
  name: string,
  context: ImportContext,
  importer: ImporterContext,
): Promise<Target> {
  const target = await importer.targetOf(client, name)
  const scopes = new Map<Target, readonly ScopeTest[]>()
  const scopeOf = async (one: Target): Promise<readonly ScopeTest[]> => {
    const scope =
      scopes.get(one) ??
      (await scopeFor(one, context.caller, target.resource, hookTimeout(context, importer)))
    scopes.set(one, scope)
    return scope
  }
  const scope = await scopeOf(target)
  const references: TargetReference[] = []
  for (const reference of target.references) {
    const owners = reference.isSelf ? [target] : await ownersOf(client, target, reference, importer)
    const tests: ScopeTest[] = []
    for (const owner of owners) tests.push(...(await scopeOf(owner)))
    references.push(tests.length === 0 ? reference : { ...reference, scope: tests })
  }
  if ([...scopes.values()].every(tests => tests.length === 0)) return target
  assertWritable({ ...target, scope })
  return { ...target, scope, references }
}

/** @throws LadingError `SCOPE_FAILED`, `SCOPE_NOT_IMPORTABLE` */
async function scopeFor(
  target: Target,
  caller: Caller | undefined,
  { name }: Resource,
  timeout: HookTimeout,
): Promise<readonly ScopeTest[]> {
  try {
    const filters = await resolveScope(target.resource, caller, timeout)
    return filters === undefined ? [] : readScope(target, filters)
  } catch (cause) {
    if (cause instanceof LadingError && cause.code === 'SCOPE_NOT_IMPORTABLE') throw cause
    throw scopeFailed(name, cause)
  }
}

/** The error that the scope threw may contain anything, so it stays in the cause, for the log. */
function scopeFailed(name: string, cause: unknown): LadingError {
  return new LadingError(
    'SCOPE_FAILED',
    `Nothing was imported into ${name}: the rows that the caller may write could not be determined.`,
    { cause },
  )
}

/** The resources with a scope whose table is the referenced one. */
async function ownersOf(
  client: Client,
  target: Target,
  { constraint, reference }: TargetReference,
  { registry, targetOf }: ImporterContext,
): Promise<readonly Target[]> {
  const oid = target.table.foreignKeys.find(({ name }) => name === constraint)?.table
  const owners: Target[] = []
  for (const { name, table, scope } of registry.all) {
    // Either name may omit the schema, and then only the database knows it.
    if (scope === undefined || unqualifiedName(table) !== unqualifiedName(reference.table)) continue
    const owner = await targetOf(client, name)
    if (owner.table.oid === oid) owners.push(owner)
  }
  return owners
}

function unqualifiedName(table: string): string | undefined {
  return tableParts(table).at(-1)
}

/**
 * Checks that each column of the scope has one valid value for its field, and that these columns complete the keys.
 *
 * @throws LadingError `SCOPE_NOT_IMPORTABLE`, `SCOPE_FAILED`, `RESOURCE_MISMATCH`
 */
function assertWritable(target: Target): void {
  const { resource, scope, keys } = target
  if (scope.some(test => !isFixed(test) || test.column.field.readOnly)) throw notImportable(resource.name)
  const values: unknown[] = []
  for (const {
    column,
    values: [value],
  } of scope)
    values[column.field.index] = value
  const source = {
    rowNumber: 0,
    line: 0,
    offset: 0,
    length: 0,
    raw: '',
    content: undefined,
    problem: undefined,
  }
  const row: Row = { source, values, originals: undefined, errors: undefined }
  compileFields(resource, () => undefined)(row)
  const fixed = scope.map(({ column }) => column.field)
  const invalid = row.errors?.find(({ field }) => fixed.some(({ name }) => name === field))
  if (invalid !== undefined) throw scopeFailed(resource.name, new TypeError(invalid.message))
  if (scope.length === 0) return
  for (const { index, scopedBy } of keys) {
    if (scopedBy.every(column => fixed.includes(column.field))) continue
    throw new LadingError(
      'RESOURCE_MISMATCH',
      `Resource "${resource.name}" has a key that its unique index ${index} enforces only together with columns that the scope leaves open; create an index that fits.`,
    )
  }
}

/**
 * Checks that a lookup field which is unique only within a scope has a resource with a scope.
 *
 * @throws LadingError `RESOURCE_MISMATCH`
 */
export function assertLookupFieldsScoped({ resource, references }: Target, all: readonly Resource[]): void {
  for (const { isSelf, reference, lookupFields } of references) {
    const owners = isSelf
      ? [resource]
      : all.filter(({ table }) => unqualifiedName(table) === unqualifiedName(reference.table))
    const scopedField = lookupFields.find(({ scopedBy }) => scopedBy.length > 0)
    if (scopedField === undefined || owners.some(({ scope }) => scope !== undefined)) continue
    const column = reference.lookupFields.find(({ field }) => field === scopedField.field)?.column ?? ''
    throw new LadingError(
      'RESOURCE_MISMATCH',
      `Resource "${resource.name}" does not fit the database: ${notUnique(scopedField.field.name, column, reference.table)}.`,
    )
  }
}
