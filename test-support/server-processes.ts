// The processes of PostgreSQL servers, found and ended by their data folder.
import { execFileSync } from 'node:child_process'

export function killed(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL')
  } catch {
    // Ended with the others before its turn came.
  }
}

/** Pids of the PostgreSQL servers that use a data folder. */
export function processesOf(dataDir: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return all
    .filter(line => line.includes('postgres') && line.includes(dataDir))
    .map(line => line.trim().split(' ')[0] ?? '')
}
