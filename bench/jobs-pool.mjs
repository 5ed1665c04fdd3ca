// A pool that counts statements, and times those that claim jobs.
import pg from 'pg'

/** In the statement that claims, of this version and of those before it. */
const claims = 'picked as materialized'

/**
 * @param {string} url of the database
 * @returns `counts`: statements, claims, claims that found nothing, milliseconds of each claim
 */
export function poolThatCounts(url, max = 20) {
  const counts = { statements: 0, claims: 0, empty: 0, claimMs: [] }
  const pool = new pg.Pool({ connectionString: url, max })
  pool.on('error', () => undefined)
  pool.on('connect', client => {
    const query = client.query.bind(client)
    client.query = (...given) => {
      counts.statements++
      const answer = query(...given)
      const text = typeof given[0] === 'string' ? given[0] : given[0]?.text
      if (!text?.includes(claims) || typeof answer?.then !== 'function') return answer
      const since = performance.now()
      return answer.then(result => {
        counts.claims++
        counts.claimMs.push(performance.now() - since)
        // Sent behind settings, it is the last of several.
        if ([result].flat().at(-1).rows.length === 0) counts.empty++
        return result
      })
    }
  })
  return { pool, counts }
}
