// Lengths, patterns and formats of text → their check. Lengths are counted in code points, as in PostgreSQL.
import { FormatRegistry, type TSchema } from '@sinclair/typebox'
import { hasMoreCodePoints } from '../../../util/text/code-points.ts'
import type { ScalarKind } from '../../resource/schema/column-type.ts'
import { bigint } from '../../value/number/bigint.ts'
import { numeric } from '../../value/number/numeric.ts'
import { text } from '../../value/text.ts'
import { date } from '../../value/time/date.ts'
import { timestamp } from '../../value/time/timestamp.ts'
import { uuid } from '../../value/uuid.ts'
import { allOf, type Check, described, violation } from './check.ts'

/** @param kind see `Compile` */
export function textChecks(schema: TSchema, kind: ScalarKind | undefined): Check | undefined {
  // A format with a type of its own has already been parsed.
  const format = kind === undefined || kind === 'text' ? formatCheck(schema) : undefined
  return allOf([lengthCheck(schema), format, patternCheck(schema)])
}

/** Counts code points; TypeBox would count UTF-16 units. */
export function lengthCheck({ minLength = 0, maxLength }: TSchema): Check | undefined {
  const tooLong = violation(`is longer than ${countOf(maxLength, 'character')}`, 'length')
  const tooShort = violation(`is shorter than ${countOf(minLength, 'character')}`)
  return allOf([
    maxLength === undefined
      ? undefined
      : text => (hasMoreCodePoints(text as string, maxLength) ? tooLong : undefined),
    minLength <= 0
      ? undefined
      : text => (hasMoreCodePoints(text as string, minLength - 1) ? undefined : tooShort),
  ])
}

function formatCheck(schema: TSchema): Check | undefined {
  const { format } = schema
  if (format === undefined) return undefined
  const isValid = FormatRegistry.Get(format)
  const problem = violation(described(schema, formatWords(format)))
  return text => (isValid?.(text as string) ? undefined : problem)
}

/** Words for the format of a text field, or of a text inside JSON. */
export function formatWords(format: string): string {
  return knownFormats.get(format) ?? `must be a valid ${format}`
}

const knownFormats: ReadonlyMap<string, string> = new Map([
  ['email', 'must be an e-mail address, such as ada@example.org'],
  ['uuid', uuid.expectation],
  ['date', date.expectation],
  ['date-time', timestamp.expectation],
  ['int64', bigint.expectation],
  ['decimal', numeric.expectation],
  ['postgres', text.expectation],
])

function patternCheck(schema: TSchema): Check | undefined {
  const { pattern } = schema
  return pattern === undefined ? undefined : formCheck(schema, new RegExp(pattern), pattern)
}

/** Checks text against a regular expression. @param source the expression as the schema has it */
export function formCheck(schema: TSchema, form: RegExp, source: string): Check {
  const problem = violation(described(schema, formWords(source)))
  return text => {
    // With the flag g, it would continue where the last match ended.
    form.lastIndex = 0
    return form.test(text as string) ? undefined : problem
  }
}

const maxFormLength = 150

export function formWords(source: string): string {
  return `must have the form ${source.length > maxFormLength ? `${source.slice(0, maxFormLength)}…` : source}`
}

/** `1 character`, `2 characters`. */
export function countOf(count: number | undefined, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
