// Makes comment bodies: ordinary ones, those exactly at a limit, and those just over it.
import { inTurn } from './fault.ts'
import type { Json } from './ndjson.ts'
import type { Rng } from './rng.ts'
import { text, words } from './words.ts'

const gaps = [' ', ' ', ' ', '  ', '\n', '\t', '\r\n']
const lastLetter = 'z'

export function someBody(rng: Rng): string {
  return text(2 + rng.below(30), rng)
}

/** This many words, with every kind of white space between them. */
export function wordsOf(count: number, rng: Rng): string {
  let body = rng.pick(words)
  for (let at = 1; at < count; at++) body += rng.pick(gaps) + rng.pick(words)
  return body
}

/** This many characters (code points) in few words; with emoji each of these is two UTF-16 units. */
export function charactersOf(count: number, emoji: boolean): string {
  const word = `${(emoji ? '🧵' : 'a').repeat(63)} `
  const whole = Math.floor((count - 1) / 64)
  return word.repeat(whole) + lastLetter.repeat(count - whole * 64)
}

export function longestBody(rank: number, rng: Rng): string {
  return inTurn(
    [() => wordsOf(500, rng), () => charactersOf(10_000, false), () => charactersOf(10_000, true)],
    rank,
  )()
}

export function tooLongBody(rank: number, rng: Rng): string {
  const shapes = [
    () => charactersOf(10_001, false),
    () => wordsOf(501, rng),
    () => charactersOf(10_001, true),
    () => wordsOf(501 + rng.below(500), rng),
    () => charactersOf(10_001 + rng.below(5000), false),
    () => 'both-limits-are-passed '.repeat(600).trimEnd(),
  ]
  return inTurn(shapes, rank)()
}

/** Empty, absent, null, or nothing but white space. */
export function emptyBody(rank: number): Json | undefined {
  return inTurn(['', undefined, null, '   ', '\n\t ', ' \r\n'], rank)
}
