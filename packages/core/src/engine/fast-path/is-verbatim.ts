// A column → a test of bytes: true if they are a valid value that COPY takes as they are.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import type { CellBlock } from '../record/cell-block.ts'
import { verbatimTests, wholeNumberIn } from '../value/verbatim.ts'
import type { CellColumn } from './cell-column.ts'

/** Tests a range that is not empty, and holds no character that COPY escapes. */
type RangeTest = (block: CellBlock, from: number, to: number) => boolean
type Passes = (value: unknown) => boolean

/**
 * A range that the test accepts breaks no rule and needs no note. One that it does not accept may be valid all the same.
 *
 * @returns undefined if the bytes alone cannot tell
 */
export function isVerbatim(options: CellColumn): RangeTest | undefined {
  const { nulls, column } = options
  if (column.field.transform !== undefined) return undefined
  const test = column.field.type.kind === 'text' ? ofText(options) : ofScalar(options)
  if (test === undefined || nulls === undefined) return test
  const lengths = new Set([...nulls].map(text => Buffer.byteLength(text)))
  return (block, from, to) => !lengths.has(to - from) && test(block, from, to)
}

function ofScalar({ column, rule: { check }, limit }: CellColumn): RangeTest | undefined {
  const { field, codec, info } = column
  const test = verbatimTests.get(codec)
  if (test === undefined) return undefined
  if (field.type.kind === 'integer') {
    const passes: Passes = value => check?.(value) === undefined && limit?.fits(value) !== false
    return ({ bytes }, from, to) => test(bytes, from, to) && passes(wholeNumberIn(bytes, from, to))
  }
  // An instant that the test accepts has no more digits than a column without a precision keeps.
  const isWithinLimit = limit === undefined || (field.type.kind === 'timestamp' && info.typmod === -1)
  if (check !== undefined || !isWithinLimit) return undefined
  return ({ bytes }, from, to) => test(bytes, from, to)
}

function ofText({ column: { field }, rule: { check }, limit }: CellColumn): RangeTest {
  const bounds = limit === undefined ? lengthsAlone(field.schema) : undefined
  const passes: Passes = value => check?.(value) === undefined && limit?.fits(value) !== false
  return (block, from, to) => {
    const { bytes } = block
    // White space at an edge is noted, and beyond ASCII are characters that cannot be seen.
    if (!isVisible(bytes[from]) || !isVisible(bytes[to - 1])) return false
    if (!block.isAsciiRange(from, to)) return false
    if (bounds === undefined) return passes(block.asciiText(from, to))
    return to - from >= bounds.min && to - from <= bounds.max
  }
}

/** Keywords of a text that say nothing about its values. */
const silentKeywords: ReadonlySet<string> = new Set([
  'type',
  'title',
  'description',
  'default',
  'examples',
  '$id',
])

/** The lengths that a schema allows, if it asks for nothing else. */
function lengthsAlone(schema: TSchema): { readonly min: number; readonly max: number } | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, ...others } = schema
  if (!TypeGuard.IsString(schema)) return undefined
  if (Object.keys(others).some(keyword => !silentKeywords.has(keyword))) return undefined
  return { min: minLength, max: maxLength }
}

/** ASCII, and neither white space nor a control character. */
function isVisible(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20 && byte < 0x7f
}
