// Hooks that change their arguments, call back into Lading, are slow, or answer too late.
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createExporter, createImporter } from '../../src/index.ts'
import { allHooks } from './all-hooks.ts'
import { anyHook } from './hook-case.ts'
import { type HookHarness, hookBed } from './hook-harness.ts'
import { things } from './things.ts'

let harness: HookHarness
beforeAll(async () => {
  harness = await hookBed(30)
})
beforeEach(() => harness.reset())
afterAll(() => harness.drop())

/** Writes over everything that can be reached, and takes what it can. */
function vandalise(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > 4) return
  for (const [name, member] of Object.entries(value)) {
    vandalise(member, depth + 1)
    Object.assign(value, { [name]: 'vandalised' })
  }
  Object.assign(value, { tenant: 'other', vandalised: true })
  if (Array.isArray(value)) value.length = 0
}

/** These receive frozen arguments, so that a mistake is reported and not ignored. */
const reported = new Set([
  'check',
  'lookUp',
  'printRow',
  ...['import', 'export'].map(what => `scope of an ${what}`),
])
const frozen = (name: string) => reported.has(name) || name.startsWith('session')

test.each(allHooks)(
  '$name changes nothing by modifying its arguments',
  async ({ name, code = 'HOOK_FAILED', good, result, unharmed, use }) => {
    const outcome = await use(
      harness,
      anyHook((...given) => {
        const answer = good(...given)
        for (const each of given) vandalise(each)
        return answer
      }),
    )
    if (frozen(name)) expect(outcome.code).toBe(code)
    else expect(outcome).toMatchObject({ code: unharmed, result })
    expect(JSON.stringify([outcome.reported, outcome.result])).not.toContain('vandalised')
  },
)

const others = Buffer.from('id,name,tags\n100,o,[]\n')
async function another(): Promise<unknown> {
  const { pool } = harness.database
  const resources = [things({})]
  const importer = createImporter({ pool, resources })
  const report = await importer.run({
    resource: 'things',
    format: 'csv',
    source: others,
    onConflict: 'ignore',
    dryRun: true,
  })
  for await (const _ of createExporter({ pool, resources }).stream({ resource: 'things', format: 'csv' })) {
    // To its end.
  }
  return report
}

test.each(allHooks.filter(({ kind }) => kind !== 'at once'))(
  '$name may import and export during its call',
  async ({ good, result, unharmed, use }) => {
    const begun: Promise<unknown>[] = []
    const outcome = await use(
      harness,
      anyHook(async (...given) => {
        const inner = another()
        begun.push(inner)
        await inner
        return good(...given)
      }),
    )
    expect(outcome).toMatchObject({ code: unharmed, result })
    expect(begun.length).toBeGreaterThan(0)
    for (const report of await Promise.all(begun)) expect(report).toMatchObject({ inserted: 1, failed: 0 })
  },
)

test.each(allHooks.filter(({ kind }) => kind === 'within' || kind === 'answer'))(
  '$name is not called again before it has returned',
  async ({ good, use }) => {
    let running = 0
    let most = 0
    await use(
      harness,
      anyHook(async (...given) => {
        most = Math.max(most, ++running)
        await new Promise(setImmediate)
        running--
        return good(...given)
      }),
    )
    expect(most).toBe(1)
  },
)

test.each(['check', 'lookUp'] as const)(
  'an issue that %s reports too late is ignored, and a fault is logged',
  async name => {
    let late: (() => void) | undefined
    const hook = anyHook((given, issue) => {
      const report = name === 'check' ? issue : Object(given)[0].issue
      late ??= () => report('name', 'TOO_LATE', 'This comes too late.')
    })
    const outcome = await harness.importing({ resource: { [name]: hook } })
    expect(outcome).toMatchObject({ code: undefined, result: { rows: ['1 a {x}', '2 b {y}'] } })
    const warned = once(process, 'warning')
    late?.()
    expect(await warned).toMatchObject([{ code: 'LADING_HOOK_FAILED' }])
  },
)

test.each([
  [undefined, 'A message.'],
  ['', 'A message.'],
  [7, 'A message.'],
  ['CODE', undefined],
  ['CODE', ['A message.']],
])('an issue whose code is %j and message %j ends the run', async (code, message) => {
  for (const name of ['check', 'lookUp']) {
    const hook = anyHook((given, issue) => {
      const report = name === 'check' ? issue : Object(given)[0].issue
      report('name', code, message)
    })
    expect(await harness.importing({ resource: { [name]: hook } })).toMatchObject({ code: 'HOOK_FAILED' })
  }
})

test.each([undefined, null, 7, ['a'], { text: 'a' }])(
  'a transform that returns %j ends the run',
  async answer => {
    const transform = anyHook(() => answer)
    const outcome = await harness.importing({ resource: { fields: { name: { transform } } } })
    expect(outcome).toMatchObject({
      code: 'HOOK_FAILED',
      reported: 'The transform of "name" returned a value that is not a string; it must return a string.',
    })
  },
)

test.each([undefined, 1, 'true', Promise.resolve(true)])(
  'isDraining that returns %j has no valid answer',
  async answer => {
    for (const path of ['/ready', '/v1/exports']) {
      const outcome = await harness.asking(path, { isDraining: anyHook(() => answer) })
      if (path === '/ready') expect(outcome).toMatchObject({ code: 'HOOK_FAILED', result: 500 })
    }
  },
)
