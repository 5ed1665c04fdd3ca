// Help texts: what a command does in a few sentences, and what stands below its options.

const exitCodes = `
Exit codes:
  0    all is done; an import also if --on-conflict ignore left every record alone, or the file holds none
  1    failed: a file cannot be read or is not whole (verify), the database refuses, --max-errors is reached, --atomic took all back, …
  2    the import (or its dry run) came to its end, and some records were rejected, or all of them
  64   called wrongly: unknown option, resource or format, no database named
  130  interrupted`

export const programHelp = `
The database is named by DATABASE_URL, --database-url or --embedded.

Examples:
  $ export DATABASE_URL=postgresql://user:password@localhost:5432/shop
  $ lading migrate
  $ lading import users.csv --resource users --errors rejected.csv
  $ lading export --resource users --format ndjson --filter role=admin > admins.ndjson
  $ lading export --all --output backup.tar.gz
  $ lading import backup.tar.gz
${exitCodes}`

export const migrateDescription = [
  'Applies Lading\'s own migrations, and then the folders that "migrations" in the project names.',
  'Each is applied once, however often and by however many processes this runs.',
].join(' ')

export const migrateHelp = `
Examples:
  $ lading migrate
  $ lading migrate --config shop/lading.config.ts --embedded
${exitCodes}`

export const importDescription = [
  'Imports a file into the table of a resource.',
  'A record that breaks a rule stays out and is reported; all others get in.',
  'A bundle (.tar.gz), which export --all makes, fills the tables of all its resources.',
  'Ctrl-C ends the import between two batches; what is in stays.',
].join(' ')

export const importHelp = `
Examples:
  $ lading import users.csv --resource users
  $ lading import users.csv --resource users --errors rejected.csv
  $ lading import users.csv.gz --resource users --on-conflict update --dry-run
  $ lading import users.csv --resource users --rejects mend.csv   # mend it, then: lading import mend.csv …
  $ lading import list.csv --resource users --mapping E-Mail=email --delimiter semicolon --encoding windows-1252
  $ lading import https://example.org/users.csv --resource users
  $ cat users.ndjson | lading import - --format ndjson --resource users --json
  $ lading import backup.tar.gz --on-conflict update
  $ lading import users.csv --resource users --tenant 7   # rows of tenant 7, if users has a scope
${exitCodes}`

export const exportDescription = [
  'Exports the rows of a resource in one snapshot, in a fixed order; or several resources of one moment as a bundle.',
  'The file can be imported again.',
  'A file named by --output appears when it is complete, and not at all if the export fails.',
].join(' ')

export const exportHelp = `
Examples:
  $ lading export --resource users --format csv | head
  $ lading export --resource users --output admins.csv.gz --filter role=admin active=true
  $ lading export --all --output backup.tar.gz
  $ lading export users articles --format csv --output some.tar.gz
  $ lading export --all --tenant 7 --output seven.tar.gz
  $ lading export --resource users --format csv --fields email,name --sort -created_at --limit 100
  $ lading export --resource users --format ndjson --filter created_at.gte=2024-01-01T00:00:00Z role=admin role=author
${exitCodes}`

export const workDescription = [
  'Does the jobs of a database until it is told to stop; any number of processes may.',
  'A server that runs with WORKERS_ENABLED=false leaves them all to these.',
  'How long jobs, sources and files of exports are kept is what the servers say; this deletes no jobs and no sources.',
  'Ctrl-C or SIGTERM ends the batches that are being written and gives the jobs back; once more stops at once.',
].join(' ')

export const workHelp = `
A line for each job that has ended goes to standard output, divided by tabs:
id, kind, resource, status, records, rejected records, seconds, and why it failed.

Examples:
  $ lading work --storage .lading/files
  $ lading work --storage /srv/files --imports 8 --exports 0 --config shop/lading.config.ts
${exitCodes}`

export const verifyDescription = [
  'Reads every stored file of a job once more, and compares its size and SHA-256 with what was stored.',
  'Changes nothing.',
].join(' ')

export const verifyHelp = `
A line for each file goes to standard output, divided by tabs: id of its job, resource, what was found
(whole, corrupt, missing, elsewhere), and a sentence.

Examples:
  $ lading verify 0198c0de-0000-7000-8000-000000000000 --storage .lading/files
${exitCodes}`

export const jobsDescription = [
  'Looks at what was submitted to a server on this database, and cancels or retries it.',
  'A line for each job: id, kind, resource, status, records, rejected records, seconds, and why it failed or waits.',
].join(' ')
