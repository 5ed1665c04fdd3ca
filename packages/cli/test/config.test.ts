// The configuration: where it is searched for, and what is reported about a broken one.
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { lading, referenceConfig, tempFile, tempFolder } from './support.ts'

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
  const outcome = await lading([...exportUsers, '--config', 'nowhere.ts'], { cwd: await tempFolder() })
  expect(outcome).toEqual({
    code: 1,
    stdout: '',
    stderr: 'lading: Cannot read the configuration "nowhere.ts": it or its folder does not exist.\n',
  })
})

const noProject =
  'must export a project as its default: export default defineConfig({ resources: [...] }), with resources made by defineResource.'

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
  ['no default export', 'lading.config.mjs', 'export const resources = []', noProject],
  ['no resources', 'lading.config.ts', 'export default { resources: [] }', noProject],
  ['something else as resource', 'lading.config.mjs', "export default { resources: ['users'] }", noProject],
])('with %s in %s gets one sentence', async (_what, name, content, sentence) => {
  const path = await tempFile(name, content)
  const { code, stdout, stderr } = await lading(exportUsers, { cwd: dirname(path) })
  expect(stderr.startsWith(`lading: The configuration "${name}" `)).toBe(true)
  expect(stderr).toContain(sentence)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
})
