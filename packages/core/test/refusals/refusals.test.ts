// Every refusal of PostgreSQL is provoked, and compared with what a person wrote down for it before.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  createImporter,
  type Importer,
  importReportOf,
  LadingError,
  type RecordError,
} from '../../src/index.ts'
import { bytes } from '../support.ts'
import { ownersCode } from './code-cases.ts'
import { computed, partitions } from './partition-cases.ts'
import type { RefusalCase, RefusalSection } from './refusal-case.ts'
import { clashes, references } from './rows-cases.ts'
import { checks, domains } from './rules-cases.ts'
import { badValues, unfitValues } from './types-cases.ts'

const sections = [
  badValues,
  unfitValues,
  domains,
  checks,
  references,
  clashes,
  partitions,
  ownersCode,
  computed,
]

const golden = await readFile(join(import.meta.dirname, 'golden.md'), 'utf8')

/** Lines of the tables by their section and case, in their order. */
const written = new Map<string, string[]>()
let heading = ''
for (const aligned of golden.split('\n')) {
  const line = aligned.replaceAll(/ +\| +/g, ' | ').replace(/ +\|$/, ' |')
  if (line.startsWith('## ')) heading = line.slice(3)
  const name = /^\| (.*?) \| `/.exec(line)?.[1]
  if (name === undefined) continue
  const key = `${heading}: ${name}`
  written.set(key, [...(written.get(key) ?? []), line])
}

let database: TestDatabase
let restricted: pg.Pool
const role = `lading_stranger_${process.pid}`
beforeAll(async () => {
  database = await createDatabase()
  for (const { ddl } of sections) await database.pool.query(ddl)
  await database.pool.query(
    `create role ${role}; grant select, insert, update on all tables in schema public to ${role}`,
  )
  restricted = new pg.Pool({ connectionString: database.url, max: 2, options: `-c role=${role}` })
})
afterAll(async () => {
  await restricted.end()
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

function textOf({ send }: RefusalCase): string {
  return typeof send === 'string' ? send : JSON.stringify(send)
}

const importers = new Map<string, Importer>()
function importerFor({ title, resources }: RefusalSection, { asRestrictedRole }: RefusalCase): Importer {
  const key = `${title} ${asRestrictedRole}`
  const pool = asRestrictedRole ? restricted : database.pool
  const importer = importers.get(key) ?? createImporter({ pool, resources })
  importers.set(key, importer)
  return importer
}

type Mode = 'real' | 'atomic' | 'dry'

/** Errors by the name of their case. All records of the same kind are one file: each is rejected, independent of the others. */
async function provoke(
  section: RefusalSection,
  alike: readonly (readonly [name: string, RefusalCase])[],
  mode: Mode,
): Promise<ReadonlyMap<string, readonly RecordError[]>> {
  const [[, one] = []] = alike
  const errors = new Map<string, RecordError[]>()
  if (one === undefined) return errors
  await importerFor(section, one)
    .run({
      resource: one.to,
      format: 'ndjson',
      source: bytes(alike.map(([, sent]) => `${textOf(sent)}\n`).join('')),
      onConflict: one.onConflict ?? 'error',
      atomic: mode === 'atomic',
      dryRun: mode === 'dry',
      onError(error) {
        const name = alike[error.rowNumber - 1]?.[0] ?? ''
        errors.set(name, [...(errors.get(name) ?? []), error])
      },
    })
    .then(report => expect(mode === 'atomic' ? 'not completed' : report.successful).toBe(0))
    .catch((error: unknown) => {
      if (!(error instanceof LadingError) || error.code !== 'IMPORT_ROLLED_BACK') throw error
      expect(importReportOf(error)?.failed).toBe(alike.length)
    })
  return errors
}

const provoked = new Map<string, Promise<ReadonlyMap<string, readonly RecordError[]>>>()

/** Errors of one case. */
async function errorsOf(section: RefusalSection, name: string, one: RefusalCase, mode: Mode) {
  const wayOf = ({ to, onConflict, asRestrictedRole, isUnforeseen }: RefusalCase) =>
    JSON.stringify([to, onConflict, asRestrictedRole, isUnforeseen])
  const key = `${section.title} ${wayOf(one)} ${mode}`
  const alike = Object.entries(section.cases).filter(([, other]) => wayOf(other) === wayOf(one))
  const outcome = provoked.get(key) ?? provoke(section, alike, mode)
  provoked.set(key, outcome)
  return (await outcome).get(name) ?? []
}

const cut = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length)}…`)

/** Entries of the golden file, as this record and these errors would be written there. */
function linesOf(name: string, sent: string, errors: readonly RecordError[]): readonly string[] {
  return errors.map(({ field, value, code, message }) => {
    const shown =
      value === null ? '–' : value === sent ? 'the record' : `\`${cut(value, 40).replace('\0', '\\u0000')}\``
    return `| ${name} | \`${cut(sent, 90)}\` | ${field ?? '–'} | ${shown} | ${code} | ${message} |`
  })
}

describe.each(sections)('$title', section => {
  test.each(Object.entries(section.cases))('%s', async (name, one) => {
    const expected = written.get(`${section.title}: ${name}`)
    const lines = (errors: readonly RecordError[]) => linesOf(name, textOf(one), errors)
    expect(lines(await errorsOf(section, name, one, 'real'))).toEqual(expected)
    // When all is judged, only values are kept of a record, and not its text.
    const settled = one.isUnforeseen
      ? expected?.map(line => line.replace('| the record |', '| – |'))
      : expected
    expect(lines(await errorsOf(section, name, one, 'atomic'))).toEqual(settled)
    if (!one.isUnforeseen) expect(lines(await errorsOf(section, name, one, 'dry'))).toEqual(expected)
  })
})

describe('the golden file', () => {
  test('has exactly the provoked cases, at least 45', () => {
    const cases = sections.flatMap(({ title, cases }) => Object.keys(cases).map(name => `${title}: ${name}`))
    expect([...written.keys()].sort()).toEqual(cases.sort())
    expect(cases.length).toBeGreaterThanOrEqual(45)
  })

  test('contains messages that name what is wrong, and nothing of the inside of the database', () => {
    for (const [key, lines] of written) {
      for (const line of lines) {
        const sentence = line.split(' | ').at(-1) ?? ''
        expect(sentence, key).not.toMatch(
          /SQLSTATE|\b(?=\d*[A-Z])(?=[A-Z]*\d)[\dA-Z]{5}\b|""|refused|nternal/,
        )
        expect(sentence, key).toMatch(/^[A-Z"].*[.!] \|$/)
      }
    }
  })
})
