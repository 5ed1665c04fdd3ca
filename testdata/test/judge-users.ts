// The little judge of users.csv: reads its bytes and lists every error, and which ids are imported.
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import {
  type Finding,
  isEmail,
  isText,
  isTimestamp,
  isUuid,
  optional,
  type Problem,
  required,
} from './judge-values.ts'

export type CsvRow = Record<string, string>

export function readUsers(path: string): CsvRow[] {
  return parse(readFileSync(path), { columns: true, relax_quotes: true, relax_column_count: true })
}

export function judgeUsers(path: string): { findings: Finding[]; ids: Set<string> } {
  const ids = new Set<string>()
  const emails = new Set<string>()
  const findings: Finding[] = []
  readUsers(path).forEach((row, ordinal) => {
    const problems = fieldProblems(row)
    const id = (row.id ?? '').toLowerCase()
    const email = (row.email ?? '').trim().toLowerCase()
    if (problems.length === 0) {
      if (ids.has(id)) problems.push({ field: 'id', code: 'DUPLICATE_ID' })
      if (emails.has(email)) problems.push({ field: 'email', code: 'DUPLICATE_EMAIL' })
    }
    if (problems.length === 0) {
      if (id !== '') ids.add(id)
      emails.add(email)
    }
    findings.push(...problems.map(problem => ({ row_number: ordinal + 2, ...problem })))
  })
  return { findings, ids }
}

function fieldProblems(row: CsvRow): Problem[] {
  const isRole = (role: unknown) => ['admin', 'author', 'reader'].includes(String(role))
  const isBoolean = (active: unknown) => ['true', 'false', '1', '0'].includes(String(active))
  return [
    ...optional('id', row.id, isUuid, 'INVALID_UUID'),
    ...required('email', row.email, isEmail, 'INVALID_EMAIL'),
    ...required('name', row.name, name => isText(name, 255), 'INVALID_NAME'),
    ...required('role', row.role, isRole, 'INVALID_ROLE'),
    ...required('active', row.active, isBoolean, 'INVALID_BOOLEAN'),
    ...optional('created_at', row.created_at, isTimestamp, 'INVALID_TIMESTAMP'),
    ...optional('updated_at', row.updated_at, isTimestamp, 'INVALID_TIMESTAMP'),
  ]
}
