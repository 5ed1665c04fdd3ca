// Stage: typed rows → the same rows, each with all of its broken rules.
import { callHook } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { RecordError } from '../../errors/record-error.ts'
import { frozen } from '../../util/frozen.ts'
import type { Resource } from '../resource/define.ts'
import type { Issue } from '../resource/definition.ts'
import type { Field } from '../resource/field.ts'
import { isRejected, type Row, reject } from '../resource/row.ts'
import { cutBefore, type RowBatch } from '../resource/row-batch.ts'
import { InvalidValue, redact, sentenceOf } from '../value/codec.ts'
import type { CodecOf } from '../value/codecs.ts'
import { compileRules, type Rule } from './field-rule.ts'
import { plainValue } from './plain-value.ts'

/** Notes what is wrong with the values of a row. */
export type RowCheck = (row: Row) => void

/**
 * Checks every row that became fields: the rules of each field in their order, what its column can hold, then the
 * resource's own `check`. One that throws is a fault behind the rows before it.
 *
 * @param fit what the columns of the table add to the rules of the fields
 * @param codecOf the codec of each field by the column that carries it
 */
export async function* validate(
  batches: AsyncIterable<RowBatch>,
  resource: Resource,
  fit: RowCheck,
  codecOf?: CodecOf,
): AsyncGenerator<RowBatch> {
  const checkFields = compileFields(resource, fit, codecOf)
  const recordCheck = compileCheck(resource)
  for await (const batch of batches) {
    let at = 0
    try {
      for (; at < batch.rows.length; at++) {
        const row = batch.rows[at]
        if (row === undefined || row.errors !== undefined) continue
        checkFields(row)
        recordCheck?.(row)
        if (row.errors !== undefined) sortByField(resource, row.errors)
      }
    } catch (fault) {
      if (!(fault instanceof LadingError)) throw fault
      yield cutBefore(batch, at, fault)
      return
    }
    yield batch
  }
}

/** The check of every field by itself. @param fit what the columns of the table add to the rules of the fields */
export function compileFields(resource: Resource, fit: RowCheck, codecOf?: CodecOf): RowCheck {
  const rules = compileRules(resource, codecOf)
  return row => {
    for (const rule of rules) checkField(resource, rule, row)
    fit(row)
  }
}

function checkField(resource: Resource, rule: Rule, row: Row): void {
  const { field } = rule
  if (field.readOnly) return
  const value = row.values[field.index]
  if (value === undefined || value === null || (value === '' && rule.emptyIsMissing)) {
    if (!field.required || (value === null && field.nullable) || isStoodFor(resource, row, field)) return
    reject(resource, row, field, field.codes.missing, `"${field.name}" is required.`)
  } else if (value instanceof InvalidValue) {
    const { number } = value.facts
    const ofRule = number === undefined ? undefined : rule.checkNumber?.(number)
    rejectValue(resource, row, rule, ofRule ? new InvalidValue(undefined, ofRule.message, value.at) : value)
  } else {
    const refusal = rule.check?.(value)
    if (refusal !== undefined) rejectValue(resource, row, rule, refusal)
  }
}

function rejectValue(resource: Resource, row: Row, rule: Rule, found: InvalidValue): void {
  const { field } = rule
  const refusal = field.sensitive ? redact(found) : found
  const { tooLong, invalid } = field.codes
  const isTooLong = refusal.at.length === 0 && refusal.facts.about === 'length'
  const expectation = refusal.at.length > 0 ? rule.elementExpectation : rule.expectation
  const sentence = sentenceOf(refusal, `"${field.name}"`, expectation)
  reject(resource, row, field, refusal.code ?? (isTooLong ? tooLong : invalid), sentence)
}

/** Another field of the record says which row is meant. */
function isStoodFor({ inputs }: Resource, row: Row, field: Field): boolean {
  return inputs.some(({ standsFor, index }) => {
    const value = row.values[index]
    return standsFor === field && value !== undefined && value !== null
  })
}

/** What a hook found stands with the other errors of its field. Sorting is stable. */
export function sortByField({ inputs }: Resource, errors: RecordError[]): void {
  const position = ({ field }: RecordError) => inputs.findIndex(({ name }) => name === field)
  errors.sort((one, other) => position(one) - position(other))
}

function compileCheck(resource: Resource): RowCheck | undefined {
  const { check } = resource
  if (check === undefined) return undefined
  const hook = `The check of ${resource.name}`
  return row => {
    const record = Object.freeze(recordOf(resource, row))
    let isOver = false
    const issue: Issue = (name, code, message) => {
      if (isOver) tellLate(hook)
      else noteIssue(resource, row, { hook, name, code, message })
    }
    callHook(hook, () => check(record, issue))
    isOver = true
  }
}

/** The fields that a row has and that are valid by themselves, as hooks see them. */
export function recordOf({ inputs }: Resource, row: Row): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (const field of inputs) {
    const value = row.values[field.index]
    if (value !== undefined && (row.errors === undefined || !isRejected(row, field)))
      record[field.name] = frozen(plainValue(value))
  }
  return record
}

/** What a hook says of a row. */
export interface SaidIssue {
  /** As the beginning of a sentence. */
  readonly hook: string
  readonly name: string
  readonly code: string
  readonly message: string
}

/** @throws LadingError `HOOK_FAILED` for a code or a message that no report can hold */
export function noteIssue(resource: Resource, row: Row, { hook, name, code, message }: SaidIssue): void {
  if (!isText(code) || !isText(message)) {
    throw new LadingError('HOOK_FAILED', `${hook} reports an issue without a text as its code and message.`)
  }
  const field = resource.inputs.find(input => input.name === name) ?? null
  // One field, one error: a rule over several fields says nothing new of a value that is wrong by itself.
  if (field !== null && isRejected(row, field)) return
  reject(resource, row, field, code, message)
}

function isText(said: unknown): said is string {
  return typeof said === 'string' && said !== ''
}

/** Its row may be in the table by now. Thrown, it would end the process, where the hook has left a timer behind. */
export function tellLate(hook: string): void {
  process.emitWarning(`${hook} speaks of a record behind its end; it is not heard.`, {
    code: 'LADING_HOOK_FAILED',
  })
}
