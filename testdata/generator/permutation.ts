// A seeded permutation of 0 … size - 1 and its inverse, without a table: a cycle-walking Feistel network.
import type { Rng } from './rng.ts'

export interface Permutation {
  forward(value: number): number
  inverse(value: number): number
}

const rounds = 6

export function createPermutation(size: number, rng: Rng): Permutation {
  const halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(size, 2)) / 2))
  const mask = 2 ** halfBits - 1
  const keys = Array.from({ length: rounds }, () => rng.next())

  const join = (left: number, right: number) => left * (mask + 1) + right
  const split = (value: number): [number, number] => [Math.floor(value / (mask + 1)), value & mask]

  function encrypt(value: number): number {
    let [left, right] = split(value)
    for (const key of keys) [left, right] = [right, left ^ (mix(right, key) & mask)]
    return join(left, right)
  }

  function decrypt(value: number): number {
    let [left, right] = split(value)
    for (let at = rounds - 1; at >= 0; at--) [left, right] = [right ^ (mix(left, keys[at] ?? 0) & mask), left]
    return join(left, right)
  }

  // The network permutes a power of four of at least `size`: a number outside the range goes round once more.
  function walk(value: number, step: (value: number) => number): number {
    if (value < 0 || value >= size) throw new RangeError(`${value} is not in a permutation of ${size}`)
    let at = step(value)
    while (at >= size) at = step(at)
    return at
  }

  return { forward: value => walk(value, encrypt), inverse: value => walk(value, decrypt) }
}

function mix(value: number, key: number): number {
  let mixed = Math.imul(value ^ key, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
