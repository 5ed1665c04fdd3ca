// A PostgreSQL of a test's own, which it may stop and start.
export { startEmbeddedPostgres as startOwnServer } from '@lading/embedded-postgres'
