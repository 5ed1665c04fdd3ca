// A module of the user's → its default export, or the reason why it cannot be loaded, in one line.
import { pathToFileURL } from 'node:url'
import { LadingError } from '@lading/core'
import { errorCode } from './file-error.ts'

/** TypeScript is compiled where Node itself cannot load it. @throws whatever the module or its loading throws */
export async function importDefault(path: string): Promise<unknown> {
  return defaultOf(await importModule(path))
}

async function importModule(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (!needsCompiling(error)) throw error
    const { createJiti } = await import('jiti')
    // Without its cache of files, so that nothing is left in a folder of the user's.
    return createJiti(import.meta.url, { fsCache: false }).import(path)
  }
}

/** Node 20 knows no TypeScript; later ones know only what can be stripped (no enums, say). */
function needsCompiling(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}

function defaultOf(module: unknown): unknown {
  const exported = isRecord(module) ? module.default : undefined
  // A module compiled to CommonJS carries its default export one level deeper.
  return isRecord(exported) && exported.__esModule === true ? exported.default : exported
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Compilers and loaders put the place on a second line, and an excerpt or a list of files below it. */
export function importErrorReason(error: unknown): string {
  if (error instanceof LadingError) return error.message
  const message = error instanceof Error ? error.message : String(error)
  const [what = '', where = ''] = message.trim().split('\n')
  const place = /^\s*\S.*:\d+:\d+/.test(where) ? ` ${where.trim()}` : ''
  return `${what.trim()}${place}`.replace(/[.:]?$/, '.')
}
