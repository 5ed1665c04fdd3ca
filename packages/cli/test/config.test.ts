// The configuration: where it is searched for, and what is reported about a broken one.
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { callLading, lading, type Outcome, referenceConfig, tempFile, tempFolder } from './support.ts'

const exportUsers = ['export', '--resource', 'users', '--format', 'csv']

it('is looked for in the working directory', async () => {
  // The next thing that is missing is a database.
  const { stderr } = await lading(exportUsers, { cwd: dirname(referenceConfig) })
  expect(stderr).toContain('No database was given')
})

it('is needed', async () => {
  expect(await lading(exportUsers, { cwd: await tempFolder() })).toEqual({
    code: 64,
    stdout: '',
    stderr:
      'lading: There is no lading.config.ts (or .mjs, .js) in this folder; change to the folder that has it, or pass its path with --config PATH.\n',
  })
})

it('must exist at the given path', async () => {
  const outcome = await callLading([...exportUsers, '--config', 'nowhere.ts'])
  expect(outcome).toEqual({
    code: 1,
    stdout: '',
    stderr: 'lading: Cannot read the configuration "nowhere.ts": it or its folder does not exist.\n',
  })
})

it.each([
  ['a syntax error', 'lading.config.mjs', 'export default {', 'cannot be loaded: Unexpected end of input.'],
  ['a syntax error', 'lading.config.ts', 'export default {', 'cannot be loaded: '],
  [
    'a missing module',
    'lading.config.mjs',
    "import x from 'no-such-package'\nexport default x",
    "cannot be loaded: Cannot find package 'no-such-package' imported from ",
  ],
  ['an error of its own', 'lading.config.mjs', "throw new Error('Boom')", 'cannot be loaded: Boom.'],
])('with %s in %s gets one sentence', async (_what, name, content, sentence) => {
  // In a process of its own: the runner of the tests loads modules in another way, with other errors.
  const path = await tempFile(name, content)
  const outcome = await lading(exportUsers, { cwd: dirname(path) })
  expectSentence(outcome, `lading: The configuration "${name}" ${sentence}`)
})

it.each([
  ['no default export', 'lading.config.mjs', 'export const resources = []'],
  ['no resources', 'lading.config.ts', 'export default { resources: [] }'],
  ['something else as resource', 'lading.config.mjs', "export default { resources: ['users'] }"],
])('with %s in %s gets one sentence', async (_what, name, content) => {
  const path = await tempFile(name, content)
  const outcome = await callLading([...exportUsers, '--config', path])
  expectSentence(
    outcome,
    `lading: The configuration "${path}" must export a project as its default: export default defineConfig({ resources: [...] }), with resources made by defineResource.`,
  )
})

it('says what migrations must be', async () => {
  const path = await tempFile('lading.config.mjs', "export default { resources: [], migrations: './sql' }")
  const outcome = await callLading([...exportUsers, '--config', path])
  expectSentence(
    outcome,
    `lading: "migrations" in "${path}" must be a list of folders, such as ['./migrations'].`,
  )
})

function expectSentence({ code, stdout, stderr }: Outcome, beginning: string): void {
  expect(stderr.slice(0, beginning.length)).toBe(beginning)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
}
