// Says of each record, from its index alone, which kind it is: plain, or a kind that has a known share.
import { createPermutation, type Permutation } from './permutation.ts'
import { type Rng, stream } from './rng.ts'

/** Which kind a record is (`undefined` = plain), and the how-many-eth of its kind. */
export interface Slot {
  kind: string | undefined
  rank: number
}

interface Range {
  kind: string
  start: number
  count: number
}

/**
 * Kinds own consecutive ranges of positions; a seeded permutation maps a record to its position. So counts
 * are exact, kinds never collide, and neither direction needs memory. Record 0 is always plain: a record that repeats
 * an earlier one can use it.
 */
export class Plan {
  readonly count: number
  readonly #ranges: Range[] = []
  readonly #planned: number
  readonly #permutation: Permutation

  /** `per10k` is a kind's share: it gets `floor(count * per10k / 10000)` records. */
  constructor(seed: number, name: string, count: number, kinds: Record<string, { per10k: number }>) {
    this.count = count
    let start = 0
    for (const [kind, { per10k }] of Object.entries(kinds)) {
      const size = Math.floor((count * per10k) / 10_000)
      this.#ranges.push({ kind, start, count: size })
      start += size
    }
    if (start > Math.max(0, count - 1)) throw new RangeError(`the shares of ${name} leave no plain record`)
    this.#planned = start
    this.#permutation = createPermutation(count - 1, stream(seed, `${name}.plan`)(0))
  }

  slotOf(index: number): Slot {
    if (index === 0) return { kind: undefined, rank: 0 }
    const position = this.#permutation.forward(index - 1)
    if (position >= this.#planned) return { kind: undefined, rank: position - this.#planned + 1 }
    const range = this.#ranges.find(({ start, count }) => position < start + count)
    return { kind: range?.kind, rank: position - (range?.start ?? 0) }
  }

  countOf(kind: string): number {
    return this.#range(kind)?.count ?? 0
  }

  /** The index of the `rank`-th record of a kind, if there are as many. */
  indexOf(kind: string, rank: number): number | undefined {
    const range = this.#range(kind)
    if (range === undefined || rank >= range.count) return undefined
    return this.#permutation.inverse(range.start + rank) + 1
  }

  /** The index of any plain record, each equally likely. */
  anyPlain(rng: Rng): number {
    const rank = rng.below(this.count - this.#planned)
    return rank === 0 ? 0 : this.#permutation.inverse(this.#planned + rank - 1) + 1
  }

  /** The index of a plain record before `index` (> 0): every other one close by, the others anywhere. */
  earlierPlain(index: number, rng: Rng): number {
    const reach = rng.below(2) === 0 ? Math.min(index, 20) : index
    for (let attempt = 0; attempt < 32; attempt++) {
      const candidate = index - 1 - rng.below(reach)
      if (this.slotOf(candidate).kind === undefined) return candidate
    }
    return 0
  }

  #range(kind: string): Range | undefined {
    return this.#ranges.find(range => range.kind === kind)
  }
}
