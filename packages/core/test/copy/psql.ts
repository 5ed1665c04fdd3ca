// psql's own `\copy … csv header`, as a person types it.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import type { Copier } from './round-trip.ts'

/** Where Debian keeps what it does not put on the path. */
const debian = '/usr/lib/postgresql'

/** @throws Error that states what to do, if there is no psql */
export function findPsql(): string {
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((one, other) => Number(other) - Number(one))
    : []
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map(version => join(debian, version, 'bin')),
  ]
  const found = folders.map(folder => join(folder, 'psql')).find(existsSync)
  if (found === undefined) {
    throw new Error(
      'There is no psql on the PATH or below /usr/lib/postgresql. Install the PostgreSQL client, and run this again.',
    )
  }
  return found
}

export function psqlCopier(psql: string, url: string): Copier {
  const run = async (command: string, input?: Buffer): Promise<Buffer> => {
    const child = spawn(psql, ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', command], {
      env: { ...process.env, PGCLIENTENCODING: 'UTF8' },
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    const [printed, complaints, code] = await Promise.all([buffer(child.stdout), text(child.stderr), ended])
    if (code !== 0) throw new Error(`psql ended with ${code}: ${complaints}`)
    return printed
  }
  return {
    out: table => run(`\\copy ${table} to stdout csv header`),
    async in(table, file) {
      await run(`\\copy ${table} from pstdin csv header`, file)
    },
  }
}
