// Stage: batches → the same batches, with what the resource's own look-up filled in and found wrong.

import { callAsyncHook, type HookTimeout } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { compileFit } from '../../catalogue/fit/fit.ts'
import { codecsOf, type Target } from '../../catalogue/target.ts'
import type { Resource } from '../../resource/define.ts'
import type { LookUpRecord } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import {
  compileFields,
  noteIssue,
  type RowCheck,
  recordOf,
  sortByField,
  tellLate,
} from '../../validation/validate.ts'
import { type Codec, InvalidValue } from '../../value/codec.ts'
import type { CodecOf } from '../../value/codecs.ts'
import { fixedFields } from './apply-scope-values.ts'

type LookUpPatience = HookTimeout & { readonly signal: AbortSignal }

/** Calls the `lookUp` of a resource that has one, once for each batch, with the records that are valid so far. */
export function lookUp(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  patience: LookUpPatience,
): AsyncIterable<RowBatch> {
  return target.resource.lookUp === undefined ? batches : lookedUp(batches, target, patience)
}

async function* lookedUp(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  patience: LookUpPatience,
): AsyncGenerator<RowBatch> {
  const { resource } = target
  const { signal } = patience
  const name = `The lookUp of ${resource.name}`
  const codecOf = codecsOf(target)
  const checkFields = compileFields(resource, compileFit(target), codecOf)
  const fixed = fixedFields(target)
  for await (const batch of batches) {
    const answers = batch.rows
      .filter(row => row.errors === undefined)
      .map(row => new Answer(resource, row, fixed))
    if (answers.length > 0) {
      await callAsyncHook(name, () => resource.lookUp?.(answers, { signal }), patience)
      for (const answer of answers) answer.apply(checkFields, codecOf)
    }
    yield batch
  }
}

/** What the hook says of one record. It is kept apart from the row until the hook has spoken on the whole batch. */
class Answer implements LookUpRecord {
  readonly rowNumber: number
  private readonly hook: string
  readonly values: Readonly<Record<string, unknown>>
  private readonly seen: Record<string, unknown>
  /** The hook has spoken on the whole batch, whose rows may be in the table from now on. */
  private isOver = false
  private readonly changes = new Map<Field, unknown>()
  private readonly issues: (readonly [field: string, code: string, message: string])[] = []

  constructor(
    private readonly resource: Resource,
    private readonly row: Row,
    /** By the caller's scope. */
    private readonly fixed: readonly Field[],
  ) {
    this.hook = `The lookUp of ${resource.name}`
    this.rowNumber = row.source.rowNumber
    this.seen = recordOf(resource, row)
    const refuse = (_seen: object, name: string | symbol): never => {
      throw this.mistake(String(name), 'is changed by `set` only')
    }
    this.values = new Proxy<Readonly<Record<string, unknown>>>(this.seen, {
      set: refuse,
      defineProperty: refuse,
      deleteProperty: refuse,
    })
  }

  /** Both can be taken out of the record: `for (const { set, issue } of records)`. */
  readonly set = (name: string, value: unknown): void => {
    if (this.isLate()) return
    const field = this.resource.fields.find(candidate => candidate.name === name)
    if (field === undefined || field.readOnly) {
      throw this.mistake(name, field === undefined ? 'is no field' : 'is read only')
    }
    if (this.fixed.includes(field)) throw this.mistake(name, 'the scope has fixed')
    this.changes.set(field, value)
    this.seen[name] = value
  }

  readonly issue = (field: string, code: string, message: string): void => {
    if (this.isLate()) return
    this.issues.push([field, code, message])
  }

  private isLate(): boolean {
    if (this.isOver) tellLate(this.hook)
    return this.isOver
  }

  private mistake(name: string, problem: string): LadingError {
    return new LadingError('HOOK_FAILED', `${this.hook} sets "${name}", which ${problem}.`)
  }

  /** Brings the answer into the row, and what is wrong with it into the row's errors. */
  apply(checkFields: RowCheck, codecOf: CodecOf): void {
    const { row, resource } = this
    this.isOver = true
    for (const [field, value] of this.changes) setValue(row, field, value, codecOf(field))
    if (this.changes.size > 0) checkFields(row)
    for (const [field, code, message] of this.issues)
      noteIssue(resource, row, { hook: this.hook, name: field, code, message })
    if (row.errors !== undefined) sortByField(resource, row.errors)
  }
}

/** Reports show what stands in the file, but for a value that the hook itself got wrong. */
function setValue(row: Row, field: Field, value: unknown, codec: Codec): void {
  const before = row.values[field.index]
  const parsed = value === undefined || value === null ? value : codec.fromJson(value)
  row.values[field.index] = parsed
  if (!(parsed instanceof InvalidValue) && (before === undefined || before === null)) return
  row.given ??= new Map()
  if (parsed instanceof InvalidValue) row.given.set(field.index, value)
  else if (!row.given.has(field.index)) row.given.set(field.index, before)
}
