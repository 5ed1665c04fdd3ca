// Rounds → one line for each comparison: medians, the range of the ratio, and the peak memory.

/**
 * @param {import('./compare.mjs').Round[]} runs
 * @param {number} rows
 */
export function summarize(runs, rows) {
  return [...new Set(runs.map(({ what }) => what))].map(what => {
    const rounds = runs.filter(run => run.what === what)
    const peerSeconds = median(rounds.map(({ peer }) => peer.seconds))
    const oursSeconds = median(rounds.map(({ ours }) => ours.seconds))
    // The ratio within a round: both runs of a pair had the same load on the machine.
    const ratios = rounds.map(({ peer, ours }) => peer.seconds / ours.seconds)
    const peaks = rounds.map(({ ours }) => ours.inside.peakBytes).filter(bytes => bytes !== null)
    return {
      what,
      peerSeconds,
      oursSeconds,
      oursInsideSeconds: median(rounds.map(({ ours }) => ours.inside.seconds)),
      peerRowsPerSecond: rows / peerSeconds,
      oursRowsPerSecond: rows / oursSeconds,
      ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
      oursPeakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    }
  })
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
