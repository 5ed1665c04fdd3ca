// The permutation hits every number once, and its inverse leads back; a plan therefore gives exact counts.
import { describe, expect, it } from 'vitest'
import { createPermutation } from '../generator/permutation.ts'
import { Plan } from '../generator/plan.ts'
import { stream } from '../generator/rng.ts'

describe('createPermutation', () => {
  it.each([1, 2, 3, 16, 17, 1000, 4097])('is a bijection of %d numbers with an inverse', size => {
    const { forward, inverse } = createPermutation(size, stream(9, 'test')(0))
    const images = Array.from({ length: size }, (_, value) => forward(value))
    expect(new Set(images).size).toBe(size)
    expect(Math.max(...images)).toBe(size - 1)
    expect(images.map(inverse)).toEqual(Array.from({ length: size }, (_, value) => value))
  })

  it('rejects numbers outside its range', () => {
    const { forward } = createPermutation(10, stream(9, 'test')(0))
    expect(() => forward(10)).toThrow(RangeError)
  })
})

describe('Plan', () => {
  const plan = new Plan(4, 'test', 12_345, { rare: { per10k: 3 }, common: { per10k: 250 } })

  it('gives each kind its share, none to record 0, and finds the records of a kind again', () => {
    const seen: Record<string, number> = {}
    for (let index = 0; index < plan.count; index++) {
      const { kind, rank } = plan.slotOf(index)
      if (kind === undefined) continue
      seen[kind] = (seen[kind] ?? 0) + 1
      expect(plan.indexOf(kind, rank)).toBe(index)
    }
    expect(seen).toEqual({ rare: 3, common: 308 })
    expect(plan.slotOf(0).kind).toBeUndefined()
    expect(plan.indexOf('rare', 3)).toBeUndefined()
  })

  it('finds plain records, also before a given one', () => {
    const rng = stream(4, 'draws')(0)
    for (let draw = 0; draw < 500; draw++) {
      expect(plan.slotOf(plan.anyPlain(rng)).kind).toBeUndefined()
      const index = 1 + draw
      const earlier = plan.earlierPlain(index, rng)
      expect(earlier).toBeLessThan(index)
      expect(plan.slotOf(earlier).kind).toBeUndefined()
    }
  })
})
