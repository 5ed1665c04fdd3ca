// Bad inputs that are too large to be committed: made here, fed in random chunks, in memory that does not grow with them.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { briefly, runInput, tables } from './bad-inputs-fixture.ts'
import { cut, type HugeName, huge } from './bad-inputs-huge.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(tables)
})
afterAll(() => database.drop())

const thousand = Array.from({ length: 1000 }, (_, index) => index + 1)
const manyKeys = Array.from({ length: 100_000 }, (_, index) => `"${index.toString(36)}_":0`).join(',')
const deep = (levels: number) =>
  `{"id":1}\n{"id":2,"meta":${'['.repeat(levels)}${']'.repeat(levels)}}\n{"id":3}\n`

const cases = [
  {
    what: 'C026: an unclosed quote after 1,000 good records',
    format: 'csv',
    text: `id,name\n${thousand.map(id => `${id},a\n`).join('')}1001,"b\n1002,c\n`,
    ids: thousand,
    fault: 'FILE_PARSE_ERROR',
    says: 'line 1002',
  },
  {
    what: 'C048: 501 columns',
    format: 'csv',
    text: `id${Array.from({ length: 500 }, (_, index) => `,c${index}`).join('')}\n`,
    fault: 'HEADER_INVALID',
    says: '501',
  },
  {
    what: 'N016: 1,000 levels',
    format: 'ndjson',
    text: deep(1_000),
    ids: [1, 3],
    errors: ['2 2 - TOO_DEEP'],
  },
  {
    what: 'N016b: 500,000 levels',
    format: 'ndjson',
    text: deep(500_000),
    ids: [1, 3],
    errors: ['2 2 - TOO_DEEP'],
  },
  {
    what: 'N016c: 1,000,000 levels are too long before they are too deep',
    format: 'ndjson',
    text: deep(1_000_000),
    ids: [1, 3],
    errors: ['2 2 - RECORD_TOO_LARGE'],
  },
  {
    what: 'N026: 100,000 keys',
    format: 'ndjson',
    text: `{"id":1}\n{"id":2,${manyKeys}}\n{"id":3}\n`,
    ids: [1, 3],
    errors: ['2 2 - TOO_MANY_KEYS'],
  },
  {
    what: 'J033: 100,000 keys in an element',
    format: 'json',
    text: `[{"id":1},{"id":2,${manyKeys}},{"id":3}]`,
    ids: [1, 3],
    errors: ['2 1 - TOO_MANY_KEYS'],
  },
]

describe('large inputs', () => {
  test.each(cases)('$what', async ({ format, text, ids = [], errors = [], fault, says = '' }) => {
    const bytes = Buffer.from(text)
    const whole = await runInput(database.pool, { format }, bytes)
    expect(whole.fault?.code).toBe(fault)
    expect(whole.fault?.message ?? '').toContain(says)
    expect(whole.errors.map(briefly)).toEqual(errors)
    expect(whole.rows.map(({ id }) => Number(id))).toEqual(ids)
    for (const seed of [1, 2, 3]) {
      const again = await runInput(database.pool, { format }, cut(bytes, seed))
      expect(JSON.stringify(again)).toBe(JSON.stringify(whole))
    }
  })
})

const program = fileURLToPath(new URL('bad-inputs-huge.child.ts', import.meta.url))

/** In its own process, whose memory nothing else has used. */
async function child(name: HugeName, megabytes: number) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--import',
    'tsx',
    program,
    name,
    String(megabytes),
    database.url,
  ])
  return JSON.parse(stdout)
}

describe('inputs of 200 MB', () => {
  test.each<[id: string, name: HugeName, expected: object]>([
    ['N017', 'a line', { rows: [{ id: '1' }, { id: '3' }], errors: ['2 RECORD_TOO_LARGE'] }],
    ['J017', 'a text in an array', { rows: [{ id: '1' }], errors: [], fault: 'RECORD_TOO_LARGE' }],
    ['J019', 'white space before an element', { rows: [{ id: '1' }, { id: '3' }], errors: [] }],
    ['J019b', 'white space before an array', { rows: [{ id: '1' }, { id: '3' }], errors: [] }],
    ['C053', 'a cell', { rows: [{ id: '1' }], errors: [], fault: 'RECORD_TOO_LARGE' }],
    ['C049', 'a name in a header', { rows: [], errors: [], fault: 'RECORD_TOO_LARGE' }],
    ['J016', 'opening brackets', { rows: [], errors: [], fault: 'FILE_PARSE_ERROR' }],
  ])('%s: %s takes no more memory than one of 2 MB', { timeout: 120_000 }, async (id, name, expected) => {
    const { peakMegabytes: small, ...ofSmall } = await child(name, 2)
    const { peakMegabytes, ...outcome } = await child(name, 200)
    expect(outcome).toEqual(expected)
    expect(ofSmall).toEqual(expected)
    process.stdout.write(`${id}: ${Math.round(peakMegabytes)} MB at most, of 2 MB ${Math.round(small)} MB\n`)
    expect(peakMegabytes - small).toBeLessThan(64)
  })

  test('the same in this process, cut otherwise', async () => {
    const outcomes = []
    for (const seed of [1, 2, 3]) {
      const { format, chunks } = huge('a line', 2, seed)
      outcomes.push(JSON.stringify(await runInput(database.pool, { format }, chunks)))
    }
    expect(new Set(outcomes).size).toBe(1)
  })
})
