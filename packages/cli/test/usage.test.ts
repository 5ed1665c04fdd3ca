// How the command is called: help, version, and what is reported about every wrong call.
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { callLading, lading, referenceConfig, tempFile, tempFolder } from './support.ts'

const config = ['--config', referenceConfig]
const unreachable = 'postgresql://someone:secret-word@127.0.0.1:1/none'

it.each([[[]], [['migrate']], [['import']], [['export']]])(
  'has help for %j with the exit codes',
  async command => {
    const { code, stdout, stderr } = await callLading([...command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Examples:\n  $ ')
    for (const exit of ['0    ', '1    ', '2    ', '64   ', '130  ']) expect(stdout).toContain(`\n  ${exit}`)
    for (const option of ['--config', '--database-url', '--embedded']) expect(stdout).toContain(option)
  },
)

it('shows its help on standard error when no command is given', async () => {
  const { code, stdout, stderr } = await lading([])
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr).toContain('Usage: lading')
})

it('prints the version of its package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect(await lading(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
})

it.each([
  [['import', '--resource', 'users'], "missing required argument 'file'"],
  [
    ['import', 'x.csv', '--resource', 'users', '--eror', 'y'],
    "unknown option '--eror'\n(Did you mean --errors?)",
  ],
  [['imprt'], "unknown command 'imprt'\n(Did you mean import?)"],
])('refuses %j', async (args, sentence) => {
  const { code, stdout, stderr } = await callLading(args)
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr.startsWith(`lading: ${sentence}`)).toBe(true)
  expect(stderr.endsWith('Use --help for more.\n')).toBe(true)
})

it.each([[['migrate']], [['export', '--resource', 'users', '--format', 'csv']]])(
  'names the three ways to a database when %j has none',
  async command => {
    expect(await callLading([...command, ...config])).toEqual({
      code: 64,
      stdout: '',
      stderr:
        'lading: No database was given: set DATABASE_URL in the environment, pass --database-url URL, or use --embedded for a PostgreSQL of its own.\n',
    })
  },
)

it('refuses two databases', async () => {
  const outcome = await callLading(['migrate', ...config, '--embedded', '--database-url', unreachable])
  expect(outcome).toEqual({
    code: 64,
    stdout: '',
    stderr: 'lading: Use either --embedded or --database-url, not both.\n',
  })
})

it('rejects a URL of another protocol without showing it', async () => {
  const { code, stderr } = await callLading(['migrate', ...config], {
    databaseUrl: 'mysql://me:secret-word@host/x',
  })
  expect(code).toBe(64)
  expect(stderr).toBe(
    'lading: DATABASE_URL is not a PostgreSQL URL; it must look like postgresql://user:password@host:5432/database, with special characters percent-encoded.\n',
  )
})

it('reports that and why a database cannot be reached, without its password', async () => {
  expect(await lading(['migrate', ...config], { databaseUrl: unreachable })).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'lading: The database cannot be reached; check its address, that it runs, and that it has connections left (ECONNREFUSED at 127.0.0.1:1).\n',
  })
})

it('reports an unknown resource before it asks for a database', async () => {
  const file = await tempFile('users.csv', '')
  const { code, stderr } = await callLading(['import', file, '--resource', 'usres', ...config])
  expect(stderr).toBe(
    'lading: Unknown resource "usres"; did you mean "users"? Known: users, articles, comments.\n',
  )
  expect(code).toBe(64)
})

it('requires a format for standard input', async () => {
  expect(await callLading(['import', '-', '--resource', 'users'])).toEqual({
    code: 64,
    stdout: '',
    stderr:
      'lading: Standard input has no file name that shows the format; add --format csv, --format ndjson or --format json.\n',
  })
})

it('lists the known formats for an unknown one', async () => {
  const args = ['export', '--resource', 'users', '--format', 'xml', ...config]
  expect(await callLading(args)).toEqual({
    code: 64,
    stdout: '',
    stderr:
      'lading: Unknown format "xml"; known: csv, ndjson, json. Files of this kind (an XML document) are neither read nor written.\n',
  })
})

it('reports that a file is missing or is a folder before anything else is checked', async () => {
  const folder = await tempFolder()
  const missing = await lading(['import', 'nowhere.csv', '--resource', 'users'], { cwd: folder })
  expect(missing).toEqual({ code: 1, stdout: '', stderr: 'lading: There is no file "nowhere.csv".\n' })
  const directory = await callLading(['import', folder, '--format', 'csv', '--resource', 'users'])
  expect(directory.stderr).toBe(`lading: Cannot read "${folder}": it is a folder, not a file.\n`)
  expect(directory.code).toBe(1)
})

it.each([
  [['--format', 'xml'], 'Unknown format "xml"; known: csv, ndjson, json.'],
  [['--max-errors', 'many'], 'The option --max-errors must be a whole number from 1.'],
  [['--mapping', 'Mail=emial'], '"emial"'],
  [['--mapping', 'x=email', '--mapping', 'x=name'], 'The option --mapping maps "x" twice; map it once.'],
  [
    ['--rejects', 'x.csv', '--errors', 'x.csv'],
    '--errors and --rejects name the same file; give each its own.',
  ],
])('refuses import with %j before it asks for a database', async (args, sentence) => {
  const file = await tempFile('users.csv', 'email,name,role,active\n')
  const { code, stdout, stderr } = await callLading([
    'import',
    file,
    '--resource',
    'users',
    ...args,
    ...config,
  ])
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr).toContain(sentence)
})
