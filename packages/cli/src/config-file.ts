// lading.config.{ts,mjs,js} → the project that it exports, or a one-sentence error.
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Project } from '@lading/core'
import { importDefault, importErrorReason } from './config-module.ts'
import { failure, usageError } from './exit.ts'
import { fileErrorReason } from './file-error.ts'

export const configFileNames = ['lading.config.ts', 'lading.config.mjs', 'lading.config.js'] as const

export interface LoadedProject {
  readonly project: Project
  /** The folder that relative paths in the project start from. */
  readonly folder: string
}

/** @throws CommandError if there is no configuration or it cannot be used. */
export async function loadProject(config: string | undefined): Promise<LoadedProject> {
  const loaded = await loadProjectIfAny(config)
  if (loaded !== undefined) return loaded
  throw usageError(
    `There is no ${configFileNames[0]} (or .mjs, .js) in this folder; change to the folder that has it, or pass its path with --config PATH.`,
  )
}

/** Undefined if no file is given and the working directory has none. @throws CommandError */
export async function loadProjectIfAny(config: string | undefined): Promise<LoadedProject | undefined> {
  const name = config ?? (await firstInWorkingDirectory())
  if (name === undefined) return undefined
  const path = resolve(name)
  const file = await stat(path).catch((error: unknown) => {
    throw failure(`Cannot read the configuration "${name}": ${fileErrorReason(error)}.`, error)
  })
  if (!file.isFile()) throw failure(`Cannot read the configuration "${name}": it is not a file.`)
  const exported = await importDefault(path).catch((error: unknown) => {
    throw failure(`The configuration "${name}" cannot be loaded: ${importErrorReason(error)}`, error)
  })
  return { project: projectOf(exported, name), folder: dirname(path) }
}

async function firstInWorkingDirectory(): Promise<string | undefined> {
  for (const name of configFileNames) {
    const found = await stat(name).catch(() => undefined)
    if (found !== undefined) return name
  }
  return undefined
}

function projectOf(exported: unknown, name: string): Project {
  if (isProject(exported)) return exported
  if (isObject(exported) && exported.migrations !== undefined && !isFolders(exported.migrations)) {
    throw failure(`"migrations" in "${name}" must be a list of folders, such as ['./migrations'].`)
  }
  throw failure(
    `The configuration "${name}" must export a project as its default: export default defineConfig({ resources: [...] }), with resources made by defineResource.`,
  )
}

function isProject(value: unknown): value is Project {
  if (!isObject(value)) return false
  const { resources, migrations = [] } = value
  return (
    Array.isArray(resources) && resources.length > 0 && resources.every(isResource) && isFolders(migrations)
  )
}

function isFolders(value: unknown): boolean {
  return Array.isArray(value) && value.every(folder => typeof folder === 'string')
}

/** Distinguishes a result of defineResource from an argument for it; core checks the rest. */
function isResource(value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && Array.isArray(value.fields)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
