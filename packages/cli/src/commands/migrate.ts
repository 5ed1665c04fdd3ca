// lading migrate: applies Lading's migrations and those of the project, each once.
import { resolve } from 'node:path'
import { ladingMigrations, type MigrateResult, migrate } from '@lading/core'
import { printNotice } from '../complaint.ts'
import { configFileNames, type LoadedProject, loadProjectIfAny } from '../config-file.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { CommandIo } from '../io.ts'
import { count } from '../printable.ts'
import { type DatabaseOptions, withDatabase } from '../with-database.ts'

export interface MigrateCommandOptions extends DatabaseOptions {
  readonly config?: string
}

export async function migrateDatabase(options: MigrateCommandOptions, io: CommandIo): Promise<ExitCode> {
  const loaded = await loadProjectIfAny(options.config)
  return withDatabase(options, io, async ({ pool, interrupted, destroyConnections }) => {
    if (loaded === undefined) {
      printNotice(`No ${configFileNames[0]} in this folder, so only Lading's own migrations are applied.`, io)
    }
    // Each migration is a transaction, so a broken connection leaves none half applied.
    interrupted.addEventListener('abort', destroyConnections)
    const result = await migrate({ pool, folders: foldersOf(loaded) })
    io.stdout.write(resultText(result))
    return exitCode.done
  })
}

function foldersOf(loaded: LoadedProject | undefined): readonly string[] {
  const own = loaded?.project.migrations?.map(folder => resolve(loaded.folder, folder)) ?? []
  return [ladingMigrations(), ...own]
}

function resultText({ applied, present }: MigrateResult): string {
  const lines = [
    ...present.map(name => `there already  ${name}`),
    ...applied.map(name => `applied        ${name}`),
  ]
  const end =
    applied.length === 0
      ? 'Nothing to do: the database is up to date.'
      : `${count(applied.length)} ${applied.length === 1 ? 'migration' : 'migrations'} applied.`
  return `${[...lines, end].join('\n')}\n`
}
