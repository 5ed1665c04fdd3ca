/** Distinguishes a live process from a dead one, and from a later one with the same pid. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { errnoOf } from './embedded-error.ts'

export interface ProcessIdentity {
  readonly pid: number
  /** The start time in the system's own notation; '' if the system does not report it. */
  readonly startedAt: string
}

/** The identity of this process, as other processes see it. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, startedAt: (await startOf(process.pid)) ?? '' }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const startedAt = await startOf(identity.pid)
  if (startedAt === undefined) return false
  return startedAt === identity.startedAt || startedAt === '' || identity.startedAt === ''
}

/** True while the kernel knows the pid, even as a zombie that has not been reaped. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return errnoOf(error) === 'EPERM'
  }
}

/** Does nothing if the process has already exited, which is the purpose of the signals here. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

/** The start time of a live process; undefined if there is none, or only a zombie. */
async function startOf(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (process.platform === 'win32') return pidExists(pid) ? '' : undefined
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid)
}

async function startFromProc(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // A /proc mounted with hidepid shows no processes of other users.
  if (stat === undefined) return pidExists(pid) ? '' : undefined
  // proc(5): the name in parentheses may contain anything, so count from the last one: state is field 3,
  // starttime (clock ticks since boot) field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return `${await bootId()}/${fields[19] ?? ''}`
}

/** Ticks count from boot, so the same pid may have started at the same tick of an earlier boot. */
async function bootId(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return id.trim()
}

async function startFromPs(pid: number): Promise<string | undefined> {
  // lstart depends on the time zone and the language: pin both, so that all processes read the same.
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  const answer = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env }).catch(
    () => undefined,
  )
  const [state, ...started] = answer?.stdout.trim().split(/\s+/) ?? []
  if (!state || state.startsWith('Z')) return undefined
  return started.join(' ')
}
