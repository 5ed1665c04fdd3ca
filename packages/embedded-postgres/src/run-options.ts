/** How PostgreSQL's programs are spawned: as whom, where, and with how little of this process's environment. */
import type { Account } from './account.ts'

/** The rest, PGDATA, PGPORT and secrets among it, is nothing that a server run as somebody else should see. */
const KEPT = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir']

export function runOptions(account: Account | undefined) {
  const env: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC' }
  for (const name of KEPT) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return {
    // The caller's folder may be closed to the account; every account can enter the root.
    cwd: process.platform === 'win32' ? undefined : '/',
    env,
    windowsHide: true,
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  }
}
