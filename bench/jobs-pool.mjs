// A pool that counts statements, and times those that claim jobs.
import pg from 'pg'

/** Matches the claim statement of this version and of earlier ones. */
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
    client.query = (...args) => {
      counts.statements++
      const answer = query(...args)
      const text = typeof args[0] === 'string' ? args[0] : args[0]?.text
      if (!text?.includes(claims) || typeof answer?.then !== 'function') return answer
      const since = performance.now()
      return answer.then(result => {
        counts.claims++
        counts.claimMs.push(performance.now() - since)
        // If it is sent after settings, it is the last of several statements.
        if ([result].flat().at(-1).rows.length === 0) counts.empty++
        return result
      })
    }
  })
  return { pool, counts }
}
