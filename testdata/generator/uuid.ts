// Makes random UUIDs (version 4, RFC 9562) from a seeded generator.
import type { Rng } from './rng.ts'

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function uuid(rng: Rng): string {
  const a = rng.next()
  const b = (rng.next() & 0xffff0fff) | 0x4000
  const c = (rng.next() & 0x3fffffff) | 0x80000000
  const d = rng.next()
  return `${high(a)}${low(a)}-${high(b)}-${low(b)}-${high(c)}-${low(c)}${high(d)}${low(d)}`
}

function high(word: number): string {
  return `${hex[word >>> 24]}${hex[(word >>> 16) & 255]}`
}

function low(word: number): string {
  return `${hex[(word >>> 8) & 255]}${hex[word & 255]}`
}
