// Runs the command: in its own process, as a shell would, from the build or from newer sources; or in this process.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { isBuildFresh } from '../../../test-support/fresh-build.ts'
import { run } from '../src/run.ts'

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

/** In a process of its own, for what only a process shows: signals, pipes, the working directory, how it loads and ends. */
export async function lading(args: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  const child = startLading(args, around)
  // A command that does not read its input closes it.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(around.input)
  return outcomeOf(child)
}

/** In this process, which saves its start: for everything else. Relative paths start from the folder of the tests. */
export async function callLading(
  args: readonly string[],
  { databaseUrl, input = '' }: Omit<Surroundings, 'cwd'> = {},
): Promise<Outcome> {
  const [stdout, stderr] = [new CollectedText(), new CollectedText()]
  const io = { stdin: Readable.from([input]), stdout, stderr, env: environment(databaseUrl) }
  const code = await run([process.execPath, 'lading', ...args], io)
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

class CollectedText extends Writable {
  readonly #chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}

function environment(databaseUrl: string | undefined) {
  const { DATABASE_URL: _ignored, ...env } = process.env
  return { ...env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) }
}

/** For tests that send signals or input while it runs. */
export function startLading(args: readonly string[], { databaseUrl, cwd }: Surroundings): ChildProcess {
  return spawn(process.execPath, [...command, ...args], {
    env: environment(databaseUrl),
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
