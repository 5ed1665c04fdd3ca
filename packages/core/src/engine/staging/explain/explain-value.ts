// A value that its column's type or domain rejects → the record error of that field.
import { checkWords } from '../../catalogue/rules/check-words.ts'
import { typeWords } from '../../catalogue/rules/type-words.ts'
import type { Field } from '../../resource/field.ts'
import type { Row } from '../../resource/row.ts'
import { type Diagnosis, raised } from '../merge/constraint-failure.ts'
import { cachedReport, type FailureContext, type FailureReport, rejectWith } from './failure-error.ts'
import { outOfRange } from './failure-sentences.ts'
import { raisedText } from './raised-text.ts'

export interface FailedValue {
  readonly field: Field
  /** Number of the list element, from 1; null if the value is not an element. */
  readonly element: number | null
  /** Type as named by `format_type`; for an element, the element type. */
  readonly type: string
}

export function explainValue(
  known: FailureContext,
  row: Row,
  value: FailedValue,
  diagnosis: Diagnosis,
): void {
  const { field, element } = value
  const subject = element === null ? `"${field.name}"` : `Element ${element} of "${field.name}"`
  const common = { fields: [field], names: [subject] }
  if (diagnosis.state === raised || diagnosis.state.startsWith('23')) {
    const report = cachedReport(known, diagnosis, subject, () => ofDomain(known, subject, diagnosis))
    rejectWith(known, row, { ...common, ...report })
  } else {
    rejectWith(known, row, { ...common, ...ofType(known, value, diagnosis) })
  }
}

function ofType(
  { types }: FailureContext,
  { field, type }: FailedValue,
  { state, isRaised }: Diagnosis,
): FailureReport {
  const { invalid, tooLong } = field.codes
  // A SQLSTATE raised by a domain's function says nothing about the type.
  if (isRaised && !state.startsWith('22')) return { sentence: 'raised without a word' }
  if (state === '22001' || state === '22026') return { sentence: 'value too long', errorCode: tooLong }
  const info = types.get(type) ?? { name: type, kind: 'b' }
  const words = typeWords(info)
  // A range type has only one such error: its lower bound is greater than its upper bound.
  const isReversed = state === '22000' && (info.kind === 'r' || info.kind === 'm')
  const sentence = isReversed ? 'bounds reversed' : outOfRange.has(state) ? 'value out of range' : 'value'
  return { sentence, words, errorCode: invalid }
}

/** For a failed constraint of a domain, or an error raised by a function that the constraint calls. */
function ofDomain(known: FailureContext, subject: string, diagnosis: Diagnosis): FailureReport {
  const { state, constraint, datatype } = diagnosis
  if (state === raised) return raisedText(known, diagnosis)
  if (state === '23502') return { sentence: 'no value' }
  const check = known.ruleOf(diagnosis)?.domainCheck ?? undefined
  const words = check === undefined ? undefined : checkWords(check, () => undefined)
  return words === undefined
    ? { sentence: 'domain', rule: constraint, other: datatype }
    : { sentence: 'check in words', words: words.say(() => subject) }
}
