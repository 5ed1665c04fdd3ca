// Bounds and steps of numbers → their check. Numbers with many digits are text, and are compared digit by digit.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { compareDecimals, isMultipleOf } from '../../../util/text/decimal.ts'
import { allOf, type Check, violation } from './check.ts'

/** The ranges of OpenAPI formats that are narrower than the type. */
const formatRanges: ReadonlyMap<unknown, readonly [min: number, max: number]> = new Map([
  ['int32', [-(2 ** 31), 2 ** 31 - 1]],
  ['float', [-3.4028235e38, 3.4028235e38]],
])

/** Adds the range of a number's format to the bounds of its schema. */
export function withFormat(schema: TSchema): TSchema {
  const bounds = TypeGuard.IsString(schema) ? undefined : formatRanges.get(schema.format)
  if (bounds === undefined) return schema
  const { minimum = bounds[0], maximum = bounds[1] } = schema
  return { ...schema, minimum: Math.max(minimum, bounds[0]), maximum: Math.min(maximum, bounds[1]) }
}

/** Checks `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` and `multipleOf` of JavaScript numbers. */
export function numberChecks(schema: TSchema): Check | undefined {
  return allOf([boundsCheck(schema), stepCheck(schema)])
}

/** The same for numbers written as text. */
export function decimalChecks(schema: TSchema): Check | undefined {
  return allOf([decimalBoundsCheck(schema), decimalStepCheck(schema)])
}

function boundsCheck(schema: TSchema): Check | undefined {
  const words = boundsWords(schema)
  if (words === undefined) return undefined
  const {
    minimum = Number.NEGATIVE_INFINITY,
    maximum = Number.POSITIVE_INFINITY,
    exclusiveMinimum,
    exclusiveMaximum,
  } = schema
  const problem = violation(words)
  return value => {
    const number = value as number
    const isWithin =
      number >= minimum &&
      number <= maximum &&
      (exclusiveMinimum === undefined || number > exclusiveMinimum) &&
      (exclusiveMaximum === undefined || number < exclusiveMaximum)
    return isWithin ? undefined : problem
  }
}

function stepCheck({ multipleOf }: TSchema): Check | undefined {
  if (multipleOf === undefined) return undefined
  const step = String(multipleOf)
  const problem = stepProblem(step)
  return value => {
    // 0.15 is a multiple of 0.05 as decimals, which is what people write, but not as binary fractions.
    const isMultiple = (value as number) % multipleOf === 0 || isMultipleOf(String(value), step)
    return isMultiple ? undefined : problem
  }
}

function decimalBoundsCheck(schema: TSchema): Check | undefined {
  const words = boundsWords(schema)
  if (words === undefined) return undefined
  const text = (bound: unknown) => (bound === undefined ? undefined : String(bound))
  const min = text(schema.minimum)
  const max = text(schema.maximum)
  const above = text(schema.exclusiveMinimum)
  const below = text(schema.exclusiveMaximum)
  const problem = violation(words)
  return value => {
    const number = value as string
    const isWithin =
      (min === undefined || compareDecimals(number, min) >= 0) &&
      (max === undefined || compareDecimals(number, max) <= 0) &&
      (above === undefined || compareDecimals(number, above) > 0) &&
      (below === undefined || compareDecimals(number, below) < 0)
    // An application's own format may accept texts that are not numbers.
    return isWithin || Number.isNaN(Number(number)) ? undefined : problem
  }
}

function decimalStepCheck({ multipleOf }: TSchema): Check | undefined {
  if (multipleOf === undefined) return undefined
  const step = String(multipleOf)
  const problem = stepProblem(step)
  return value => (isMultipleOf(value as string, step) ? undefined : problem)
}

function stepProblem(step: string) {
  return violation(step === '1' ? 'must be a whole number' : `must be a multiple of ${step}`)
}

/** "must be between 1 and 5"; undefined if there are no bounds. */
function boundsWords({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: TSchema): string | undefined {
  const isRange = minimum !== undefined && maximum !== undefined
  const range = String(minimum) === String(maximum) ? String(minimum) : `between ${minimum} and ${maximum}`
  const parts = [
    ...(isRange ? [range] : []),
    ...(!isRange && minimum !== undefined ? [`at least ${minimum}`] : []),
    ...(exclusiveMinimum !== undefined ? [`greater than ${exclusiveMinimum}`] : []),
    ...(!isRange && maximum !== undefined ? [`at most ${maximum}`] : []),
    ...(exclusiveMaximum !== undefined ? [`less than ${exclusiveMaximum}`] : []),
  ]
  return parts.length === 0 ? undefined : `must be ${parts.join(' and ')}`
}
