// Describes the machine and its software in one line, without which the figures mean nothing.
import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'

/** @returns {string | null} null without psql */
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
