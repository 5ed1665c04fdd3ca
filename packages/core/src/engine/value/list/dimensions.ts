// Lists as values: nested ones of any depth, and where their dimensions begin, if not at 1.

const lowerBounds = Symbol('lower bounds')

interface Bounded {
  readonly [lowerBounds]?: readonly number[]
}

/** A list that PostgreSQL counts from other numbers than 1. Hooks see a list like any other. */
export function withLowerBounds<List extends readonly unknown[]>(
  list: List,
  bounds: readonly number[],
): List {
  return Object.defineProperty(list, lowerBounds, { value: bounds })
}

/** Undefined where all dimensions begin at 1. */
export function lowerBoundsOf(list: readonly unknown[]): readonly number[] | undefined {
  return (list as Bounded)[lowerBounds]
}

/** How long the lists of each dimension are, by the first one of each. */
export function lengthsOf(list: readonly unknown[]): readonly number[] {
  const [first] = list
  return [list.length, ...(Array.isArray(first) ? lengthsOf(first) : [])]
}

/** The elements of a list, however deep they stand, in order. */
export function elementsOf(list: readonly unknown[]): readonly unknown[] {
  return list.some(Array.isArray) ? list.flat(Number.POSITIVE_INFINITY) : list
}

/** What is wrong with the shape of a list of several dimensions, which PostgreSQL would refuse, or make another of. */
export function shapeProblem(list: readonly unknown[]): string | undefined {
  if (list.length === 0) return undefined
  const lengths = lengthsOf(list)
  if (lengths.includes(0))
    return 'must have inner lists that are not empty; write [] for a list without elements'
  return hasLengths(list, lengths) ? undefined : 'must have inner lists of equal length'
}

function hasLengths(list: readonly unknown[], [length, ...inner]: readonly number[]): boolean {
  return list.length === length && list.every(item => !Array.isArray(item) || hasLengths(item, inner))
}
