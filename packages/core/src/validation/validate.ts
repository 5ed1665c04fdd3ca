// Stage: typed rows → the same rows, each with all of its broken rules.
import { callHook } from '../errors/hook.ts'
import type { RecordError } from '../errors/record-error.ts'
import type { Resource } from '../resource/define.ts'
import type { Issue } from '../resource/definition.ts'
import { isRejected, type Row, reject } from '../resource/row.ts'
import type { RowBatch } from '../resource/row-batch.ts'
import { hasMoreCodePoints } from '../util/code-points.ts'
import { Refusal } from '../value/codec.ts'
import { plainValue } from './checker.ts'
import { compileRules, isTooLong, type Rule } from './compile.ts'

/** Checks every row that became fields: the rules of each field in their order, then the resource's own `check`. */
export async function* validate(
  batches: AsyncIterable<RowBatch>,
  resource: Resource,
): AsyncGenerator<RowBatch> {
  const rules = compileRules(resource)
  const recordCheck = compileCheck(resource)
  const positions = new Map(resource.fields.map(field => [field.name, field.index]))
  for await (const batch of batches) {
    for (const row of batch.rows) {
      if (row.errors !== undefined) continue
      for (const rule of rules) checkField(resource, rule, row)
      recordCheck?.(row)
      if (row.errors !== undefined) sortByField(row.errors, positions)
    }
    yield batch
  }
}

function checkField(resource: Resource, rule: Rule, row: Row): void {
  const { field } = rule
  if (field.readOnly) return
  const value = row.values[field.index]
  if (value === undefined || value === null || (value === '' && rule.emptyIsMissing)) {
    if (!field.required || (value === null && field.nullable)) return
    reject(resource, row, field, field.codes.missing, `"${field.name}" is required.`)
  } else if (value instanceof Refusal) {
    const { code = field.codes.invalid, message = rule.expectation } = value
    reject(resource, row, field, code, `"${field.name}" ${message}.`)
  } else if (typeof value === 'string' && isTooLong(rule, value)) {
    reject(
      resource,
      row,
      field,
      field.codes.tooLong,
      `"${field.name}" is longer than ${rule.maxLength} characters.`,
    )
  } else if (
    typeof value === 'string' &&
    rule.minLength > 0 &&
    !hasMoreCodePoints(value, rule.minLength - 1)
  ) {
    reject(
      resource,
      row,
      field,
      field.codes.invalid,
      `"${field.name}" is shorter than ${rule.minLength} characters.`,
    )
  } else if (rule.isValid !== undefined && !rule.isValid(value)) {
    reject(resource, row, field, field.codes.invalid, `"${field.name}" ${rule.expectation}.`)
  }
}

/** What `check` found stands with the other errors of its field. Sorting is stable. */
function sortByField(errors: RecordError[], positions: ReadonlyMap<string, number>): void {
  const position = ({ field }: RecordError) => (field === null ? -1 : (positions.get(field) ?? -1))
  errors.sort((one, other) => position(one) - position(other))
}

function compileCheck(resource: Resource): ((row: Row) => void) | undefined {
  const { check, fields } = resource
  if (check === undefined) return undefined
  const byName = new Map(fields.map(field => [field.name, field]))
  return row => {
    const record: Record<string, unknown> = {}
    for (const field of fields) {
      const value = row.values[field.index]
      if (value !== undefined && (row.errors === undefined || !isRejected(row, field)))
        record[field.name] = plainValue(value)
    }
    const issue: Issue = (name, code, message) => {
      const field = byName.get(name) ?? null
      // One field, one error: a rule over several fields says nothing new of a value that is wrong by itself.
      if (field !== null && isRejected(row, field)) return
      reject(resource, row, field, code, message)
    }
    callHook(`The check of ${resource.name}`, () => check(record, issue))
  }
}
