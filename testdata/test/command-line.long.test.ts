// The command line: what it prints, where it writes, and exit code 64 for what cannot be served.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './folders.ts'

const folder = temporaryFolder()
const script = fileURLToPath(new URL('../generate.ts', import.meta.url))

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, ['--import', 'tsx', script, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

describe('generate.ts', { timeout: 60_000 }, () => {
  it('writes the files and prints their names', async () => {
    const out = join(folder, 'new')
    const { code, stdout } = await run('--users', '20', '--articles', '3', '--comments', '0', '--out', out)
    expect(code).toBe(0)
    expect(stdout).toMatch(/users\.csv +20 +0 +0 +\d+\n.*articles\.ndjson +3 +0 +0 +\d+\n$/)
    expect(existsSync(join(out, 'expected.json'))).toBe(true)
  })

  it('prints its options with --help', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('--users N')
  })

  it.each([
    [['--users', 'many'], "--users must be a whole number, not 'many'"],
    [['--users', '-3'], '--users'],
    [['--rows', '3'], "Unknown option '--rows'"],
    [['stray'], 'stray'],
    [['--seed', '9007199254740993'], 'seed must be a whole number from 0 to'],
    [['--users', '0'], 'articles need users: with 0 users there is no author to refer to'],
    [['--articles', '0'], 'comments need articles: with 0 articles there is none to refer to'],
    [['--users', '0', '--articles', '0'], 'comments need users'],
  ])('rejects %j with exit code 64', async (args, message) => {
    const { code, stdout, stderr } = await run(...args, '--out', folder)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage:')
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  })
})
