// The select that Lading sends for an export, so that COPY can run the same one.
import pg from 'pg'

/**
 * @param {string} url of the database
 * @param {string} resource URL of the resource's module
 * @returns {Promise<string>} the part between `copy` and `to stdout`, in parentheses
 */
export async function sameSelect(url, resource, format) {
  const { createExporter } = await import('../packages/core/dist/index.js')
  const { users } = await import(resource)
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  let sent
  pool.on('connect', client => {
    const query = client.query.bind(client)
    client.query = (what, ...rest) => {
      if (typeof what?.text === 'string' && /^copy /i.test(what.text)) sent = what.text
      return query(what, ...rest)
    }
  })
  const stream = createExporter({ pool, resources: [users] }).stream({ resource: 'users', format, limit: 1 })
  for await (const _chunk of stream);
  await pool.end()
  const [, select] = /^copy (\(.*\)) to stdout/is.exec(sent ?? '') ?? []
  if (select === undefined) throw new Error('The exporter sent no COPY.')
  // A psql command ends at the end of its line.
  return select.replace(/ limit 1\b/, '').replace(/\s*\n\s*/g, ' ')
}
