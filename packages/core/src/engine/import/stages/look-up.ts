// Stage: batches → the same batches, with the values and issues of the resource's `lookUp` hook.

import { callAsyncHook, type HookTimeout } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { compileLimitCheck } from '../../catalogue/fit/fit.ts'
import { codecsOf, type Target } from '../../catalogue/target.ts'
import type { Resource } from '../../resource/define.ts'
import type { LookUpRecord } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import {
  addIssue,
  compileFields,
  type RowCheck,
  recordOf,
  sortByField,
  warnLateIssue,
} from '../../validation/validate.ts'
import { type Codec, InvalidValue } from '../../value/codec.ts'
import type { CodecOf } from '../../value/codecs.ts'
import { fixedFields } from './apply-scope-values.ts'

type LookUpTimeout = HookTimeout & { readonly signal: AbortSignal }

/** Calls the resource's `lookUp`, if it has one, once per batch, with the records that are valid so far. */
export function lookUp(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  timeout: LookUpTimeout,
): AsyncIterable<RowBatch> {
  return target.resource.lookUp === undefined ? batches : callLookUp(batches, target, timeout)
}

async function* callLookUp(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  timeout: LookUpTimeout,
): AsyncGenerator<RowBatch> {
  const { resource } = target
  const { signal } = timeout
  const name = `The lookUp of ${resource.name}`
  const codecOf = codecsOf(target)
  const checkFields = compileFields(resource, compileLimitCheck(target), codecOf)
  const fixed = fixedFields(target)
  for await (const batch of batches) {
    const records = batch.rows
      .filter(row => row.errors === undefined)
      .map(row => new RecordChanges(resource, row, fixed))
    if (records.length > 0) {
      await callAsyncHook(name, () => resource.lookUp?.(records, { signal }), timeout)
      for (const record of records) record.apply(checkFields, codecOf)
    }
    yield batch
  }
}

/** The hook's changes to one record. They are applied to the row after the hook has finished the whole batch. */
class RecordChanges implements LookUpRecord {
  readonly rowNumber: number
  private readonly hook: string
  readonly values: Readonly<Record<string, unknown>>
  private readonly seen: Record<string, unknown>
  /** The hook has finished the whole batch, whose rows may be in the table from now on. */
  private isClosed = false
  private readonly changes = new Map<Field, unknown>()
  private readonly issues: (readonly [field: string, code: string, message: string])[] = []

  constructor(
    private readonly resource: Resource,
    private readonly row: Row,
    /** Fields that the caller's scope fixes. */
    private readonly fixed: readonly Field[],
  ) {
    this.hook = `The lookUp of ${resource.name}`
    this.rowNumber = row.source.rowNumber
    this.seen = recordOf(resource, row)
    const rejectChange = (_seen: object, name: string | symbol): never => {
      throw this.hookFault(String(name), 'can only be changed with `set`')
    }
    this.values = new Proxy<Readonly<Record<string, unknown>>>(this.seen, {
      set: rejectChange,
      defineProperty: rejectChange,
      deleteProperty: rejectChange,
    })
  }

  /** An arrow function, like `issue`, so that it can be destructured: `for (const { set, issue } of records)`. */
  readonly set = (name: string, value: unknown): void => {
    if (this.isLate()) return
    const field = this.resource.fields.find(candidate => candidate.name === name)
    if (field === undefined || field.readOnly) {
      throw this.hookFault(name, field === undefined ? 'is not a field' : 'is read-only')
    }
    if (this.fixed.includes(field)) throw this.hookFault(name, 'is fixed by the scope')
    this.changes.set(field, value)
    this.seen[name] = value
  }

  readonly issue = (field: string, code: string, message: string): void => {
    if (this.isLate()) return
    this.issues.push([field, code, message])
  }

  private isLate(): boolean {
    if (this.isClosed) warnLateIssue(this.hook)
    return this.isClosed
  }

  private hookFault(name: string, problem: string): LadingError {
    return new LadingError('HOOK_FAILED', `${this.hook} sets "${name}", which ${problem}.`)
  }

  /** Applies the changes to the row, and adds problems to the row's errors. */
  apply(checkFields: RowCheck, codecOf: CodecOf): void {
    const { row, resource } = this
    this.isClosed = true
    for (const [field, value] of this.changes) setValue(row, field, value, codecOf(field))
    if (this.changes.size > 0) checkFields(row)
    for (const [field, code, message] of this.issues)
      addIssue(resource, row, { hook: this.hook, name: field, code, message })
    if (row.errors !== undefined) sortByField(resource, row.errors)
  }
}

/** Reports show the value in the file, except for an invalid value of the hook itself. */
function setValue(row: Row, field: Field, value: unknown, codec: Codec): void {
  const before = row.values[field.index]
  const parsed = value === undefined || value === null ? value : codec.fromJson(value)
  row.values[field.index] = parsed
  if (!(parsed instanceof InvalidValue) && (before === undefined || before === null)) return
  row.originals ??= new Map()
  if (parsed instanceof InvalidValue) row.originals.set(field.index, value)
  else if (!row.originals.has(field.index)) row.originals.set(field.index, before)
}
