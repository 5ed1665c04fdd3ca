/** Finds the live processes of a cluster's server by their command lines. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { pidExists } from './process-identity.ts'

/**
 * The value of `cluster_name`, which PostgreSQL shows in the title of each of its processes. It identifies children that
 * have lost their postmaster.
 */
export function clusterName(cluster: string): string {
  return `lading-${createHash('sha256').update(cluster).digest('hex').slice(0, 20)}`
}

/** True if the process is a live postmaster of this cluster, and not another process with a reused pid. */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  // Windows has no cheap way to read a command line; the connection with the cluster's password decides there.
  if (process.platform === 'win32') return pidExists(pid)
  const commandLine =
    process.platform === 'linux' ? await commandLineFromProc(pid) : (await commandLinesFromPs()).get(pid)
  return commandLine !== undefined && isPostmasterCommand(commandLine, cluster)
}

/** Pids of all live processes of the cluster's server, with or without a postmaster; empty on Windows. */
export async function serverProcesses(cluster: string): Promise<number[]> {
  const title = `postgres: ${clusterName(cluster)}: `
  const found: number[] = []
  for (const [pid, commandLine] of await commandLines()) {
    // A child that was just forked still shows the command line of its postmaster.
    if (commandLine.startsWith(title) || isPostmasterCommand(commandLine, cluster)) found.push(pid)
  }
  return found
}

function isPostmasterCommand(commandLine: string, cluster: string): boolean {
  const dataFlag = commandLine.indexOf(` -D ${cluster} `)
  return dataFlag > 0 && commandLine.slice(0, dataFlag).endsWith('postgres')
}

async function commandLines(): Promise<ReadonlyMap<number, string>> {
  if (process.platform === 'win32') return new Map()
  return process.platform === 'linux' ? commandLinesFromProc() : commandLinesFromPs()
}

async function commandLinesFromProc(): Promise<ReadonlyMap<number, string>> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const lines = await Promise.all(pids.map(async pid => [pid, await commandLineFromProc(pid)] as const))
  return new Map(lines.filter((line): line is readonly [number, string] => line[1] !== undefined))
}

/** Undefined for a process that has exited, and for a zombie, whose command line is empty. */
async function commandLineFromProc(pid: number): Promise<string | undefined> {
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return raw === '' ? undefined : raw.replaceAll('\0', ' ')
}

async function commandLinesFromPs(): Promise<ReadonlyMap<number, string>> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  })
  const lines = new Map<number, string>()
  for (const line of stdout.split('\n')) {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line)
    if (match?.[1] !== undefined && match[2] !== undefined) lines.set(Number(match[1]), `${match[2]} `)
  }
  return lines
}
