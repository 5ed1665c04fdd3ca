// Summary → the table that is printed, with its caption.

const heads = [
  'what',
  'peer s',
  'ours s',
  'inside s',
  'peer rows/s',
  'ours rows/s',
  'ratio',
  'min–max',
  'peak MiB',
]

/**
 * @param {ReturnType<typeof import('./summary.mjs').summarize>} summary
 * @param {{ rows: number, rounds: number }} options
 */
export function table(summary, { rows, rounds }) {
  const lines = [heads, ...summary.map(cells)]
  const widths = heads.map((_, column) => Math.max(...lines.map(line => line[column].length)))
  const aligned = lines.map(line =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  '),
  )
  return [...aligned, '', caption(rows, rounds)].join('\n')
}

function cells({ what, peerSeconds, oursSeconds, oursInsideSeconds, ratio, oursPeakBytes, ...speed }) {
  return [
    what,
    peerSeconds.toFixed(2),
    oursSeconds.toFixed(2),
    oursInsideSeconds.toFixed(2),
    Math.round(speed.peerRowsPerSecond).toLocaleString('en'),
    Math.round(speed.oursRowsPerSecond).toLocaleString('en'),
    ratio.median.toFixed(2),
    `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
    oursPeakBytes === null ? '–' : (oursPeakBytes / 2 ** 20).toFixed(0),
  ]
}

function caption(rows, rounds) {
  return `${rows.toLocaleString('en')} users, medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each process from spawn to exit ("inside": without the
start of Node). ratio = peer seconds / ours seconds of the same round: 1 is as fast as COPY, 0.5 takes twice as long.
Peak: the most resident memory that ours had in any round.`
}
