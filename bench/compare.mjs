// Runs one comparison in rounds (peer, ours, peer, ours …). A round counts only if both sides did the same work.
import { isDeepStrictEqual } from 'node:util'
import { run } from './child.mjs'

/**
 * @typedef {object} Round
 * @property {string} what
 * @property {number} round
 * @property {{ seconds: number }} peer from spawn to exit
 * @property {{ seconds: number, inside: object }} ours the same, and what the child reports about itself
 *
 * @param {import('./comparisons.mjs').Comparison} comparison
 * @param {{ rows: number, rounds: number, signal: AbortSignal }} options
 * @returns {Promise<Round[]>}
 * @throws Error if a side did not transfer every row, or the results differ
 */
export async function compare(comparison, { rows, rounds, signal }) {
  const done = []
  await comparison.first?.()
  try {
    for (let round = 1; round <= rounds; round++)
      done.push(await oneRound(comparison, round, { rows, signal }))
  } finally {
    await comparison.last?.()
  }
  return done
}

async function oneRound(comparison, round, { rows, signal }) {
  const { what } = comparison
  const peer = await runSide(comparison, comparison.peer, signal)
  const ours = await runSide(comparison, comparison.ours, signal)
  for (const [name, { achieved }] of Object.entries({ peer, ours })) {
    if (achieved.rows !== rows) throw new Error(`${what}: ${name} has ${achieved.rows} rows, not ${rows}.`)
  }
  if (!isDeepStrictEqual(peer.achieved, ours.achieved)) {
    throw new Error(`${what}: the results differ: ${JSON.stringify({ peer, ours })}`)
  }
  const inside = JSON.parse(ours.stdout)
  console.log(`${what}, round ${round}: peer ${peer.seconds.toFixed(2)} s, ours ${ours.seconds.toFixed(2)} s`)
  return { what, round, peer: { seconds: peer.seconds }, ours: { seconds: ours.seconds, inside } }
}

async function runSide({ before, achieved }, { command, args, ...options }, signal) {
  signal.throwIfAborted()
  await before()
  const { seconds, stdout } = await run(command, args, { ...options, signal })
  return { seconds, stdout, achieved: await achieved() }
}
