// docs/errors.md and THE table of faults agree, in both directions; and no other file compares SQLSTATEs.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faultCodes } from '../../src/errors/codes.ts'
import { ownerOfFault, ruleOfState, stateRules } from '../../src/errors/fault-table.ts'
import { LadingError } from '../../src/errors/lading-error.ts'
import { repositoryRoot } from '../support.ts'

const page = await readFile(join(repositoryRoot, 'docs', 'errors.md'), 'utf8')
const section = page.slice(page.indexOf('## Whose fault it is'), page.indexOf('## Record errors'))
const rows = [...section.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) =>
  row.split('|').map(cell => cell.trim()),
)
const titled = (title: string) => rows.filter(([first]) => first === title).length

test('every rule of the table is documented with its states and owners, and no other', () => {
  const documented = rows.filter(
    row => row.length === 5 && row[0] !== 'what it is' && !row[0]?.startsWith('-'),
  )
  const known = stateRules.map(({ name, states, owners, ...rest }) => [
    name,
    states.map(state => `\`${state}\``).join(', '),
    'isProbed' in rest ? `${owners.row}, or job` : owners.row,
    owners.raise,
    owners.statement,
  ])
  expect(titled('what it is')).toBe(1)
  expect(documented).toEqual(known)
})

test('every code that is not the fault of the job is documented with its owner, and no other', () => {
  const documented = rows.filter(row => row.length === 2 && row[0]?.startsWith('`'))
  const owned = Object.keys(faultCodes).flatMap(code => {
    const owner = ownerOfFault(new LadingError(code as keyof typeof faultCodes, 'Anything.'))
    return owner === 'job' ? [] : [[`\`${code}\``, owner]]
  })
  expect(documented.toSorted()).toEqual(owned.toSorted())
})

test('faults that pass without intervention may be retried, and permanent ones may not', () => {
  for (const [code, { retryable }] of Object.entries(faultCodes)) {
    const owner = ownerOfFault(new LadingError(code as keyof typeof faultCodes, 'Anything.'))
    if (owner === 'infrastructure' || owner === 'source' || owner === 'stop') expect(retryable).toBe(true)
    if (owner === 'lading') expect(retryable).toBe(false)
  }
})

/** As pg makes it. */
const databaseError = (code: string, where?: string) =>
  Object.assign(new Error('secret'), { code, severity: 'ERROR', where })

test.each([
  ['28P01', 'infrastructure'],
  ['3D000', 'infrastructure'],
  ['42P01', 'job'],
  ['XX000', 'job'],
  ['XX001', 'job'],
] as const)('a job that meets %s as a rejection: %s', (state, owner) => {
  const refused = (cause: Error) => new LadingError('DATABASE_REFUSED', 'Refused.', { cause })
  expect(ownerOfFault(refused(databaseError(state)))).toBe(owner)
  expect(ownerOfFault(refused(databaseError(state, 'PL/pgSQL function f() line 1 at RAISE')))).toBe('job')
})

test('the first matching rule applies, so a state comes before its class', () => {
  expect(ruleOfState('25006').owners.statement).toBe('infrastructure')
  expect(ruleOfState('25001').owners.statement).toBe('job')
  expect(ruleOfState('55P03').isRetried).toBe(true)
  expect(ruleOfState('55000').isRetried).toBeUndefined()
  expect(ruleOfState('UE001').owners).toEqual({ raise: 'record', row: 'record', statement: 'job' })
  const states = stateRules.flatMap(rule => rule.states as readonly string[])
  expect(new Set(states).size).toBe(states.length)
})

/** Classes that only the table may sort. Sentences, and what a single state means to a single statement, are others' affair. */
test('no other source file compares SQLSTATE classes', async () => {
  const root = join(repositoryRoot, 'packages/core/src')
  const files = (await readdir(root, { recursive: true })).filter(
    file => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing'),
  )
  const sorting = []
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8')
    if (/'(?:08|53|55|57|58)'/.test(text)) sorting.push(file)
  }
  expect(sorting.toSorted()).toEqual(['errors/fault-table.ts', 'postgres/fault-sentences.ts'])
})
