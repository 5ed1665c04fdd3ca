/** The public surface: start a real PostgreSQL, share it between processes, give it back. */

export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.ts'
export { startEmbeddedPostgres } from './embedded-postgres.ts'
export { EmbeddedPostgresError } from './errors.ts'
