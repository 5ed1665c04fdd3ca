// Spot checks of the NDJSON files against their own text: duplicates, references, limits and odd lines.
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../generator/generate.ts'
import { planted, temporaryFolder } from './folders.ts'
import { type JsonRecord, readLines } from './judge-lines.ts'
import { readUsers } from './judge-users.ts'
import type { Finding } from './judge-values.ts'

const folder = temporaryFolder()
const size = 6000

beforeAll(async () => {
  await generate({ users: size, articles: size, comments: size, seed: 12, outDir: folder })
})

function rowsWith(findings: Finding[], code: string): Set<number> {
  return new Set(findings.filter(one => one.code === code).map(one => one.row_number))
}

/** The records of a file by row number; lines that are no JSON object are left out. */
function records(name: string): Map<number, JsonRecord> {
  const bad = planted(folder, name).filter(({ field }) => field === null)
  const skip = new Set(bad.map(one => one.row_number))
  const lines = readLines(join(folder, `${name}.ndjson`))
  return new Map(
    lines.flatMap((line, at) =>
      line === '' || skip.has(at + 1) ? [] : [[at + 1, JSON.parse(line) as JsonRecord] as const],
    ),
  )
}

/** The ids of a file's records that have no planted error, less a `cm_` before them. */
function goodIds(rows: Iterable<[number, Record<string, unknown>]>, findings: Finding[]): Set<string> {
  const failed = new Set(findings.map(one => one.row_number))
  const good = [...rows].filter(
    ([rowNumber, { id }]) => !failed.has(rowNumber) && id !== '' && id !== undefined,
  )
  return new Set(good.map(([, { id }]) => String(id).replace(/^cm_/, '')))
}

describe('articles.ndjson', () => {
  it('repeats the slug of an earlier good article in the planted rows, and only there', () => {
    const findings = planted(folder, 'articles')
    const duplicates = rowsWith(findings, 'DUPLICATE_SLUG')
    const failed = new Set(findings.map(one => one.row_number))
    const taken = new Set<unknown>()
    expect(duplicates.size).toBeGreaterThan(20)
    for (const [rowNumber, { slug }] of records('articles')) {
      if (duplicates.has(rowNumber)) expect(taken.has(slug), `row ${rowNumber}`).toBe(true)
      if (failed.has(rowNumber)) continue
      expect(taken.has(slug), `row ${rowNumber}`).toBe(false)
      taken.add(slug)
    }
  })

  it('refers to imported users, except in the planted rows', () => {
    const users = readUsers(join(folder, 'users.csv'))
    const numbered = users.map((row, ordinal): [number, typeof row] => [ordinal + 2, row])
    const ids = goodIds(numbered, planted(folder, 'users'))
    const listed = new Set(users.map(row => row.id))
    const findings = planted(folder, 'articles')
    const orphans = rowsWith(findings, 'AUTHOR_NOT_FOUND')
    const failed = new Set(findings.map(one => one.row_number))
    let ofRejected = 0
    for (const [rowNumber, { author_id }] of records('articles')) {
      if (orphans.has(rowNumber)) {
        expect(ids.has(String(author_id)), `row ${rowNumber}`).toBe(false)
        if (listed.has(String(author_id))) ofRejected++
      } else if (!failed.has(rowNumber)) expect(ids.has(String(author_id)), `row ${rowNumber}`).toBe(true)
    }
    expect(ofRejected).toBeGreaterThan(5)
  })

  it('has the variety of good files', () => {
    const all = [...records('articles').values()]
    const raw = readLines(join(folder, 'articles.ndjson'))
    expect(all.some(record => 'body' in record)).toBe(true)
    expect(all.some(record => record.tags === null)).toBe(true)
    expect(all.some(record => !('tags' in record))).toBe(true)
    expect(all.some(record => Array.isArray(record.tags) && record.tags.length === 0)).toBe(true)
    for (const sequence of ['\\n', '\\t', '\\"', '\\\\', '\\u00']) {
      expect(
        raw.some(line => line.includes(sequence)),
        sequence,
      ).toBe(true)
    }
    expect(raw.slice(0, -1).filter(line => line === '').length).toBeGreaterThan(0)
  })
})

describe('comments.ndjson', () => {
  it('refers to imported articles, except in the planted rows', () => {
    const ids = goodIds(records('articles'), planted(folder, 'articles'))
    const orphans = rowsWith(planted(folder, 'comments'), 'ARTICLE_NOT_FOUND')
    expect(orphans.size).toBeGreaterThan(30)
    const all = records('comments')
    for (const rowNumber of orphans) expect(ids.has(String(all.get(rowNumber)?.article_id))).toBe(false)
  })

  it('has good bodies exactly at both limits, and ids with and without cm_', () => {
    const failed = new Set(planted(folder, 'comments').map(one => one.row_number))
    const good = [...records('comments')].filter(([rowNumber]) => !failed.has(rowNumber))
    const bodies = good.map(([, { body }]) => String(body))
    expect(bodies.some(body => body.split(/\s+/).length === 500)).toBe(true)
    expect(bodies.some(body => body.length === 10_000)).toBe(true)
    expect(bodies.some(body => [...body].length === 10_000 && body.length > 10_000)).toBe(true)
    expect(good.some(([, { id }]) => String(id).startsWith('cm_'))).toBe(true)
    expect(good.some(([, { id }]) => /^[0-9a-f]{8}-/.test(String(id)))).toBe(true)
  })

  it('has lines that are not JSON and lines that are not an object', () => {
    const findings = planted(folder, 'comments')
    const lines = readLines(join(folder, 'comments.ndjson'))
    expect(rowsWith(findings, 'FILE_PARSE_ERROR').size).toBe(3)
    expect(rowsWith(findings, 'NOT_AN_OBJECT').size).toBe(3)
    for (const row of rowsWith(findings, 'FILE_PARSE_ERROR')) {
      expect(() => JSON.parse(lines[row - 1] ?? ''), `row ${row}`).toThrow(SyntaxError)
    }
  })
})
