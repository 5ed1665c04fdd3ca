/** The operating system account that the server runs as, because PostgreSQL refuses to run as root. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EmbeddedPostgresError } from './embedded-error.ts'

export interface Account {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/** `_postgres` is its name on macOS. */
const CANDIDATES = ['postgres', '_postgres', 'nobody']

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The account for a root caller: a known unprivileged one. initdb requires a passwd entry. */
export async function serverAccount(): Promise<Account> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'))
  for (const name of CANDIDATES) {
    const entry = entries.find(fields => fields[0] === name)
    // macOS writes the uid of nobody as -2; the kernel uses unsigned numbers.
    if (entry) return { name, uid: Number(entry[2]) >>> 0, gid: Number(entry[3]) >>> 0 }
  }
  throw new EmbeddedPostgresError(
    'PLATFORM_UNSUPPORTED',
    'PostgreSQL does not run as root and there is no user postgres or nobody: start as an ordinary user',
  )
}

/** True if the account can enter every parent folder and can read the path (run a program, enter a folder). */
export async function canReach(account: Account, path: string): Promise<boolean> {
  let current = await realpath(path)
  const target = await stat(current)
  const needed = target.isDirectory() ? 0o1 : target.mode & 0o100 ? 0o5 : 0o4
  if (!allows(target, account, needed)) return false
  while (dirname(current) !== current) {
    current = dirname(current)
    if (!allows(await stat(current), account, 0o1)) return false
  }
  return true
}

function allows(entry: { uid: number; gid: number; mode: number }, account: Account, bits: number): boolean {
  const shift = entry.uid === account.uid ? 6 : entry.gid === account.gid ? 3 : 0
  return ((entry.mode >> shift) & bits) === bits
}
