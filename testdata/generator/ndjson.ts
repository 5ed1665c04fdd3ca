// Writes one NDJSON line: the same record in the spellings that different writers choose.
import type { Rng } from './rng.ts'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Fields in the order of the resource; an undefined one is left out of the line. */
export type JsonRow = Record<string, Json | undefined>

export function jsonLine(row: JsonRow, rng: Rng): string {
  const spelling = rng.below(16)
  if (spelling === 0) return JSON.stringify(rotated(row, rng))
  if (spelling === 1) return asciiOnly(JSON.stringify(row))
  if (spelling === 2) return JSON.stringify(row).replaceAll('/', '\\/')
  return JSON.stringify(row)
}

/** The same fields from another one on: a report's order must not come from the file's. */
function rotated(row: JsonRow, rng: Rng): JsonRow {
  const entries = Object.entries(row)
  const from = rng.below(entries.length)
  return Object.fromEntries([...entries.slice(from), ...entries.slice(0, from)])
}

function asciiOnly(line: string): string {
  return line.replace(/[\u0080-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A required field can be missing in three ways. */
export const absences: readonly (Json | undefined)[] = [undefined, null, '']
