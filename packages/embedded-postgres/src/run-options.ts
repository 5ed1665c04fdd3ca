/** Spawn options of PostgreSQL's programs: the account, the working folder and a minimal environment. */
import type { Account } from './account.ts'

/** Other variables, such as PGDATA, PGPORT and secrets, are kept from a server that may run as another user. */
const INHERITED = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir']

export function runOptions(account: Account | undefined) {
  const env: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC' }
  for (const name of INHERITED) {
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
