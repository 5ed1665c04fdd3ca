// Spot checks of users.csv against its own text: each planted row has its fault, and no other row has it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../generator/generate.ts'
import { planted, temporaryFolder } from './folders.ts'
import { type CsvRow, readUsers } from './judge-users.ts'
import type { Finding } from './judge-values.ts'

const folder = temporaryFolder()
let rows: CsvRow[] = []
let findings: Finding[] = []

beforeAll(async () => {
  await generate({ users: 10_000, articles: 0, comments: 0, seed: 11, outDir: folder })
  rows = readUsers(join(folder, 'users.csv'))
  findings = planted(folder, 'users')
})

/** Row numbers at which a code was planted on a field. */
function at(field: string, code: string): Set<number> {
  return new Set(findings.filter(one => one.field === field && one.code === code).map(one => one.row_number))
}

function eachRow(check: (row: CsvRow, rowNumber: number) => void): void {
  rows.forEach((row, ordinal) => {
    check(row, ordinal + 2)
  })
}

describe('users.csv', () => {
  it('has the planted numbers at 10,000 records', () => {
    const counts: Record<string, number> = {}
    for (const { code } of findings) counts[code] = (counts[code] ?? 0) + 1
    expect(rows).toHaveLength(10_000)
    expect(counts).toEqual({
      DUPLICATE_EMAIL: 39,
      DUPLICATE_ID: 14,
      INVALID_BOOLEAN: 18,
      INVALID_EMAIL: 167,
      INVALID_NAME: 5,
      INVALID_ROLE: 139,
      INVALID_TIMESTAMP: 24,
      INVALID_UUID: 13,
      MISSING_FIELD: 36,
    })
  })

  it('has a role other than the three in the planted rows, and only there', () => {
    const bad = at('role', 'INVALID_ROLE')
    const missing = at('role', 'MISSING_FIELD')
    eachRow((row, rowNumber) => {
      const isRole = ['admin', 'author', 'reader'].includes(row.role ?? '')
      expect(isRole, `row ${rowNumber}: ${row.role}`).toBe(!bad.has(rowNumber) && !missing.has(rowNumber))
      expect(row.role === '', `row ${rowNumber}`).toBe(missing.has(rowNumber))
    })
  })

  it('repeats the e-mail of an earlier valid row in the planted rows, and only there', () => {
    const duplicates = at('email', 'DUPLICATE_EMAIL')
    const failed = new Set(findings.map(one => one.row_number))
    const taken = new Set<string>()
    eachRow((row, rowNumber) => {
      const email = (row.email ?? '').trim().toLowerCase()
      if (duplicates.has(rowNumber)) expect(taken.has(email), `row ${rowNumber}`).toBe(true)
      if (failed.has(rowNumber)) return
      expect(taken.has(email), `row ${rowNumber}`).toBe(false)
      taken.add(email)
    })
  })

  it('has duplicates that differ in case or blanks from the e-mail they repeat', () => {
    const duplicates = at('email', 'DUPLICATE_EMAIL')
    const spelled = rows.filter((_, ordinal) => duplicates.has(ordinal + 2)).map(row => row.email ?? '')
    expect(spelled.some(email => email !== email.trim())).toBe(true)
    expect(spelled.some(email => email !== email.toLowerCase())).toBe(true)
    expect(spelled.some(email => email === email.trim().toLowerCase())).toBe(true)
  })

  it('has the variety of good files', () => {
    const names = rows.map(row => row.name ?? '')
    const columns = (name: string) => new Set(rows.map(row => row[name] ?? ''))
    for (const shape of [/,/, /"/, /\n/, /\r\n/, /\p{Script=Arabic}/u, /\p{Script=Han}/u, /\p{M}/u, /🚀/u]) {
      expect(
        names.some(name => shape.test(name)),
        String(shape),
      ).toBe(true)
    }
    for (const spelling of ['true', 'false', '1', '0']) expect(columns('active').has(spelling)).toBe(true)
    for (const name of ['id', 'created_at', 'updated_at']) expect(columns(name).has('')).toBe(true)
    const created = [...columns('created_at')]
    expect(created.some(value => value.endsWith('+02:00'))).toBe(true)
    expect(created.some(value => /\.\d{6}Z$/.test(value))).toBe(true)
    expect(readFileSync(join(folder, 'users.csv')).subarray(0, 9).toString()).toBe('id,email,')
  })
})
