// Runs the command in its own process, as a shell would: from the build, or from newer sources.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { isBuildFresh } from '../../../test-support/fresh-build.ts'

export const referenceConfig = fileURLToPath(
  new URL('../../../examples/reference-server/lading.config.ts', import.meta.url),
)
const source = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
const bin = fileURLToPath(new URL('../bin/lading.js', import.meta.url))
// By its address: the working directory of a test may be anywhere.
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const command = isBuildFresh() ? [bin] : ['--conditions=source', '--import', tsx, source]

export interface Surroundings {
  /** What DATABASE_URL is. @defaultValue not set */
  readonly databaseUrl?: string
  /** Standard input. @defaultValue empty */
  readonly input?: string | Uint8Array
  readonly cwd?: string
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export async function lading(args: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  const child = startLading(args, around)
  // A command that does not read its input closes it.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(around.input)
  return outcomeOf(child)
}

/** For tests that send signals or input while it runs. */
export function startLading(args: readonly string[], { databaseUrl, cwd }: Surroundings): ChildProcess {
  const { DATABASE_URL: _ignored, ...env } = process.env
  return spawn(process.execPath, [...command, ...args], {
    env: { ...env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
    cwd,
    // One that hangs ends before its test does.
    timeout: 50_000,
    killSignal: 'SIGKILL',
  })
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  if (child.stdout === null || child.stderr === null) throw new Error('The child has no pipes.')
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into a new folder and returns its path. */
export async function tempFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await tempFolder(), name)
  await writeFile(path, content)
  return path
}
