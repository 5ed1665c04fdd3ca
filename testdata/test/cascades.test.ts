// A record that repeats a value of a rejected record is imported; one that has a field error is not a duplicate as well.
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { generate } from '../generator/generate.ts'
import { planted, temporaryFolder } from './folders.ts'
import { type JsonRecord, readLines } from './judge-lines.ts'
import { readUsers } from './judge-users.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  await generate({ users: 6000, articles: 6000, comments: 6000, seed: 21, outDir: folder })
})

interface Judged {
  value: string
  codes: string[]
}

/** A field of every record, as it is compared, with the codes that are planted on the record. */
function judged(resource: string, field: string): Judged[] {
  const codes = new Map<number, string[]>()
  for (const { row_number, code } of planted(folder, resource)) {
    codes.set(row_number, [...(codes.get(row_number) ?? []), code])
  }
  return values(resource, field).map(([rowNumber, value]) => ({
    value: value.trim().toLowerCase().replace(/^cm_/, ''),
    codes: codes.get(rowNumber) ?? [],
  }))
}

function values(resource: string, field: string): [number, string][] {
  if (resource === 'users') {
    return readUsers(join(folder, 'users.csv')).map((row, ordinal) => [ordinal + 2, row[field] ?? ''])
  }
  return readLines(join(folder, `${resource}.ndjson`)).flatMap((line, at): [number, string][] => {
    if (!line.startsWith('{"') || !line.endsWith('"}')) return []
    return [[at + 1, String((JSON.parse(line) as JsonRecord)[field] ?? '')]]
  })
}

/** How many records with just these codes have the value of an earlier record with just those. */
function repeats(records: Judged[], codes: string[], earlierCodes: string[]): number {
  const seen = new Set<string>()
  let count = 0
  for (const record of records) {
    if (record.value === '') continue
    if (String(record.codes) === String(codes) && seen.has(record.value)) count++
    if (String(record.codes) === String(earlierCodes)) seen.add(record.value)
  }
  return count
}

it.each([
  { resource: 'users', field: 'id', rejectedFor: 'DUPLICATE_EMAIL', pairs: 1 },
  { resource: 'users', field: 'email', rejectedFor: 'INVALID_ROLE', pairs: 1 },
  { resource: 'articles', field: 'slug', rejectedFor: 'AUTHOR_NOT_FOUND', pairs: 3 },
  { resource: 'comments', field: 'id', rejectedFor: 'ARTICLE_NOT_FOUND', pairs: 1 },
])('$resource with the $field of an earlier one rejected for $rejectedFor are imported', one => {
  expect(repeats(judged(one.resource, one.field), [], [one.rejectedFor])).toBeGreaterThanOrEqual(one.pairs)
})

it.each([
  { resource: 'users', field: 'email', codes: ['INVALID_ROLE'] },
  { resource: 'articles', field: 'slug', codes: ['MISSING_FIELD', 'AUTHOR_NOT_FOUND'] },
  { resource: 'comments', field: 'id', codes: ['ARTICLE_NOT_FOUND', 'USER_NOT_FOUND', 'BODY_EMPTY'] },
])('$resource with a known $field and $codes are not duplicates as well', ({ resource, field, codes }) => {
  expect(repeats(judged(resource, field), codes, [])).toBeGreaterThan(0)
})
