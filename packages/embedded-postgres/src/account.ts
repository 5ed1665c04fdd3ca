/** The operating system's account that the server runs as, since PostgreSQL refuses to run as root. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EmbeddedPostgresError } from './errors.ts'

export interface Account {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/** `_postgres` is what macOS calls it. */
const CANDIDATES = ['postgres', '_postgres', 'nobody']

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The account for a root caller: a known one without rights of its own. initdb insists on a passwd entry. */
export async function serverAccount(): Promise<Account> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'))
  for (const name of CANDIDATES) {
    const entry = entries.find(fields => fields[0] === name)
    // macOS writes nobody as -2; the kernel counts unsigned.
    if (entry) return { name, uid: Number(entry[2]) >>> 0, gid: Number(entry[3]) >>> 0 }
  }
  throw new EmbeddedPostgresError(
    'PLATFORM_UNSUPPORTED',
    'PostgreSQL does not run as root and there is no user postgres or nobody: start as an ordinary user',
  )
}

/** True when the account passes every parent folder and may read (a program: run, a folder: enter) the path. */
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
