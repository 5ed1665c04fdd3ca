// Stage: parsed rows → the same rows, each with all of its broken rules.
import { callHook } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { RecordError } from '../../errors/record-error.ts'
import { deepFreeze } from '../../util/frozen.ts'
import type { Resource } from '../resource/define.ts'
import type { Issue } from '../resource/definition.ts'
import type { Field } from '../resource/field.ts'
import { isRejected, type Row, reject } from '../resource/row.ts'
import { cutBefore, type RowBatch } from '../resource/row-batch.ts'
import { InvalidValue, redact, sentenceOf } from '../value/codec.ts'
import type { CodecOf } from '../value/codecs.ts'
import { compileRules, type FieldRule } from './field-rule.ts'
import { plainValue } from './plain-value.ts'

/** Adds an error to a row for each invalid value. */
export type RowCheck = (row: Row) => void

/**
 * Checks every row that has no errors yet: the rules of each field in order, the limits of the columns, then the
 * resource's own `check`. Of a row that is encoded already, only `check` is left to do. If `check` throws, the rows before it are still passed on, with the fault.
 *
 * @param fit checks the limits of the table's columns
 * @param codecOf the codec of each field for its column
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
    let index = 0
    try {
      for (; index < batch.rows.length; index++) {
        const row = batch.rows[index]
        if (row === undefined || row.errors !== undefined) continue
        if (row.lines === undefined) checkFields(row)
        recordCheck?.(row)
        if (row.errors !== undefined) sortByField(resource, row.errors)
      }
    } catch (fault) {
      if (!(fault instanceof LadingError)) throw fault
      yield cutBefore(batch, index, fault)
      return
    }
    yield batch
  }
}

/** The check of each field by itself. @param fit checks the limits of the table's columns */
export function compileFields(resource: Resource, fit: RowCheck, codecOf?: CodecOf): RowCheck {
  const rules = compileRules(resource, codecOf)
  return row => {
    for (const rule of rules) checkField(resource, rule, row)
    fit(row)
  }
}

function checkField(resource: Resource, rule: FieldRule, row: Row): void {
  const { field } = rule
  if (field.readOnly) return
  const value = row.values[field.index]
  if (value === undefined || value === null || (value === '' && rule.emptyIsMissing)) {
    if (!field.required || (value === null && field.nullable) || hasLookupValue(resource, row, field)) return
    reject(resource, row, field, field.codes.missing, `"${field.name}" is required.`)
  } else if (value instanceof InvalidValue) {
    const { number } = value.details
    const ruleProblem = number === undefined ? undefined : rule.checkNumber?.(number)
    rejectValue(
      resource,
      row,
      rule,
      ruleProblem ? new InvalidValue(undefined, ruleProblem.message, value.path) : value,
    )
  } else {
    const problem = rule.check?.(value)
    if (problem !== undefined) rejectValue(resource, row, rule, problem)
  }
}

function rejectValue(resource: Resource, row: Row, rule: FieldRule, found: InvalidValue): void {
  const { field } = rule
  const problem = field.sensitive ? redact(found) : found
  const { tooLong, invalid } = field.codes
  const isTooLong = problem.path.length === 0 && problem.details.kind === 'length'
  const expectation = problem.path.length > 0 ? rule.elementExpectation : rule.expectation
  const sentence = sentenceOf(problem, `"${field.name}"`, expectation)
  reject(resource, row, field, problem.code ?? (isTooLong ? tooLong : invalid), sentence)
}

/** True if a lookup field of the record identifies the referenced row. */
function hasLookupValue({ inputs }: Resource, row: Row, field: Field): boolean {
  return inputs.some(({ standsFor, index }) => {
    const value = row.values[index]
    return standsFor === field && value !== undefined && value !== null
  })
}

/** Sorts errors by field, so that those of hooks stay with the other errors of their field. The sort is stable. */
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
    let hasReturned = false
    const issue: Issue = (name, code, message) => {
      if (hasReturned) warnLateIssue(hook)
      else addIssue(resource, row, { hook, name, code, message })
    }
    callHook(hook, () => check(record, issue))
    hasReturned = true
  }
}

/** The present fields of a row that are valid by themselves, as hooks see them. */
export function recordOf({ inputs }: Resource, row: Row): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (const field of inputs) {
    const value = row.values[field.index]
    if (value !== undefined && (row.errors === undefined || !isRejected(row, field)))
      record[field.name] = deepFreeze(plainValue(value))
  }
  return record
}

/** An issue that a hook reports for a row. */
export interface ReportedIssue {
  /** Name of the hook, as the start of a sentence. */
  readonly hook: string
  readonly name: string
  readonly code: string
  readonly message: string
}

/** Adds the error that a hook reports. @throws LadingError `HOOK_FAILED` unless code and message are non-empty strings */
export function addIssue(resource: Resource, row: Row, { hook, name, code, message }: ReportedIssue): void {
  if (!isText(code) || !isText(message)) {
    throw new LadingError(
      'HOOK_FAILED',
      `${hook} reported an issue without a code or a message; both must be non-empty strings.`,
    )
  }
  const field = resource.inputs.find(input => input.name === name) ?? null
  // One error per field: a rule over several fields adds nothing if a value is invalid by itself.
  if (field !== null && isRejected(row, field)) return
  reject(resource, row, field, code, message)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Warns about a late issue: its row may already be in the table. Throwing, for instance in a timer of the hook, would end the process. */
export function warnLateIssue(hook: string): void {
  process.emitWarning(`${hook} reported on a record after it had returned; the report is ignored.`, {
    code: 'LADING_HOOK_FAILED',
  })
}
