// Describes the machine and what runs on it, in one line: figures mean nothing without it.
import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'

/** @returns {string | null} null where there is no psql */
export function psqlVersion() {
  const { status, stdout } = spawnSync('psql', ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** @param {string | null} psql */
export function machine(psql) {
  const cores = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB memory`
  const peer = psql ?? 'plain COPY through pg-copy-streams (no psql)'
  return [
    cores[0]?.model ?? 'unknown CPU',
    `${cores.length} cores`,
    memory,
    `Node ${process.version}`,
    peer,
  ].join(', ')
}
