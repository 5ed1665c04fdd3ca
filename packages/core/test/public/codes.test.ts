// The pages and the tables of codes and of actions say the same, both ways.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FaultCode, faultCodes } from '../../src/errors/codes.ts'
import { LadingError } from '../../src/errors/lading-error.ts'
import { warningCodes } from '../../src/errors/warning-codes.ts'
import { routes } from '../../src/http/routes.ts'
import { httpCodes } from '../../src/http/wire/problem.ts'
import { repositoryRoot } from '../support.ts'

const page = await readFile(join(repositoryRoot, 'docs', 'errors.md'), 'utf8')

test('every fault code is documented with its status and whether to retry, and no other', () => {
  const documented = [
    ...page.matchAll(/^\| <a id="[A-Z_]+"><\/a>`([A-Z_]+)` +\| +(\d{3}) +\| +(yes|no) +\|/gm),
  ].map(([, ...cells]) => cells.join(' '))
  const known = [
    ...Object.entries(faultCodes).map(
      ([code, { status, retryable }]) => `${code} ${status} ${retryable ? 'yes' : 'no'}`,
    ),
    ...Object.entries(httpCodes).map(
      ([code, status]) => `${code} ${status} ${[408, 429, 503].includes(status) ? 'yes' : 'no'}`,
    ),
  ]
  expect(documented.sort()).toEqual(known.sort())
})

test('every fault has the address of its code on the page', () => {
  for (const code of Object.keys(faultCodes) as FaultCode[]) {
    const { docs } = new LadingError(code, 'What is wrong.')
    expect(docs).toBe(`docs/errors.md#${code}`)
    expect(page).toContain(`| <a id="${code}"></a>\`${code}\` `)
  }
})

test('every warning code is documented, and no other', () => {
  const [, section = ''] = page.split('## Warnings')
  const documented = [...section.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code)
  expect(documented.sort()).toEqual([...warningCodes].sort())
})

test('every action that authorize is asked about is documented, and no other', async () => {
  const security = await readFile(join(repositoryRoot, 'docs', 'security.md'), 'utf8')
  const [, listed = ''] = /^- \*\*Actions\*\*: ((?:`[a-z.]+` ?)+)/m.exec(security) ?? []
  const actions = [...listed.matchAll(/`([a-z]+\.[a-z]+)`/g)].map(([, action]) => action)
  expect(actions.sort()).toEqual([...new Set(routes.map(({ action }) => action))].sort())
})
