// The commands and options of `lading`, with their help.
import { readFileSync } from 'node:fs'
import { policySchema, readingSchema } from '@lading/core/internal'
import { Command } from 'commander'
import { type ExportCommandOptions, exportRows } from './commands/export.ts'
import { exportFlagNotes, exportFlagOptions } from './commands/export-flags.ts'
import { importFile } from './commands/import.ts'
import { type ImportCommandOptions, importFlagNotes } from './commands/import-flags.ts'
import {
  cancelJob,
  type JobsCommandOptions,
  type ListCommandOptions,
  listJobs,
  retryJob,
} from './commands/jobs-command.ts'
import { type MigrateCommandOptions, migrateDatabase } from './commands/migrate.ts'
import { addOptionFlags, collect } from './commands/option-flags.ts'
import { type VerifyCommandOptions, verifyJob } from './commands/verify.ts'
import { type WorkCommandOptions, workOnJobs } from './commands/work.ts'
import type { ExitCode } from './exit.ts'
import {
  exportDescription,
  exportHelp,
  importDescription,
  importHelp,
  jobsDescription,
  migrateDescription,
  migrateHelp,
  programHelp,
  verifyDescription,
  verifyHelp,
  workDescription,
  workHelp,
} from './help.ts'

/** @param end called with the exit code of the command that ran */
export function createProgram(end: (code: ExitCode) => void): Command {
  const program = new Command('lading')
    .description('Imports CSV, NDJSON and JSON files into PostgreSQL tables, and exports them again.')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand(false)
    .option('--config <path>', 'the project (default: lading.config.ts, .mjs or .js in this folder)')
    .option('--database-url <url>', 'the database (default: DATABASE_URL of the environment)')
    .option('--embedded', 'use an embedded PostgreSQL, in $LADING_DATA_DIR/postgres')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'lading: ')) })
    .showHelpAfterError('Use --help for more.')
    .exitOverride()
    .addHelpText('after', programHelp)

  program
    .command('migrate')
    .summary("apply Lading's migrations and those of the project")
    .description(migrateDescription)
    .addHelpText('after', migrateHelp)
    .action(async (_options: object, command: Command) => {
      end(await migrateDatabase(command.optsWithGlobals<MigrateCommandOptions>()))
    })

  const importCommand = program
    .command('import')
    .summary('import a file')
    .description(importDescription)
    .argument('<file>', 'the file, its http or https URL, or - for standard input')
    .option(
      '--resource <name>',
      'the resource of the project that the rows belong to; a bundle names its own',
    )
    .option(
      '--format <format>',
      'csv, ndjson, json or bundle (default: by the file extension, such as .csv, .csv.gz or .tar.gz)',
    )
  addOptionFlags(importCommand, policySchema, importFlagNotes)
  addOptionFlags(importCommand, readingSchema, importFlagNotes)
    .option(...maxRecordBytes)
    .option('--rejects <file>', 'write the rejected records to this file, to be corrected and imported')
    .option('--errors <file>', 'write every error of every record to this CSV file')
    .option('--json', 'print the report as JSON')
    .option(...tenant)
    .option(...principal)
    .option(...remoteAllow, collect)
    .addHelpText('after', importHelp)
    .action(async (file: string, _options: object, command: Command) => {
      end(await importFile(file, command.optsWithGlobals<ImportCommandOptions>()))
    })

  const exportCommand = program
    .command('export')
    .summary('export a resource, or several as a bundle')
    .description(exportDescription)
    .argument('[resources...]', 'the resources of the project; several become a bundle')
    .option('--resource <name>', 'the resource of the project')
    .option('--all', 'every resource of the project, as a bundle')
    .option(
      '--format <format>',
      'csv, ndjson or json (default: by the extension of --output, such as .csv or .csv.gz)',
    )
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option(
      '--filter <field=value...>',
      'only rows whose field has this value, or one of several; field.gte= .gt= .lte= .lt= for bounds; field= for empty ones',
    )
  addOptionFlags(exportCommand, exportFlagOptions, exportFlagNotes)
    .option(...tenant)
    .option(...principal)
    .addHelpText('after', exportHelp)
    .action(async (resources: string[], _options: object, command: Command) => {
      end(await exportRows(resources, command.optsWithGlobals<ExportCommandOptions>()))
    })

  program
    .command('work')
    .summary('run the jobs that were submitted to a server')
    .description(workDescription)
    .option('--storage <folder>', 'where the server keeps its files (default: $STORAGE_PATH)')
    .option('--imports <number>', 'concurrent imports (default: 4)')
    .option('--exports <number>', 'concurrent exports (default: 2)')
    .option('--fetches <number>', 'concurrent fetches of files from URLs (default: 4, or 0 with --imports 0)')
    .option('--verify', 'also read stored files again, slowly, and report damaged ones')
    .option(...maxRecordBytes)
    .option(...remoteAllow, collect)
    .addHelpText('after', workHelp)
    .action(async (_options: object, command: Command) => {
      end(await workOnJobs(command.optsWithGlobals<WorkCommandOptions>()))
    })

  program
    .command('verify')
    .summary('compare the stored files of a job with what was stored')
    .description(verifyDescription)
    .argument('<job>', 'the id of a job; for a job of a bundle, the whole bundle is verified')
    .option('--storage <folder>', 'where the server keeps its files (default: $STORAGE_PATH)')
    .option('--json', 'print the result as JSON')
    .option(...jobsTenant)
    .addHelpText('after', verifyHelp)
    .action(async (id: string, _options: object, command: Command) => {
      end(await verifyJob(id, command.optsWithGlobals<VerifyCommandOptions>()))
    })

  const jobs = program
    .command('jobs')
    .summary('look at the jobs of a server, cancel or retry them')
    .description(jobsDescription)
  jobs
    .command('list')
    .summary('the newest jobs')
    .description('Lists imports, newest first.')
    .option('--exports', 'exports instead of imports')
    .option('--status <status>', 'pending, processing, completed, failed or cancelled')
    .option('--resource <name>', 'jobs of this resource')
    .option(...jobsTenant)
    .option('--limit <number>', 'at most this many, up to 100 (default: 20)')
    .action(async (_options: object, command: Command) => {
      end(await listJobs(command.optsWithGlobals<ListCommandOptions>()))
    })
  jobs
    .command('cancel')
    .summary('cancel a job')
    .description('Stops a job within its current batch. Imported records stay, and are counted.')
    .argument('<id>', 'the job')
    .option(...jobsTenant)
    .action(async (id: string, _options: object, command: Command) => {
      end(await cancelJob(id, command.optsWithGlobals<JobsCommandOptions>()))
    })
  jobs
    .command('retry')
    .summary('retry a failed or cancelled job')
    .description('Makes a server or lading work resume a job after its checkpoint.')
    .argument('<id>', 'the job')
    .option('--storage <folder>', 'where the server keeps its files (default: $STORAGE_PATH)')
    .option(...jobsTenant)
    .action(async (id: string, _options: object, command: Command) => {
      end(await retryJob(id, command.optsWithGlobals<JobsCommandOptions>()))
    })
  return program
}

const tenant = ['--tenant <name>', "the caller's tenant, for resources with a scope (default: none)"] as const

const jobsTenant = ['--tenant <name>', 'jobs of this tenant (default: all tenants)'] as const

const principal = ['--principal <name>', 'the caller, for resources with a scope (default: none)'] as const

const maxRecordBytes = [
  '--max-record-bytes <number>',
  'the maximum size of a record (default: 1048576)',
] as const
const remoteAllow = [
  '--remote-allow <entry>',
  'allowed sources in addition to public servers: a host, *.domain or network, optionally with :port; may be repeated',
] as const

/** The version of this package; its package.json is one folder above both the sources and the build. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
