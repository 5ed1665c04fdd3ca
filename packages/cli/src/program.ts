// The commands and options of `lading`, with their help.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { ExportCommandOptions } from './commands/export.ts'
import type { ImportCommandOptions } from './commands/import-flags.ts'
import type { JobsCommandOptions, ListCommandOptions } from './commands/jobs-command.ts'
import type { MigrateCommandOptions } from './commands/migrate.ts'
import {
  collect,
  jobsTenantOption,
  maxRecordBytesOption,
  remoteAllowOption,
} from './commands/shared-flags.ts'
import type { VerifyCommandOptions } from './commands/verify.ts'
import type { WorkCommandOptions } from './commands/work.ts'
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
import type { CommandIo } from './io.ts'

/**
 * Loads a command and the library when it runs, because they take four times as long to load as everything else.
 *
 * @param end called with the exit code of the command that ran
 */
export function createProgram(io: CommandIo, end: (code: ExitCode) => void): Command {
  const program = new Command('lading')
    .description('Imports CSV, NDJSON and JSON files into PostgreSQL tables, and exports them again.')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand(false)
    .option('--config <path>', 'the project (default: lading.config.ts, .mjs or .js in this folder)')
    .option('--database-url <url>', 'the database (default: DATABASE_URL of the environment)')
    .option(
      '--embedded',
      'use an embedded PostgreSQL, with its data in $LADING_DATA_DIR/postgres (default: .lading/postgres)',
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'lading: ')),
    })
    .showHelpAfterError('Use --help for more.')
    .exitOverride()
    .addHelpText('after', programHelp)

  program
    .command('migrate')
    .summary("apply Lading's migrations and those of the project")
    .description(migrateDescription)
    .addHelpText('after', migrateHelp)
    .action(async (_options: object, command: Command) => {
      const { migrateDatabase } = await import('./commands/migrate.ts')
      end(await migrateDatabase(command.optsWithGlobals<MigrateCommandOptions>(), io))
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
      'csv, ndjson, json or bundle (default: by the file extension, such as .csv, .csv.gz or .tar.gz; required with -)',
    )
    .addHelpText('after', importHelp)
    .action(async (file: string, _options: object, command: Command) => {
      const { importFile } = await import('./commands/import.ts')
      end(await importFile(file, command.optsWithGlobals<ImportCommandOptions>(), io))
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
    .addHelpText('after', exportHelp)
    .action(async (resources: string[], _options: object, command: Command) => {
      const { exportRows } = await import('./commands/export.ts')
      end(await exportRows(resources, command.optsWithGlobals<ExportCommandOptions>(), io))
    })

  // The library defines most of their options.
  program.hook('preSubcommand', async (_program, command) => {
    if (command === importCommand) (await import('./commands/import-flags.ts')).addImportFlags(command)
    if (command === exportCommand) (await import('./commands/export-flags.ts')).addExportFlags(command)
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
    .option(...maxRecordBytesOption)
    .option(...remoteAllowOption, collect)
    .addHelpText('after', workHelp)
    .action(async (_options: object, command: Command) => {
      const { workOnJobs } = await import('./commands/work.ts')
      end(await workOnJobs(command.optsWithGlobals<WorkCommandOptions>(), io))
    })

  program
    .command('verify')
    .summary('compare the stored files of a job with what was stored')
    .description(verifyDescription)
    .argument('<job>', 'the id of a job; for a job of a bundle, the whole bundle is verified')
    .option('--storage <folder>', 'where the server keeps its files (default: $STORAGE_PATH)')
    .option('--json', 'print the result as JSON')
    .option(...jobsTenantOption)
    .addHelpText('after', verifyHelp)
    .action(async (id: string, _options: object, command: Command) => {
      const { verifyJob } = await import('./commands/verify.ts')
      end(await verifyJob(id, command.optsWithGlobals<VerifyCommandOptions>(), io))
    })

  const jobs = program
    .command('jobs')
    .helpCommand(false)
    .summary('look at the jobs of a server, cancel or retry them')
    .description(jobsDescription)
  jobs
    .command('list')
    .summary('the newest jobs')
    .description('Lists imports, newest first.')
    .option('--exports', 'exports instead of imports')
    .option('--status <status>', 'pending, processing, completed, failed or cancelled')
    .option('--resource <name>', 'jobs of this resource')
    .option(...jobsTenantOption)
    .option('--limit <number>', 'at most this many, up to 100 (default: 20)')
    .action(async (_options: object, command: Command) => {
      const { listJobs } = await import('./commands/jobs-command.ts')
      end(await listJobs(command.optsWithGlobals<ListCommandOptions>(), io))
    })
  jobs
    .command('cancel')
    .summary('cancel a job')
    .description('Stops a job within its current batch. Imported records stay, and are counted.')
    .argument('<id>', 'the job')
    .option(...jobsTenantOption)
    .action(async (id: string, _options: object, command: Command) => {
      const { cancelJob } = await import('./commands/jobs-command.ts')
      end(await cancelJob(id, command.optsWithGlobals<JobsCommandOptions>(), io))
    })
  jobs
    .command('retry')
    .summary('retry a failed or cancelled job')
    .description('Makes a server or lading work resume a job after its checkpoint.')
    .argument('<id>', 'the job')
    .option('--storage <folder>', 'where the server keeps its files (default: $STORAGE_PATH)')
    .option(...jobsTenantOption)
    .action(async (id: string, _options: object, command: Command) => {
      const { retryJob } = await import('./commands/jobs-command.ts')
      end(await retryJob(id, command.optsWithGlobals<JobsCommandOptions>(), io))
    })
  return program
}

/** The version of this package; its package.json is one folder above both the sources and the build. */
function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
