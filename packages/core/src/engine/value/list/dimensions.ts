// Lists as values: nesting of any depth, and lower bounds of dimensions other than 1.

const lowerBounds = Symbol('lower bounds')

interface Bounded {
  readonly [lowerBounds]?: readonly number[]
}

/** Attaches lower bounds other than 1 to a list. Hooks see a list like any other. */
export function withLowerBounds<List extends readonly unknown[]>(
  list: List,
  bounds: readonly number[],
): List {
  return Object.defineProperty(list, lowerBounds, { value: bounds })
}

/** The lower bounds of a list; undefined if all dimensions begin at 1. */
export function lowerBoundsOf(list: readonly unknown[]): readonly number[] | undefined {
  return (list as Bounded)[lowerBounds]
}

/** The length of each dimension, read from its first list. */
export function lengthsOf(list: readonly unknown[]): readonly number[] {
  const [first] = list
  return [list.length, ...(Array.isArray(first) ? lengthsOf(first) : [])]
}

/** The elements of a list at any depth, in order. */
export function elementsOf(list: readonly unknown[]): readonly unknown[] {
  return list.some(Array.isArray) ? list.flat(Number.POSITIVE_INFINITY) : list
}

/** What is wrong with the shape of a multidimensional list, which PostgreSQL would reject or change. */
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
