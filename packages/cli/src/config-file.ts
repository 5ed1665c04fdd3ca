// lading.config.{ts,mjs,js} → the project that it exports, or one sentence that says what is wrong with it.
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LadingError, type Project } from '@lading/core'
import { failure, usageError } from './exit.ts'
import { errorCode, fileErrorReason } from './file-error.ts'

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
    `There is no ${configFileNames[0]} (or .mjs, .js) in this folder; change to the one that has it, or name the file with --config PATH.`,
  )
}

/** Undefined where no file is named and the working directory has none. @throws CommandError */
export async function loadProjectIfAny(config: string | undefined): Promise<LoadedProject | undefined> {
  const name = config ?? (await firstInWorkingDirectory())
  if (name === undefined) return undefined
  const path = resolve(name)
  const file = await stat(path).catch((error: unknown) => {
    throw failure(`Cannot read the configuration "${name}": ${fileErrorReason(error)}.`, error)
  })
  if (!file.isFile()) throw failure(`Cannot read the configuration "${name}": it is no file.`)
  const module = await importModule(path).catch((error: unknown) => {
    throw failure(`The configuration "${name}" cannot be loaded: ${firstLine(error)}`, error)
  })
  return { project: projectOf(module, name), folder: dirname(path) }
}

async function firstInWorkingDirectory(): Promise<string | undefined> {
  for (const name of configFileNames) {
    const found = await stat(name).catch(() => undefined)
    if (found !== undefined) return name
  }
  return undefined
}

async function importModule(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (!needsCompiling(error)) throw error
    const { createJiti } = await import('jiti')
    return createJiti(import.meta.url, { fsCache: false }).import(path)
  }
}

/** Node 20 knows no TypeScript; later ones know only what can be stripped (no enums, say). */
function needsCompiling(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}

function projectOf(module: unknown, name: string): Project {
  const exported = defaultOf(module)
  if (isProject(exported)) return exported
  throw failure(
    `The configuration "${name}" must export a project as its default: export default defineConfig({ resources: [...] }).`,
  )
}

function defaultOf(module: unknown): unknown {
  const exported = isObject(module) ? module.default : undefined
  // A module compiled to CommonJS carries its default export one level deeper.
  return isObject(exported) && exported.__esModule === true ? exported.default : exported
}

function isProject(value: unknown): value is Project {
  if (!isObject(value)) return false
  const { resources, migrations = [] } = value
  return (
    Array.isArray(resources) &&
    resources.length > 0 &&
    resources.every(resource => isObject(resource) && typeof resource.name === 'string') &&
    Array.isArray(migrations) &&
    migrations.every(folder => typeof folder === 'string')
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Compilers and loaders add an excerpt or a list of files below the first line. */
function firstLine(error: unknown): string {
  if (error instanceof LadingError) return error.message
  const message = error instanceof Error ? error.message : String(error)
  const [line = ''] = message.trim().split('\n')
  return line.replace(/[.:]?$/, '.')
}
