// A resource and a caller → what a run may write to: the table within the caller's scope, and the settings it asks for.

import type { HookTimeout } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/client.ts'
import { type CommitStatements, commitStatements } from '../../../postgres/transaction/commit-level.ts'
import { sessionVariablesSql } from '../../../postgres/transaction/session-variables.ts'
import { tableParts } from '../../../util/text/names-in-sentences.ts'
import { notUnique } from '../../catalogue/match/match-lookup-fields.ts'
import { isFixed, notImportable, readScope } from '../../catalogue/scope-tests.ts'
import type { ScopeTest, Target, TargetReference } from '../../catalogue/target.ts'
import { askScope } from '../../resource/caller-scope.ts'
import type { Resource } from '../../resource/define.ts'
import type { Caller } from '../../resource/definition.ts'
import type { Row } from '../../resource/row.ts'
import { compileFields } from '../../validation/validate.ts'
import type { ImporterInternals } from '../internals.ts'

export interface ResolvedTarget {
  /** Where nobody has a scope, the same for all callers. */
  readonly target: Target
  /** Statements at the beginning of each transaction; empty where the application asks for none. */
  readonly settings: string
  /** What the commits of the run wait for. */
  readonly commits: CommitStatements
}

type Known = Pick<ImporterInternals, 'pool' | 'registry' | 'sessionVariables' | 'targetOf' | 'limits'>

/** Who asks, and for how long. */
export interface Asker {
  readonly caller?: Caller | undefined
  /** Ends the waiting for hooks. */
  readonly signal?: AbortSignal | undefined
}

function patienceOf({ signal }: Asker, { limits }: Known): HookTimeout {
  return { signal, timeoutSeconds: limits.hookTimeoutSeconds }
}

/** @throws LadingError `SCOPE_FAILED`, `SCOPE_NOT_IMPORTABLE`, `HOOK_FAILED`, `RESOURCE_MISMATCH` */
export async function resolveTarget(
  client: Client,
  { resource, ...asker }: Asker & { readonly resource: string },
  importer: Known,
): Promise<ResolvedTarget> {
  const target = await scopedTarget(client, resource, asker, importer)
  const patience = patienceOf(asker, importer)
  const settings = await sessionVariablesSql(importer.sessionVariables, asker.caller, patience)
  return { target, settings, commits: commitStatements(importer.pool) }
}

/** The target with the scopes of this caller: its own, and those of the tables that it refers to. */
export async function scopedTarget(
  client: Client,
  name: string,
  asker: Asker,
  importer: Known,
): Promise<Target> {
  const target = await importer.targetOf(client, name)
  const asked = new Map<Target, readonly ScopeTest[]>()
  const scopeOf = async (one: Target): Promise<readonly ScopeTest[]> => {
    const scope =
      asked.get(one) ?? (await scopeFor(one, asker.caller, target.resource, patienceOf(asker, importer)))
    asked.set(one, scope)
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
  if ([...asked.values()].every(tests => tests.length === 0)) return target
  assertWritable({ ...target, scope })
  return { ...target, scope, references }
}

/** @throws LadingError `SCOPE_FAILED`, `SCOPE_NOT_IMPORTABLE` */
async function scopeFor(
  target: Target,
  caller: Caller | undefined,
  { name }: Resource,
  patience: HookTimeout,
): Promise<readonly ScopeTest[]> {
  try {
    const filters = await askScope(target.resource, caller, patience)
    return filters === undefined ? [] : readScope(target, filters)
  } catch (cause) {
    if (cause instanceof LadingError && cause.code === 'SCOPE_NOT_IMPORTABLE') throw cause
    throw scopeFailed(name, cause)
  }
}

/** What the scope threw may hold anything; it stays in the cause, for the log. */
function scopeFailed(name: string, cause: unknown): LadingError {
  return new LadingError(
    'SCOPE_FAILED',
    `Nothing is imported into ${name}: which rows the caller may write could not be found out.`,
    { cause },
  )
}

/** The resources with a scope that show the table referred to. */
async function ownersOf(
  client: Client,
  target: Target,
  { constraint, reference }: TargetReference,
  { registry, targetOf }: Known,
): Promise<readonly Target[]> {
  const oid = target.table.foreignKeys.find(({ name }) => name === constraint)?.table
  const owners: Target[] = []
  for (const { name, table, scope } of registry.all) {
    // The schema may be left out of either name, and then only the database knows it.
    if (scope === undefined || bare(table) !== bare(reference.table)) continue
    const owner = await targetOf(client, name)
    if (owner.table.oid === oid) owners.push(owner)
  }
  return owners
}

function bare(table: string): string | undefined {
  return tableParts(table).at(-1)
}

/**
 * Each column of the scope has one value, which its field takes, and which completes the keys that need it.
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
  const row: Row = { source, values, given: undefined, errors: undefined }
  compileFields(resource, () => undefined)(row)
  const fixed = scope.map(({ column }) => column.field)
  const wrong = row.errors?.find(({ field }) => fixed.some(({ name }) => name === field))
  if (wrong !== undefined) throw scopeFailed(resource.name, new TypeError(wrong.message))
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
 * A field that stands for a reference may be unique only within a scope, so there has to be one.
 *
 * @throws LadingError `RESOURCE_MISMATCH`
 */
export function assertTold({ resource, references }: Target, all: readonly Resource[]): void {
  for (const { isSelf, reference, standIns } of references) {
    const owners = isSelf ? [resource] : all.filter(({ table }) => bare(table) === bare(reference.table))
    const open = standIns.find(({ scopedBy }) => scopedBy.length > 0)
    if (open === undefined || owners.some(({ scope }) => scope !== undefined)) continue
    const column = reference.standIns.find(({ field }) => field === open.field)?.column ?? ''
    throw new LadingError(
      'RESOURCE_MISMATCH',
      `Resource "${resource.name}" does not fit the database: ${notUnique(open.field.name, column, reference.table)}.`,
    )
  }
}
