// The reference server's definition of users → a module that plain Node.js loads, with the same core.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

const definition = new URL('../examples/reference-server/resources/users.ts', import.meta.url)
const core = new URL('../packages/core/dist/index.js', import.meta.url)

/**
 * Strips the types before the runs, so that they measure built code without a loader. The import of the core becomes a
 * path, because the target folder has no packages.
 *
 * @param {string} folder
 * @returns {Promise<string>} URL of the module, which exports `users`
 */
export async function resourceModule(folder) {
  const { outputText } = ts.transpileModule(await readFile(definition, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const path = join(folder, 'users.mjs')
  await writeFile(path, outputText.replace(`'@lading/core'`, JSON.stringify(core.href)))
  return pathToFileURL(path).href
}
