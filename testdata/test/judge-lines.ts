// Reads an NDJSON file line by line for the little judge, and collects what the judge of a resource says.
import { readFileSync } from 'node:fs'
import type { Finding, Problem } from './judge-values.ts'

export type JsonRecord = Record<string, unknown>

/** The file's lines; a line's `row_number` is its place from 1. */
export function readLines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n')
}

/** Calls `judge` for every line that is a JSON object; reports the errors of the others itself. */
export function judgeLines(path: string, judge: (record: JsonRecord) => Problem[]): Finding[] {
  return readLines(path).flatMap((line, at) => {
    if (line === '') return []
    return judgeLine(line, judge).map(problem => ({ row_number: at + 1, ...problem }))
  })
}

function judgeLine(line: string, judge: (record: JsonRecord) => Problem[]): Problem[] {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return [{ field: null, code: 'FILE_PARSE_ERROR' }]
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ field: null, code: 'NOT_AN_OBJECT' }]
  }
  return judge(value as JsonRecord)
}
