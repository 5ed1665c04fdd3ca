// A user's module → its default export, or the reason why it cannot be loaded, in one line.
import { pathToFileURL } from 'node:url'
import { LadingError } from '@lading/core'
import { errorCode } from './file-error.ts'

/** Imports a module, and compiles TypeScript that Node.js itself cannot load. @throws any error of the module or its loading */
export async function importDefault(path: string): Promise<unknown> {
  return defaultOf(await importModule(path))
}

async function importModule(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (!needsCompiling(error)) throw error
    const { createJiti } = await import('jiti')
    // Without its file cache, so that nothing is left in a user's folder.
    return createJiti(import.meta.url, { fsCache: false }).import(path)
  }
}

/** Node.js 20 cannot load TypeScript; later versions load only erasable syntax (no enums, for example). */
function needsCompiling(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}

function defaultOf(module: unknown): unknown {
  const exported = isRecord(module) ? module.default : undefined
  // A module compiled to CommonJS has its default export one level deeper.
  return isRecord(exported) && exported.__esModule === true ? exported.default : exported
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The message in one line. Compilers and loaders put the position on a second line, and an excerpt or file list below. */
export function importErrorReason(error: unknown): string {
  if (error instanceof LadingError) return error.message
  const message = error instanceof Error ? error.message : String(error)
  const [what = '', where = ''] = message.trim().split('\n')
  const place = /^\s*\S.*:\d+:\d+/.test(where) ? ` ${where.trim()}` : ''
  return `${what.trim()}${place}`.replace(/[.:]?$/, '.')
}
