// judge compared with a judge that takes one record after the other: on any file they reject the same for the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TargetReference } from '../../../src/engine/catalogue/target.ts'
import type { MergeChecks } from '../../../src/engine/staging/merge/classify-sql.ts'
import type { CheckedKey } from '../../../src/engine/staging/merge/compare-sql.ts'
import { judge, type Suspect, type Verdict } from '../../../src/engine/staging/merge/judge.ts'

// Of keys and references the judge reads the names of columns only.
const key = (name: string) => ({ columns: [{ info: { name } }] }) as unknown as CheckedKey
const reference = (column: string, isSelf: boolean) =>
  ({ isSelf, reference: { column } }) as unknown as TargetReference

interface Record {
  readonly id: string | null
  readonly email: string | null
  readonly parent: string | null
  readonly author: string | null
}

const questions: MergeChecks = {
  keys: [key('id'), key('email')],
  references: [reference('id', true), reference('id', false)],
}

/** What the table has before the file. */
const tableIds = new Set(['t'])
const tableEmails = new Set(['u'])
const tableAuthors = new Set(['a'])

/** One record after the other: each is checked against the table and the records imported before it. */
function judgeNaively(records: readonly Record[], barred: ReadonlySet<number>) {
  const ids = new Map<string, number>()
  const emails = new Map<string, number>()
  const rejected: { [row: number]: Verdict[] } = {}
  for (const [number, { id, email, parent, author }] of records.entries()) {
    const verdicts: Verdict[] = []
    if (id !== null && (tableIds.has(id) || ids.has(id)))
      verdicts.push({ rule: 'key', index: 0, twin: ids.get(id) ?? null })
    if (email !== null && (tableEmails.has(email) || emails.has(email)))
      verdicts.push({ rule: 'key', index: 1, twin: emails.get(email) ?? null })
    const isItself = parent === id && verdicts.length === 0
    if (parent !== null && !tableIds.has(parent) && !ids.has(parent) && !isItself)
      verdicts.push({ rule: 'reference', index: 0 })
    if (author !== null && !tableAuthors.has(author)) verdicts.push({ rule: 'reference', index: 1 })
    if (verdicts.length > 0) rejected[number] = verdicts
    else if (!barred.has(number)) {
      if (id !== null) ids.set(id, number)
      if (email !== null) emails.set(email, number)
    }
  }
  return rejected
}

/** The answers of the classification, as its SQL gives them. */
function suspectsOf(records: readonly Record[]): Suspect[] {
  const firstWith = (name: 'id' | 'email', value: string | null) => {
    const found = value === null ? -1 : records.findIndex(record => record[name] === value)
    return found === -1 ? null : found
  }
  return records
    .map(({ id, email, parent, author }, row) => ({
      row,
      taken_0: id !== null && tableIds.has(id),
      group_0: firstWith('id', id),
      taken_1: email !== null && tableEmails.has(email),
      group_1: firstWith('email', email),
      missing_0: parent !== null && !tableIds.has(parent),
      maker_0: firstWith('id', parent),
      missing_1: author !== null && !tableAuthors.has(author),
      maker_1: null,
    }))
    .filter(
      ({ row, group_0: id, group_1: email, ...flags }) =>
        (id !== null && id !== row) ||
        (email !== null && email !== row) ||
        Object.values(flags).includes(true),
    )
}

test('random files are judged like one record after the other', () => {
  const record = fc.record<Record>({
    id: fc.constantFrom('1', '2', '3', '4', '5', 't', null),
    email: fc.constantFrom('x', 'y', 'z', 'u', null, null),
    parent: fc.constantFrom('1', '2', '3', '4', 't', null, null, null),
    author: fc.constantFrom('a', 'a', 'a', 'b', null),
  })
  const file = fc.array(record, { maxLength: 12 })
  const barredRows = fc.uniqueArray(fc.nat(11), { maxLength: 3 })
  fc.assert(
    fc.property(file, barredRows, (records, barred) => {
      const out = new Set(barred)
      const judged = judge(questions, suspectsOf(records), out)
      expect(Object.fromEntries(judged)).toEqual(judgeNaively(records, out))
    }),
    { numRuns: 20_000 },
  )
})
